import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { type RunningStudio, withStudio } from '../../support/with-studio.ts'

const skip = browserMissing ?? false

async function openShop({ home, studio, client }: RunningStudio, page: Page): Promise<StudioPage> {
  const file = join(home, 'shop.db')
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, total REAL)')
  database.close()
  const { connections } = await client.get<{ connections: readonly unknown[] }>('/api/connections')
  if (connections.length === 0)
    await client.post('/api/connections', { name: 'Shop', engine: 'sqlite', config: { path: file } })
  const person = new StudioPage(page)
  await person.open(studio.address)
  await page.locator('[data-ready=true]').waitFor()
  await person.choose('Shop')
  await page.locator('[role=treeitem]:not([hidden])', { hasText: 'orders' }).first().waitFor()
  return person
}

test('fold, find and replace, several cursors, comments and brackets work by key', { skip }, () =>
  withStudio({}, running =>
    withBrowser(async ({ page }) => {
      const person = await openShop(running, page)
      const becomes = (text: string) =>
        person.until(
          `[...document.querySelectorAll('.cm-content .cm-line')].map(line => line.textContent).join('\\n') === ${JSON.stringify(text)}`,
        )

      await person.write('SELECT id,\n  total\nFROM orders')
      await page.keyboard.press('Control+Home')
      await page.keyboard.press('Control+Shift+BracketLeft')
      await page.locator('.cm-foldPlaceholder').waitFor()
      await page.keyboard.press('Control+Shift+BracketRight')
      await page.locator('.cm-foldPlaceholder').waitFor({ state: 'detached' })

      await person.write('SELECT a, a, b')
      await page.keyboard.press('Control+/')
      await becomes('-- SELECT a, a, b')
      await page.keyboard.press('Control+/')
      await becomes('SELECT a, a, b')

      await page.keyboard.press('Control+f')
      await page.locator('.cm-search input[name=search]').fill('a,')
      await page.locator('.cm-search input[name=replace]').fill('total,')
      await page.locator('.cm-search button[name=replaceAll]').press('Enter')
      await becomes('SELECT total, total, b')
      await page.keyboard.press('Escape')
      await page.locator('.cm-search').waitFor({ state: 'detached' })

      // Ctrl+D: the word, then the next one like it; typing changes both.
      await page.locator('.cm-content').click()
      await page.keyboard.press('Control+Home')
      for (let step = 0; step < 9; step++) await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Control+d')
      await page.keyboard.press('Control+d')
      await page.keyboard.type('id')
      await becomes('SELECT id, id, b')

      await person.write('SELECT (1 + (2))')
      await page.locator('.cm-matchingBracket').first().waitFor()
      assert.equal(await page.locator('.cm-matchingBracket').count(), 2)

      // Alt+click: another cursor.
      await person.write('one\ntwo')
      await page.keyboard.press('Control+Home')
      await page
        .locator('.cm-line')
        .nth(1)
        .click({ position: { x: 4, y: 8 }, modifiers: ['Alt'] })
      await page.keyboard.type('x')
      await person.until(`/x/.test(document.querySelectorAll('.cm-line')[1].textContent)`)
      await becomes('xone\nxtwo')
    }),
  ),
)

test('what is most likely wrong is marked while one types, with a near name', { skip }, () =>
  withStudio({}, running =>
    withBrowser(async ({ page }) => {
      const person = await openShop(running, page)
      await person.write('SELECT total FROM ordrs ')
      const mark = page.locator('.cm-live-mark')
      await mark.filter({ hasText: 'ordrs' }).waitFor()
      await person.hoverUntil(page.locator('.cm-line').first(), { x: 160, y: 8 }, page.locator('.cm-tooltip-lint'))
      await page.getByText('There is no table “ordrs”. Is it “orders”?').waitFor()
      await page.mouse.move(5, 5)

      await person.write('SELECT totl, orders.x FROM orders ')
      await mark.filter({ hasText: 'totl' }).waitFor()
      await mark.filter({ hasText: 'x' }).waitFor()
      await person.write(`SELECT 'open, total FROM orders `)
      await page.locator('.cm-lintRange-error').waitFor()
      await person.write('SELECT total FROM orders ')
      await mark.first().waitFor({ state: 'detached' })

      // The error of a run is marked beside them, and goes with the next edit.
      await person.write('SELECT totl FROM orders; SELECT 1 ')
      await mark.filter({ hasText: 'totl' }).waitFor()
      await page.keyboard.press('Shift+Control+Enter')
      await page.locator('.cm-run-mark').waitFor()
      await page.keyboard.type(';')
      await page.locator('.cm-run-mark').waitFor({ state: 'detached' })
      await mark.filter({ hasText: 'totl' }).waitFor()
    }),
  ),
)

test('who wants Vim keys has them: modes, the command line, and Ctrl+Enter still runs', { skip }, () =>
  withStudio({}, async running => {
    await running.client.post('/api/preferences', { editorVimKeys: true })
    await withBrowser(async ({ page }) => {
      const person = await openShop(running, page)
      await page.locator('.cm-vim-panel').waitFor()
      const becomes = (text: string) =>
        person.until(
          `[...document.querySelectorAll('.cm-content .cm-line')].map(line => line.textContent).join('\\n') === ${JSON.stringify(text)}`,
        )
      await page.locator('.cm-content').click()
      await page.keyboard.type('ggdGiSELECT 1 AS one')
      await becomes('SELECT 1 AS one')
      await page.keyboard.press('Escape')
      await page.keyboard.type('yyp')
      await becomes('SELECT 1 AS one\nSELECT 1 AS one')
      await page.keyboard.type('dd')
      await becomes('SELECT 1 AS one')
      await page.keyboard.type(':s/one/two/')
      await page.keyboard.press('Enter')
      await becomes('SELECT 1 AS two')
      await page.keyboard.press('Control+Enter')
      await person.outcome('1 row')
      // A tab that is opened later has them too.
      await page.keyboard.press('Alt+n')
      await page.locator('.studio-tab').nth(1).waitFor()
      await page.locator('.cm-content').click()
      await page.keyboard.type('ix')
      await becomes('x')
    })
  }),
)
