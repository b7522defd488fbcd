import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { type StudioProcess, startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
const home = temporaryDirectory(untilTheEnd)
let studio: StudioProcess

before(async () => {
  if (skip === false) studio = await startStudioProcess(untilTheEnd, { home })
})

after(async () => {
  for (const end of closing.reverse()) await end()
})

/** A tab of its own, so that tests do not meet. */
async function freshTab(page: Page): Promise<StudioPage> {
  const person = new StudioPage(page)
  await person.open(studio.address)
  await page.locator('[data-ready=true]').waitFor()
  await page.keyboard.press('Alt+n')
  return person
}

const saved = (page: Page) => page.locator('.studio-saved[data-state=saved]').waitFor()
const marker = '.cm-lint-marker-error'

test('an error is marked at its place, the mark leads there, and goes when the text is edited', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write('select 1;\nselect nam from customers;\nselect 2')
    await page.keyboard.press('Shift+Control+Enter')
    await page.locator('.studio-failure', { hasText: 'no such column: nam' }).waitFor()
    await page.locator(marker).waitFor()
    assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'nam')
    assert.equal(await page.locator('.studio-result-tab').count(), 4)
    await page.getByRole('button', { name: 'Go to error' }).click()
    await page.keyboard.type('e')
    assert.match(await person.text(), /select enam from/)
    await page.locator(marker).waitFor({ state: 'detached' })
  }),
)

test('columns are completed for an alias, and the chosen one is written', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.choose('SQLite')
    await page.locator('[role=tree]', { hasText: 'order_items' }).waitFor()
    await person.write('select * from customers c where ')
    await page.keyboard.type('c.')
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'signed_up_at' }).waitFor()
    await page.keyboard.type('seg')
    await page.locator('.cm-tooltip-autocomplete li[aria-selected]', { hasText: 'segment' }).waitFor()
    await page.waitForTimeout(100) // the popup takes no key in its first moment, so that nobody accepts by accident
    await page.keyboard.press('Enter')
    assert.equal(await person.text(), 'select * from customers c where c.segment')
  }),
)

test('text, name and result of a tab are there after a reload, and nothing runs again', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write("select 'kept' as word")
    await person.run()
    await person.outcome('1 row')
    await page.locator('.studio-tab[aria-selected=true]').dblclick()
    await page.keyboard.type('Keeper')
    await page.keyboard.press('Enter')
    await saved(page)
    const runs = async () =>
      ((await (await fetch(`${studio.address}/api/history?search=kept`)).json()) as { entries: unknown[] }).entries
        .length
    const count = await runs()
    await page.reload()
    await page.locator('.studio-tab[aria-selected=true]', { hasText: 'Keeper' }).waitFor()
    await person.outcome('1 row')
    assert.equal(await person.cell(0, 0), 'kept')
    assert.equal(await person.text(), "select 'kept' as word")
    assert.equal(await runs(), count)
  }),
)

test('a closed tab comes back with its text and result', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write("select 'back' as word")
    await person.run()
    await person.outcome('1 row')
    await saved(page)
    await page.keyboard.press('Alt+w')
    assert.notEqual(await person.text(), "select 'back' as word")
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('.cm-line', { hasText: "'back'" }).waitFor()
    assert.equal(await person.cell(0, 0), 'back')
  }),
)

test('a crash of the server loses no text: it says so, and saves when the server is back', { skip }, async t => {
  const ownHome = temporaryDirectory(t)
  const first = await startStudioProcess(t, { home: ownHome })
  await withBrowser(async ({ page, allow }) => {
    allow(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/)
    const person = new StudioPage(page)
    await person.open(first.address)
    await page.locator('[data-ready=true]').waitFor()
    await person.write('select 1 as before')
    await person.run()
    await person.outcome('1 row')
    await saved(page)
    await first.kill()
    await person.write('select 2 as while_away')
    await page.locator('.studio-saved[data-state=offline]').waitFor()
    const port = Number(new URL(first.address).port)
    await startStudioProcess(t, { home: ownHome, port })
    await saved(page)
    await page.reload()
    await page.locator('.cm-line', { hasText: 'while_away' }).waitFor()
    await person.outcome('1 row')
  })
})

test('two windows that change one tab are asked which text to keep', { skip }, () =>
  withBrowser(async ({ page, context, allow }) => {
    allow(/409/)
    const person = await freshTab(page)
    await person.write('the same')
    await saved(page)
    const second = await context.newPage()
    const other = new StudioPage(second)
    await other.open(studio.address)
    await second.locator('.cm-line', { hasText: 'the same' }).waitFor()
    await other.write('from the other window')
    await saved(second)
    await person.write('from this window')
    const dialog = page.getByRole('dialog')
    assert.equal(await dialog.getByLabel('In the other window').inputValue(), 'from the other window')
    await dialog.getByRole('button', { name: 'Keep mine' }).click()
    await saved(page)
    await second.reload()
    await second.locator('.cm-line', { hasText: 'from this window' }).waitFor()
  }),
)

test('a new tab leaves the rows of the connections where they are: a click that has begun is not lost', { skip }, () =>
  withBrowser(async ({ page }) => {
    await freshTab(page)
    const row = await page.locator('.studio-connection').last().elementHandle()
    const tabs = page.locator('.studio-tabs-list [role=tab]')
    const there = await tabs.count()
    await page.keyboard.press('Alt+n')
    await tabs.nth(there).waitFor()
    assert.equal(await row?.evaluate(element => element.isConnected), true)
  }),
)

test('Alt+Shift+F lays the text out, one step undoes it, and a result is read by its name', { skip }, () =>
  withBrowser(async ({ page, screenshot, allow }) => {
    allow(/status of 400/)
    const person = await freshTab(page)
    await page
      .getByRole('option', { name: /DuckDB/ })
      .first()
      .click()
    await person.write('select 1 as id,2 as b')
    await page.keyboard.press('Alt+Shift+F')
    await page.locator('.cm-line', { hasText: /^ {2}2 as b$/ }).waitFor()
    assert.equal(await person.text(), 'select\n  1 as id,\n  2 as b')
    await page.keyboard.press('Control+z')
    await page.locator('.cm-line', { hasText: 'select 1 as id,2 as b' }).waitFor()

    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Use', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Name …' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('My Rows')
    await page.keyboard.press('Enter')
    await page.locator('.toast-card', { hasText: 'This cannot be the name of a result.' }).waitFor()
    await page.getByRole('button', { name: 'Use', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Name …' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('my_rows')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: '@my_rows' }).waitFor()
    await screenshot('named-result')
    await person.write('select b * 21 as answer from @my_rows')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('gridcell', { name: '42' }).waitFor()
  }),
)

test('five thousand tables: few lines in the page, the last is reached, search finds, names are quoted', {
  skip,
}, async t => {
  const file = join(temporaryDirectory(t), 'many.db')
  const database = new DatabaseSync(file)
  database.exec('begin')
  for (let at = 1; at <= 5_000; at++) database.exec(`create table "table_${at}" (id integer primary key, value text)`)
  database.exec('create table "Zebra Order" (id integer primary key); commit')
  database.close()
  await withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await page.getByLabel('Paste an address').fill(file)
    await page.getByRole('button', { name: 'Test' }).click()
    await page.locator('.studio-dialog-status', { hasText: 'SQLite' }).waitFor()
    await page.getByRole('button', { name: 'Add connection' }).click()
    await page.locator('.studio-connection[aria-selected=true]', { hasText: 'many' }).waitFor()
    const tree = page.getByRole('tree', { name: 'Schema' })
    await tree.getByText('table_1', { exact: true }).waitFor()
    assert.ok((await tree.getByRole('treeitem').count()) < 100)
    await tree.focus()
    await page.keyboard.press('End')
    const zebra = tree.getByText('Zebra Order')
    await zebra.waitFor()
    await zebra.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Insert name' }).click()
    await page.locator('.cm-line', { hasText: '"Zebra Order"' }).waitFor()
    assert.equal(await person.text(), '"Zebra Order"')
    await page.keyboard.press('Alt+s')
    await page.keyboard.type('table_4999')
    await tree.locator('mark', { hasText: 'table_4999' }).click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'First 100 rows' }).click()
    await person.outcome('0 rows')
    assert.match(await person.text(), /FROM table_4999/)
  })
})

test('an open transaction is shown and ended without losing the rows', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.choose('SQLite')
    await person.write('begin; select 42 as answer')
    await page.keyboard.press('Shift+Control+Enter')
    await page.locator('.studio-transaction', { hasText: 'Transaction open' }).waitFor()
    await page.getByRole('button', { name: 'ROLLBACK' }).click()
    await page.locator('.toast-card', { hasText: 'Rolled back' }).waitFor()
    await page.locator('.studio-transaction').waitFor({ state: 'hidden' })
    assert.equal(await person.cell(0, 0), '42')
  }),
)

test('Escape cancels what runs, and the tab works on', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.choose('SQLite')
    await person.write('with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n')
    await person.run()
    await page.locator('.studio-cancel:not([disabled])').first().waitFor()
    await page.keyboard.press('Escape')
    await person.outcome('cancelled')
    await person.write('select 7 as seven')
    await person.run()
    await person.outcome('1 row')
  }),
)

test('history lists what was run, is searched, and opens in a new tab', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write("select 'needle in history'")
    await person.run()
    await person.outcome('1 row')
    await page.keyboard.press('Control+h')
    await page.keyboard.type('needle in hist')
    const entry = page.locator('.studio-history-open', { hasText: 'needle in history' })
    await entry.first().waitFor()
    await person.until(`document.querySelectorAll('.studio-history-entry').length === 1`)
    const tabs = await page.locator('.studio-tab').count()
    await entry.click()
    assert.equal(await page.locator('.studio-tab').count(), tabs + 1)
    assert.equal(await person.text(), "select 'needle in history'")
    await page.keyboard.press('Control+h')
  }),
)

test('a result is saved as a file with progress', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write("select 1 as a, 'x, y' as b union all select 2, null")
    await person.run()
    await person.outcome('2 rows')
    await page.getByRole('button', { name: 'Export' }).click()
    const dialog = page.getByRole('dialog')
    const download = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export' }).click()
    const file = await (await download).path()
    await dialog.locator('.studio-ok', { hasText: '2 rows' }).waitFor()
    assert.equal(readFileSync(file, 'utf8').replaceAll('\r\n', '\n'), 'a,b\n1,"x, y"\n2,\n')
  }),
)

test('a connection is changed and deleted after a question', { skip }, async t => {
  const file = join(temporaryDirectory(t), 'short-lived.db')
  new DatabaseSync(file).close()
  await withBrowser(async ({ page }) => {
    await freshTab(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await page.getByLabel('Paste an address').fill(`sqlite:${file}`)
    await page.getByLabel('red').check()
    await page.getByRole('button', { name: 'Add connection' }).click()
    const entry = page.locator('.studio-connection', { hasText: 'short-lived' })
    await entry.waitFor()
    await entry.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('renamed one')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const renamed = page.locator('.studio-connection', { hasText: 'renamed one' })
    await renamed.locator('.studio-dot[data-color=red]').waitFor()
    await renamed.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await renamed.waitFor({ state: 'detached' })
  })
})

for (const [width, height, theme] of [
  [1024, 700, 'light'],
  [1920, 1080, 'dark'],
] as const)
  test(`the page fits ${width} pixels in the ${theme} theme`, { skip }, () =>
    withBrowser(
      async ({ page, screenshot }) => {
        await page.addInitScript(`localStorage.setItem('tusk:theme', '${theme}')`)
        const person = await freshTab(page)
        await person.write('select * from customers limit 50')
        await person.run()
        await person.outcome('50 rows')
        await page.keyboard.press('Control+h')
        await page.locator('.studio-history-entry').first().waitFor()
        assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
        await screenshot(`studio-${width}-${theme}`)
        await page.keyboard.press('Control+h')
      },
      { viewport: { width, height } },
    ),
  )
