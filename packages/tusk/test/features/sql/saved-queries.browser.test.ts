import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { type StudioProcess, startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
let studio: StudioProcess

before(async () => {
  if (skip === false) studio = await startStudioProcess(untilTheEnd, { home: temporaryDirectory(untilTheEnd) })
})

after(async () => {
  for (const end of closing.toReversed()) await end()
})

const tree = (page: Page) => page.getByRole('tree', { name: 'Saved queries' })
const row = (page: Page, name: string) => tree(page).getByRole('treeitem', { name })
const toast = (page: Page, text: string) => page.locator('.toast-card', { hasText: text }).waitFor()

async function menu(page: Page, name: string, item: string): Promise<void> {
  await row(page, name).click({ button: 'right' })
  await page.getByRole('menuitem', { name: item }).click()
}

test('a query is saved with Ctrl+S, filed, changed, found, opened once, deleted and brought back', { skip }, () =>
  withBrowser(async ({ page, screenshot }) => {
    const person = new StudioPage(page)
    await person.open(studio.address)
    await page.getByText('Nothing saved yet.').waitFor()
    await page.getByRole('button', { name: 'New folder' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Reports')
    await page.keyboard.press('Enter')
    await row(page, 'Reports').waitFor()

    await person.write("select 'first' as word")
    await page.keyboard.press('Control+s')
    const dialog = page.getByRole('dialog')
    await page.keyboard.press('Enter')
    await dialog.getByRole('alert').getByText('Give it a name.').waitFor()
    await dialog.getByLabel('Name').fill('Words')
    await dialog.getByLabel('Folder').selectOption('Reports')
    await page.keyboard.press('Enter')
    await toast(page, '“Words” saved')
    await row(page, 'Words').waitFor()
    await page.locator('.studio-tab[aria-selected=true]', { hasText: 'Words' }).waitFor()
    await screenshot('saved-queries')

    await person.write("select 'second' as word")
    const kept = page.waitForResponse(
      answer => answer.request().method() === 'PUT' && /saved-queries/.test(answer.url()),
    )
    await page.keyboard.press('Control+s')
    assert.equal((await kept).status(), 200)
    await toast(page, '“Words” saved')
    await page.keyboard.press('Alt+n')
    await row(page, 'Words').click()
    await page.locator('.cm-line', { hasText: "'second'" }).waitFor()
    assert.equal(await page.locator('.studio-tab', { hasText: 'Words' }).count(), 1)
    await page.keyboard.press('Alt+w')
    await row(page, 'Words').click()
    await page.locator('.studio-tab[aria-selected=true]', { hasText: 'Words' }).waitFor()
    await page.locator('.cm-line', { hasText: "'second'" }).waitFor()

    await page.getByLabel('Search saved queries').fill("'second'")
    await row(page, 'Words').waitFor()
    await row(page, 'Reports').waitFor({ state: 'detached' })
    await page.getByLabel('Search saved queries').fill('no such text')
    await page.getByText('No saved query holds this.').waitFor()
    await page.getByLabel('Search saved queries').fill('')

    await menu(page, 'Reports', 'Delete')
    await row(page, 'Words').waitFor({ state: 'detached' })
    await page.locator('.toast-card', { hasText: '“Reports” deleted' }).getByRole('button', { name: 'Undo' }).click()
    await row(page, 'Words').waitFor()
    await page.reload()
    await row(page, 'Words').waitFor()
  }),
)

test('queries are renamed and moved, by menu, by drag and by keyboard', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = new StudioPage(page)
    const make = (input: object) =>
      fetch(`${studio.address}/api/saved-queries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
    await make({ kind: 'folder', name: 'Target', parent: null })
    await make({ kind: 'query', name: 'Loose', parent: null, sql: 'select 5 as loose' })
    await person.open(studio.address)
    await menu(page, 'Loose', 'Rename')
    await page.getByRole('dialog').getByLabel('Name').fill('Bound')
    await page.keyboard.press('Enter')
    await row(page, 'Bound').dragTo(row(page, 'Target'))
    await tree(page).locator('[aria-level="2"]', { hasText: 'Bound' }).waitFor()
    await menu(page, 'Bound', 'Move to …')
    await page.getByRole('dialog').getByLabel('Folder').selectOption('No folder')
    await page.getByRole('button', { name: 'Move', exact: true }).click()
    await tree(page).locator('[aria-level="1"]', { hasText: 'Bound' }).waitFor()
    await row(page, 'Target').focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.locator('.studio-tab[aria-selected=true]').waitFor()
    await page.locator('.cm-line', { hasText: 'select 5 as loose' }).waitFor()
  }),
)

test('a text that another window saved is not replaced without asking', { skip }, () =>
  withBrowser(async ({ page, context, allow }) => {
    allow(/409/)
    const person = new StudioPage(page)
    await person.open(studio.address)
    await page.keyboard.press('Alt+n')
    await person.write('select 1 as mine')
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByLabel('Name').fill('Shared')
    await page.keyboard.press('Enter')
    await toast(page, '“Shared” saved')
    const second = await context.newPage()
    const list = (await (await fetch(`${studio.address}/api/saved-queries`)).json()) as {
      items: { id: string; name: string }[]
    }
    const id = list.items.find(({ name }) => name === 'Shared')?.id ?? ''
    await fetch(`${studio.address}/api/saved-queries/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'select 2 as theirs' }),
    })
    await second.close()
    await person.write('select 3 as mine')
    await page.keyboard.press('Control+s')
    const question = page.getByRole('alertdialog', { name: '“Shared” was changed elsewhere' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    const text = async () =>
      ((await (await fetch(`${studio.address}/api/saved-queries/${id}`)).json()) as { sql: string }).sql
    assert.equal(await text(), 'select 2 as theirs')
    await page.keyboard.press('Control+s')
    await question.getByRole('button', { name: 'Replace it' }).click()
    await toast(page, '“Shared” saved')
    await person.until(
      `fetch('/api/saved-queries/${id}').then(answer => answer.json()).then(({ sql }) => sql === 'select 3 as mine')`,
    )
  }),
)
