import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

test(
  'a snippet is written in the dialog, offered by its word, and filled in with Tab',
  { skip: browserMissing ?? false },
  () =>
    withStudio({}, async ({ home, studio, client }) => {
      await client.post('/api/connections', {
        name: 'Shop',
        engine: 'duckdb',
        config: { path: join(home, 'a.duckdb') },
      })
      await withBrowser(async ({ page }) => {
        const person = new StudioPage(page)
        await person.open(studio.address)
        await page.locator('[data-ready=true]').waitFor()
        await person.choose('Shop')
        const dialog = page.getByRole('dialog')
        await page.locator('.cm-content').click()
        await page.keyboard.press('Alt+Shift+S')
        await dialog.waitFor()
        await page.getByText('None yet.').waitFor()
        await page.keyboard.press('Enter')
        await page.getByText('Give it a word.').waitFor()
        await page.getByLabel('Word').fill('topten')
        await page
          .getByLabel('SQL', { exact: true })
          .and(page.locator('textarea'))
          .fill(`SELECT \${what} AS n LIMIT \${count}`)
        await dialog.getByRole('button', { name: 'Save' }).click()
        await dialog.getByRole('button', { name: /^topten/ }).waitFor()
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'detached' })

        await person.write('')
        await page.keyboard.type('topt')
        await page.locator('.cm-tooltip-autocomplete [aria-selected]', { hasText: 'topten' }).click()
        await page.locator('.cm-snippetField').first().waitFor()
        await page.keyboard.type('42')
        await page.keyboard.press('Escape')
        await page.keyboard.press('Tab')
        await page.keyboard.type('1')
        await person.until(`document.querySelector('.cm-content').textContent === 'SELECT 42 AS n LIMIT 1'`)

        // Kept on the server: another page has it; deleting can be undone.
        await page.reload()
        await page.locator('[data-ready=true]').waitFor()
        await page.getByRole('button', { name: 'Snippets' }).click()
        await dialog.getByRole('button', { name: 'Delete topten' }).click()
        await page.getByText('None yet.').waitFor()
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Undo' }).click()
        await person.until(
          `fetch('/api/snippets').then(answer => answer.json()).then(({ snippets }) => snippets.length === 1)`,
        )
        assert.deepEqual(await client.get('/api/snippets'), {
          snippets: [{ trigger: 'topten', body: `SELECT \${what} AS n LIMIT \${count}` }],
        })
      })
    }),
)
