import assert from 'node:assert/strict'
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
let studio: StudioProcess

before(async () => {
  if (skip !== false) return
  studio = await startStudioProcess(untilTheEnd, {
    home: temporaryDirectory(untilTheEnd),
  })
})

after(async () => {
  for (const end of closing.reverse()) await end()
})

async function freshTab(page: Page): Promise<StudioPage> {
  const person = new StudioPage(page)
  await person.open(studio.address)
  await page.locator('[data-ready=true]').waitFor()
  await page.keyboard.press('Alt+n')
  await person.choose('SQLite')
  return person
}

const session = (page: Page, state: string) =>
  page.locator(`.studio-connection-button .studio-session[data-state=${state}]`).waitFor()
test('a script stops at an error or goes on, as its tab was told, also after a reload', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write('select 1; select nope; select 3')
    await page.keyboard.press('Shift+Control+Enter')
    await page.locator('.studio-failure', { hasText: 'nope' }).first().waitFor()
    await page.locator('.studio-result-tab', { hasText: 'Script' }).click()
    await page.locator('.studio-script', { hasText: 'not run' }).waitFor()
    await page.locator('.studio-on-error').click()
    await page.getByRole('menuitemcheckbox', { name: 'Go on with the next statement' }).click()
    await page.locator('.studio-saved[data-state=saved]').waitFor()
    await page.reload()
    await page.locator('.studio-on-error[data-choice=continue]').waitFor()
    await page.locator('.cm-content').click()
    await page.keyboard.press('Shift+Control+Enter')
    await page.locator('.studio-result-tab[data-shown="2"]', { hasText: '1' }).click()
    assert.equal(await person.cell(0, 0), '3')
  }),
)

test('COMMIT beside the rows keeps them through a reload, and the session says how it is', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await session(page, 'none')
    await person.write("begin; select 'shown' as word")
    await page.keyboard.press('Shift+Control+Enter')
    await session(page, 'transaction')
    await page.getByRole('button', { name: 'COMMIT' }).click()
    await page.locator('.toast-card', { hasText: 'Committed' }).waitFor()
    await session(page, 'idle')
    await page.reload()
    assert.equal(await person.cell(0, 0), 'shown')
    assert.equal(await page.locator('.studio-transaction').isVisible(), false)
    await session(page, 'idle')
  }),
)

test('a tab keeps what SET and BEGIN did; after Reconnect the session is a new one', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write('create temp table mine as select 7 as n')
    await person.run()
    await page.locator('.studio-result-page', { hasText: /CREATE|Done|affected/ }).waitFor()
    await person.write('select n from mine')
    await person.run()
    await person.outcome('1 row')
    const entry = page.locator('.studio-connection', { hasText: 'SQLite' })
    await entry.click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Reconnect' }).click()
    await page.locator('.toast-card', { hasText: 'It is a new session' }).waitFor()
    await page.locator('.cm-content').click()
    await person.run()
    await page.locator('.studio-failure', { hasText: 'no such table: mine' }).waitFor()
  }),
)

test('a link to a result is copied and opens it in a tab, without running anything', { skip }, () =>
  withBrowser(async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: studio.address })
    const person = await freshTab(page)
    await person.write("select 'linked rows' as word")
    await person.run()
    await person.outcome('1 row')
    await page.getByRole('button', { name: 'Copy a link to this result' }).click()
    await page.locator('.toast-card', { hasText: 'Link copied' }).waitFor()
    const link = (await page.evaluate('navigator.clipboard.readText()')) as string
    assert.match(link, /\/\?result=[\w-]+$/)
    await page.goto(link)
    await page.locator('.studio-tab[aria-selected=true]', { hasText: 'Linked result' }).waitFor()
    assert.equal(await person.cell(0, 0), 'linked rows')
    assert.equal(await person.text(), "select 'linked rows' as word")
    assert.equal(new URL(page.url()).search, '')
  }),
)

test('a pasted address fills in the connection form', { skip }, () =>
  withBrowser(async ({ page }) => {
    await freshTab(page)
    await page.getByRole('button', { name: 'New connection' }).click()
    await page.getByLabel('Paste an address').fill('postgres://ann:p%40ss@db.example:6543/shop')
    await page.getByRole('radio', { name: 'PostgreSQL', checked: true }).waitFor()
    assert.equal(await page.locator('#field-host').inputValue(), 'db.example')
    assert.equal(await page.locator('#field-port').inputValue(), '6543')
    assert.equal(await page.locator('#field-database').inputValue(), 'shop')
    assert.equal(await page.locator('#field-user').inputValue(), 'ann')
    assert.equal(await page.locator('#field-password').inputValue(), 'p@ss')
    assert.equal(await page.locator('#connection-name').inputValue(), 'shop on db.example')
  }),
)

test('a query that runs is found again after a reload, and can be cancelled there', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    await person.write('with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n')
    await person.run()
    await person.until(
      `fetch('/api/runs').then(answer => answer.json()).then(({ runs }) => runs.some(run => run.state === 'running'))`,
    )
    await page.reload()
    await session(page, 'busy')
    await page.locator('.studio-run-bar .studio-cancel:not([disabled])').click()
    await person.outcome('cancelled')
  }),
)

test('two windows on one studio work beside each other', { skip }, () =>
  withBrowser(async ({ page, context }) => {
    const person = await freshTab(page)
    const second = await context.newPage()
    const other = await freshTab(second)
    await person.write("select 'one' as word")
    await other.write("select 'two' as word")
    await Promise.all([person.run(), other.run()])
    await Promise.all([person.outcome('1 row'), other.outcome('1 row')])
    assert.deepEqual([await person.cell(0, 0), await other.cell(0, 0)], ['one', 'two'])
  }),
)

test('from the start to the rows with the keyboard alone', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = new StudioPage(page)
    await person.open(studio.address)
    await page.locator('[data-ready=true]').waitFor()
    await page.keyboard.press('Alt+n')
    await page.keyboard.insertText('select id from customers order by id limit 30')
    await page.keyboard.press('Control+Enter')
    await person.outcome('30 rows')
    await page.keyboard.press('F6')
    await person.until(`document.activeElement?.role === 'grid'`)
    await page.keyboard.press('Control+End')
    assert.equal(await person.cell(29, 0), '30')
    await page.keyboard.press('Shift+F6')
    await person.until(`document.activeElement?.classList.contains('cm-content')`)
  }),
)

test('copied SQL is written for the engine of the connection', { skip }, () =>
  withBrowser(async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: studio.address })
    const person = await freshTab(page)
    await person.write(`select 1 as id, x'0aff' as data, 'it''s' as "group"`)
    await person.run()
    await person.cell(0, 0)
    await person.focusGrid()
    await page.keyboard.press('Control+a')
    await page.locator('.grid-row .grid-cell:not([hidden])').first().click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Copy as SQL INSERT' }).click()
    await page.locator('.grid-status', { hasText: 'Copied' }).waitFor()
    const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
    assert.match(copied, /INSERT INTO table_name \(id, data, "group"\) VALUES\s+\(1, X'0aff', 'it''s'\)/)
  }),
)

for (const [width, height, colorScheme] of [
  [1024, 700, 'dark'],
  [1280, 800, 'light'],
  [1920, 1080, 'light'],
] as const)
  test(`nothing is cut off at ${width} pixels, ${colorScheme}`, { skip }, () =>
    withBrowser(
      async ({ page, screenshot }) => {
        await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
        const person = await freshTab(page)
        await person.write('begin; select * from orders limit 500')
        await page.keyboard.press('Shift+Control+Enter')
        await session(page, 'transaction')
        await person.cell(0, 0)
        const cut = `[...document.querySelectorAll('.studio-run-bar > *, .studio-result-bar > *')].filter(part => {
          const box = part.getBoundingClientRect(), bar = part.parentElement.getBoundingClientRect()
          return box.width > 0 && (box.right > bar.right + 1 || box.left < bar.left - 1) }).map(part => part.className)`
        assert.deepEqual(await page.evaluate(cut), [])
        await screenshot(`studio-bars-${width}-${colorScheme}`)
        await page.getByRole('button', { name: 'ROLLBACK' }).click()
        await session(page, 'idle')
      },
      { viewport: { width, height }, colorScheme },
    ),
  )

test('with forced colours the selection, the chosen tab and the states are still told apart', { skip }, () =>
  withBrowser(async ({ page, screenshot }) => {
    await page.emulateMedia({ forcedColors: 'active' })
    const person = await freshTab(page)
    await person.write('select id, name from customers limit 5')
    await person.run()
    await person.cell(0, 0)
    await person.focusGrid()
    const differs = `(() => { const [on, off] = ['true', 'false'].map(state => document.querySelector('.studio-tab[aria-selected=' + state + ']'))
      const look = tab => { const { backgroundColor, borderTopColor, outlineStyle, boxShadow, color } = getComputedStyle(tab)
        const line = getComputedStyle(tab, '::before')
        return [backgroundColor, borderTopColor, outlineStyle, boxShadow, color, line.backgroundColor, line.content].join() }
      return look(on) !== look(off) })()`
    assert.equal(await page.evaluate(differs), true)
    await screenshot('studio-forced-colors')
  }),
)

test('five thousand tables cost the page no more elements than fifty', { skip }, t => {
  const folder = temporaryDirectory(t)
  return withBrowser(async ({ page }) => {
    const person = await freshTab(page)
    const counts: number[] = []
    for (const tables of [50, 5_000]) {
      const file = join(folder, `tables-${tables}.db`)
      const database = new DatabaseSync(file)
      database.exec('begin')
      for (let at = 1; at <= tables; at++) database.exec(`create table t_${at} (id integer)`)
      database.exec('commit')
      database.close()
      await page.getByRole('button', { name: 'New connection' }).click()
      await page.getByLabel('Paste an address').fill(file)
      await page.getByRole('button', { name: 'Add connection' }).click()
      await page.locator('.studio-connection[aria-selected=true]', { hasText: `tables-${tables}` }).waitFor()
      await page.getByRole('tree', { name: 'Schema' }).getByText('t_1', { exact: true }).waitFor()
      counts.push((await person.until(`document.querySelectorAll('[role=tree] *').length`)) as number)
    }
    assert.ok(counts[1]! <= counts[0]! * 1.5, `${counts}`)
  })
})
