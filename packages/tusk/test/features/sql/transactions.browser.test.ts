import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { StudioClient } from '../../support/studio-client.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { withStudio } from '../../support/with-studio.ts'

const skip = browserMissing ?? false
const skipPostgres = browserMissing ?? skipWithoutPostgres(15)
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }

async function open(page: Page, address: string, connection: string): Promise<StudioPage> {
  const person = new StudioPage(page)
  await person.open(address)
  await page.locator('[data-ready=true]').waitFor()
  await page.keyboard.press('Alt+n')
  await person.choose(connection)
  return person
}

async function commitByHand(page: Page, level?: string): Promise<void> {
  await page.locator('.studio-commit').click()
  await page.getByRole('menuitemcheckbox', { name: 'Manual commit' }).click()
  await page.locator('.studio-commit[data-choice=manual]').waitFor()
  if (level === undefined) return
  await page.locator('.studio-commit').click()
  await page.getByRole('menuitemcheckbox', { name: level }).click()
}

suite('transactions of tabs, and production', () => {
  let client: StudioClient
  const ids: Record<string, string> = {}

  before(async () => {
    if (skip !== false) return
    const home = temporaryDirectory(untilTheEnd)
    const studio = await startStudioProcess(untilTheEnd, { home, arguments: ['--no-samples'] })
    client = new StudioClient(studio.address)
    const file = join(home, 'shop.db')
    const database = new DatabaseSync(file)
    database.exec('PRAGMA journal_mode = WAL')
    database.close()
    ids.SQLite = await add('SQLite', 'sqlite', { path: file })
    ids.DuckDB = await add('DuckDB', 'duckdb', { path: join(home, 'shop.duckdb') })
    if (skipPostgres === false) {
      const { host, port, user, stop } = await startTestPostgres(15)
      closing.push(() => stop())
      ids.PostgreSQL = await add('PostgreSQL', 'postgres', { host, port, user, database: 'postgres' })
    }
    for (const id of Object.values(ids)) await client.run(id, 'CREATE TABLE notes (n INTEGER)')
  })

  after(async () => {
    for (const end of closing.reverse()) await end()
  })

  const add = async (
    name: string,
    engine: string,
    config: Readonly<Record<string, string | number>>,
  ): Promise<string> => (await client.post<{ id: string }>('/api/connections', { name, engine, config })).id
  const notes = async (connection: string): Promise<string> => {
    const result = await client.resultOf(ids[connection] ?? '', 'SELECT count(*) AS n FROM notes')
    return (await client.export(result, 'csv')).toString().replace(/\s+/g, ' ').trim()
  }

  for (const [connection, skipped] of [
    ['PostgreSQL', skipPostgres],
    ['DuckDB', skip],
    ['SQLite', skip],
  ] as const)
    test(
      `${connection}: by hand the badge grows old, ROLLBACK takes back, COMMIT keeps, by key and by button`,
      { skip: skipped },
      () =>
        withBrowser(async ({ page }) => {
          const person = await open(page, client.address, connection)
          await commitByHand(page)
          await person.write('INSERT INTO notes VALUES (1)')
          await person.run()
          await page.locator('.studio-transaction[data-state=open]').waitFor()
          await page.locator('.studio-transaction-age', { hasText: /^[1-9]\d* s$/ }).waitFor()
          assert.equal(await notes(connection), 'n 0')
          await page.keyboard.press('Alt+Shift+r')
          await page.locator('.toast-card', { hasText: 'Rolled back' }).waitFor()
          await page.locator('.studio-transaction').waitFor({ state: 'hidden' })
          await page.locator('.cm-content').click()
          await person.run()
          await page.locator('.studio-transaction[data-state=open]').waitFor()
          // Another window sees that the tab works by hand, and that a transaction is open.
          await page.reload()
          await page.locator('.studio-commit[data-choice=manual]').waitFor()
          await page.locator('.studio-transaction[data-state=open]').waitFor()
          await page.getByRole('button', { name: 'COMMIT' }).click()
          await page.locator('.toast-card', { hasText: 'Committed' }).waitFor()
          assert.equal(await notes(connection), 'n 1')
          // Nothing is open: the keys say so.
          await page.locator('.studio-transaction').waitFor({ state: 'hidden' })
          await page.keyboard.press('Alt+Shift+c')
          await page.locator('.toast-card', { hasText: 'no open transaction' }).waitFor()
        }),
    )

  test(
    'PostgreSQL: the isolation that was chosen; a failed transaction takes only ROLLBACK',
    { skip: skipPostgres },
    () =>
      withBrowser(async ({ page }) => {
        const person = await open(page, client.address, 'PostgreSQL')
        await commitByHand(page, 'Serializable')
        await person.write('SHOW transaction_isolation')
        await person.run()
        assert.equal(await person.cell(0, 0), 'serializable')
        await person.write('SELECT nothing')
        await person.run()
        await page.locator('.studio-transaction[data-state=failed]').waitFor()
        assert.equal(await page.getByRole('button', { name: 'COMMIT' }).count(), 0)
        await page.keyboard.press('Alt+Shift+c')
        await page.locator('.toast-card', { hasText: 'only ROLLBACK' }).waitFor()
        await page.getByRole('button', { name: 'ROLLBACK' }).click()
        await page.locator('.studio-transaction').waitFor({ state: 'hidden' })
      }),
  )

  test('closing a tab, or leaving its connection, asks what becomes of its transaction', { skip }, () =>
    withBrowser(async ({ page, screenshot }) => {
      const person = await open(page, client.address, 'DuckDB')
      const before = await notes('DuckDB')
      await person.write('BEGIN; INSERT INTO notes VALUES (5)')
      await page.keyboard.press('Shift+Control+Enter')
      await page.locator('.studio-transaction[data-state=open]').waitFor()
      const dialog = page.locator('dialog[open]')
      await page.locator('.studio-connection', { hasText: 'SQLite' }).click()
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await page.locator('.studio-connection-button', { hasText: 'DuckDB' }).waitFor()
      await page.keyboard.press('Alt+w')
      await dialog.waitFor()
      await screenshot('close-with-transaction')
      await page.keyboard.press('Escape')
      assert.equal(await page.locator('.studio-tab[aria-selected=true] .studio-tab-transaction').count(), 1)
      await page.keyboard.press('Alt+w')
      await dialog.getByRole('button', { name: 'Roll back' }).click()
      await page.locator('.toast-card', { hasText: 'closed' }).waitFor()
      assert.equal(await notes('DuckDB'), before)
      await page.keyboard.press('Alt+n')
      await person.choose('DuckDB')
      await person.write('BEGIN; INSERT INTO notes VALUES (6)')
      await page.keyboard.press('Shift+Control+Enter')
      await page.locator('.studio-transaction[data-state=open]').waitFor()
      await page.keyboard.press('Alt+w')
      await dialog.getByRole('button', { name: 'Commit' }).click()
      await dialog.waitFor({ state: 'detached' })
      assert.notEqual(await notes('DuckDB'), before)
    }),
  )

  test('a transaction that nobody uses is rolled back after the limit, and the tab says so', { skip }, () =>
    withStudio({ config: '[query]\ntransaction_idle_seconds = 1\n' }, ({ client: other, home }) =>
      withBrowser(async ({ page }) => {
        const file = join(home, 'own.db')
        const database = new DatabaseSync(file)
        database.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (n INTEGER)')
        await other.post('/api/connections', { name: 'Own', engine: 'sqlite', config: { path: file } })
        const person = await open(page, other.address, 'Own')
        await person.write('CREATE TEMP TABLE kept AS SELECT 7 AS n; BEGIN; INSERT INTO notes VALUES (1)')
        await page.keyboard.press('Shift+Control+Enter')
        await page.locator('.studio-transaction[data-state=open]').waitFor()
        await page.locator('.toast-card', { hasText: 'was rolled back' }).waitFor({ timeout: 40_000 })
        await page.locator('.studio-transaction').waitFor({ state: 'hidden' })
        assert.equal(database.prepare('SELECT count(*) AS n FROM notes').get()?.n, 0)
        database.close()
        // The session itself went on.
        await person.write('SELECT n FROM kept')
        await person.run()
        assert.equal(await person.cell(0, 0), '7')
      }),
    ),
  )

  test(
    'production is seen in list, tab and bar, and asks before rows are lost; what is cancelled did not run',
    { skip },
    () =>
      withBrowser(async ({ page, allow, screenshot }) => {
        allow(/428/)
        const person = await open(page, client.address, 'SQLite')
        await client.run(ids.SQLite ?? '', 'INSERT INTO notes VALUES (1), (2)')
        await page.locator('.studio-connection', { hasText: 'SQLite' }).click({ button: 'right' })
        await page.getByRole('menuitem', { name: 'Edit' }).click()
        await page.getByLabel('Environment', { exact: true }).selectOption('production')
        await page.getByRole('button', { name: 'Save', exact: true }).click()
        for (const place of ['.studio-connection', '.studio-tab[aria-selected=true]', '.studio-connection-button'])
          await page.locator(`${place} .studio-environment`, { hasText: 'prod' }).first().waitFor()
        await page.locator('.studio-run-bar[data-environment=production]').waitFor()

        await person.write('SELECT 1; DELETE FROM notes -- WHERE n = 1\n; DROP TABLE notes')
        await page.keyboard.press('Shift+Control+Enter')
        const dialog = page.getByRole('alertdialog')
        await dialog.getByText('Every row of notes is deleted: there is no WHERE.').waitFor()
        await dialog.getByText('The table notes is dropped.').waitFor()
        await screenshot('production-asks')
        // Enter must not do it.
        await page.keyboard.press('Enter')
        await dialog.waitFor({ state: 'detached' })
        await page.locator('.studio-run-bar[aria-busy=false]').waitFor()
        assert.equal(await page.locator('.studio-tab .spinner').count(), 0)
        assert.match(await notes('SQLite'), /^n [1-9]/)
        assert.equal((await client.get<{ entries: { sql: string }[] }>('/api/history?search=DROP')).entries.length, 0)

        await person.write('DELETE FROM notes')
        await person.run()
        await dialog.getByRole('button', { name: 'Run it anyway' }).click()
        await person.outcome('affected')
        assert.equal(await notes('SQLite'), 'n 0')
        await person.write('DELETE FROM notes WHERE n = 1')
        await person.run()
        await person.outcome('0 rows affected')

        // A word of one's own is a label and asks nothing.
        await page.locator('.studio-connection', { hasText: 'SQLite' }).click({ button: 'right' })
        await page.getByRole('menuitem', { name: 'Edit' }).click()
        await page.getByLabel('Environment', { exact: true }).selectOption('own')
        await page.getByLabel('Environment in your own word').fill('staging')
        await page.getByRole('button', { name: 'Save', exact: true }).click()
        await page.locator('.studio-tab[aria-selected=true] .studio-environment', { hasText: 'staging' }).waitFor()
        await person.write('DELETE FROM notes')
        await person.run()
        await person.outcome('0 rows affected')
      }),
  )
})
