import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../../support/browser.ts'
import { StudioPage } from '../../../support/studio-page.ts'
import { withStudio } from '../../../support/with-studio.ts'

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `two results of a script stand beside each other, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 120_000,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        await client.connect('duckdb', { path: ':memory:' })
        await withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await person.choose('duckdb')
            await person.write('SELECT 1 AS alone')
            await person.run()
            await person.outcome(/1 row/)
            await person.write(
              `SELECT range AS id, 'first ' || range AS word FROM range(1000);\nSELECT range AS id, 'second ' || range AS word, true AS more FROM range(500)`,
            )
            await page.keyboard.press('Shift+Control+Enter')
            await person.outcome(/500 rows/)
            await page.locator('.studio-result-tab[data-shown="0"]').click()
            await person.outcome(/1,000 rows/)
            await page.getByRole('button', { name: 'Side by side' }).click()
            const these = page.getByRole('region', { name: 'These rows', exact: true })
            const others = page.getByRole('region', { name: 'The other rows', exact: true })
            const choice = others.getByLabel('Beside these rows')
            await these.getByText('first 0', { exact: true }).waitFor()
            await choice.selectOption({
              label: (await choice.locator('option', { hasText: 'second' }).textContent()) ?? '',
            })
            await others.getByText('second 0', { exact: true }).waitFor()
            await others.getByText('Only in the others: more.').waitFor()
            await screenshot(`beside-${colorScheme}`)

            // Each is sorted by itself.
            await others.getByRole('columnheader', { name: /^id/ }).click()
            await others.getByRole('columnheader', { name: /^id/ }).click()
            await others.getByText('second 499', { exact: true }).waitFor()
            assert.equal(await these.getByText('first 0', { exact: true }).isVisible(), true)

            // Another one, and the same is still chosen after a look at the grid.
            await choice.selectOption({
              label: (await choice.locator('option', { hasText: 'alone' }).textContent()) ?? '',
            })
            await others.getByRole('columnheader', { name: /^alone/ }).waitFor()
            await page.getByRole('button', { name: 'Grid', exact: true }).click()
            await page.getByRole('button', { name: 'Side by side' }).click()
            await others.getByRole('columnheader', { name: /^alone/ }).waitFor()
          },
          { colorScheme, viewport: { width: colorScheme === 'dark' ? 1280 : 1920, height: 900 } },
        )
      }),
  )
