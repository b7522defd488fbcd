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

const skip = browserMissing ?? false
const skipPostgres = browserMissing ?? skipWithoutPostgres(15)
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }

const joined =
  'SELECT name, sum(total) FROM orders JOIN customers ON customers.id = customer WHERE orders.id % 2 = 0 AND customer % 2 = 0 GROUP BY name'

suite('plans in the studio', () => {
  let client: StudioClient
  const ids: Record<string, string> = {}

  before(async () => {
    if (skip !== false) return
    const home = temporaryDirectory(untilTheEnd)
    const studio = await startStudioProcess(untilTheEnd, { home, arguments: ['--no-samples'] })
    client = new StudioClient(studio.address)
    const file = join(home, 'shop.db')
    new DatabaseSync(file).exec(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INT, total REAL); CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)',
    )
    ids.SQLite = await add('SQLite', 'sqlite', { path: file })
    ids.DuckDB = await add('DuckDB', 'duckdb', { path: join(home, 'shop.duckdb') })
    await client.run(
      ids.DuckDB,
      `CREATE TABLE orders AS SELECT i AS id, i % 100 AS customer, i * 1.5 AS total FROM range(20000) AS r(i);
       CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name FROM range(100) AS r(i)`,
    )
    if (skipPostgres !== false) return
    const postgres = await startTestPostgres(15)
    closing.push(() => postgres.stop())
    const { host, port, user } = postgres
    ids.PostgreSQL = await add('PostgreSQL', 'postgres', { host, port, user, database: 'postgres' })
    await client.run(
      ids.PostgreSQL,
      `CREATE TABLE orders AS SELECT i AS id, i % 100 AS customer, i * 1.5 AS total FROM generate_series(1, 20000) AS i;
       CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name FROM generate_series(0, 99) AS i; ANALYZE`,
    )
  })

  after(async () => {
    for (const end of closing.reverse()) await end()
  })

  const add = async (
    name: string,
    engine: string,
    config: Readonly<Record<string, string | number>>,
  ): Promise<string> => (await client.post<{ id: string }>('/api/connections', { name, engine, config })).id

  async function open(page: Page, connection: string): Promise<StudioPage> {
    const person = new StudioPage(page)
    await person.open(client.address)
    await page.locator('[data-ready=true]').waitFor()
    await page.keyboard.press('Alt+n')
    await person.choose(connection)
    return person
  }

  const operation = (page: Page, name: string | RegExp) => page.locator('.plan-rows .plan-operation', { hasText: name })
  const orders = async (id: string | undefined): Promise<string> => {
    const result = await client.resultOf(id ?? '', 'SELECT count(*) AS n FROM orders')
    return (await client.export(result, 'csv')).toString().replace(/\s+/g, ' ').trim()
  }

  for (const [connection, skipped, scan] of [
    ['PostgreSQL', skipPostgres, 'Seq Scan'],
    ['DuckDB', skip, 'SEQ_SCAN'],
  ] as const)
    test(
      `${connection}: the plan by key, measured by button, as tree, text and JSON, walked by keys`,
      { skip: skipped },
      () =>
        withBrowser(async ({ page }) => {
          const person = await open(page, connection)
          await person.write(joined)
          await page.keyboard.press('Alt+e')
          await operation(page, scan).first().waitFor()
          await page.locator('.plan-summary', { hasText: 'Not run' }).waitFor()
          assert.equal(await page.locator('[role=columnheader]', { hasText: 'Own time' }).count(), 0)

          await page.getByRole('button', { name: 'Explain Analyze' }).click()
          await page.locator('.plan-summary', { hasText: 'Execution' }).waitFor()
          for (const title of ['Share', 'Own time', 'Rows', 'Off by'])
            await page.locator('[role=columnheader]', { hasText: title }).first().waitFor()
          assert.equal(await page.locator('.plan-flame').count(), 1)
          await page.locator('.plan-rows > .plan-hot').first().waitFor()
          // The top is on the hot path.
          assert.match((await page.locator('.plan-rows > .plan-row').first().getAttribute('class')) ?? '', /plan-hot/)
          if (connection === 'PostgreSQL') {
            await page.locator('.plan-off', { hasText: 'more' }).first().waitFor()
            await page.locator('.plan-details dt', { hasText: 'Pages' }).waitFor()
          }

          const rows = page.locator('.plan-rows > .plan-row')
          const all = await rows.count()
          await rows.first().click()
          await page.keyboard.press('ArrowLeft')
          assert.equal(await rows.count(), 1)
          await page.keyboard.press('ArrowRight')
          assert.equal(await rows.count(), all)
          await page.keyboard.press('End')
          await page.locator('.plan-rows > .plan-row[aria-selected=true]:last-child:focus').waitFor()
          await page.locator('.plan-details h3', { hasText: scan }).waitFor()
          await page.keyboard.press('Home')
          await page.locator('.plan-rows > .plan-row[aria-selected=true]:first-child:focus').waitFor()

          await page.getByRole('button', { name: 'Text', exact: true }).click()
          await page.locator('.plan-text', { hasText: `->  ` }).waitFor()
          await page.getByRole('button', { name: 'JSON', exact: true }).click()
          await page
            .locator('.plan-text', { hasText: connection === 'DuckDB' ? '"operator_timing"' : '"Actual Rows"' })
            .waitFor()

          // The rows of the plan are a result like any other: after a reload it is there without running anything.
          await page.getByRole('button', { name: 'Grid', exact: true }).click()
          await page.locator('[role=grid]').waitFor()
          await page.reload()
          await operation(page, scan).first().waitFor()
          await page.locator('.plan-summary', { hasText: 'Execution' }).waitFor()
        }),
    )

  for (const [connection, skipped] of [
    ['PostgreSQL', skipPostgres],
    ['DuckDB', skip],
  ] as const)
    test(
      `${connection}: measuring a write takes it back, and says so in the plan, the bar and the messages`,
      { skip: skipped },
      () =>
        withBrowser(async ({ page }) => {
          const person = await open(page, connection)
          await person.write('DELETE FROM orders WHERE id < 1000')
          await page.keyboard.press('Alt+Shift+e')
          await page.locator('.plan-note', { hasText: 'rolled back' }).waitFor()
          await operation(page, /^delete$/i).waitFor()
          await page.locator('.studio-result-bar .studio-badge', { hasText: 'rolled back' }).waitFor()
          await page.getByRole('button', { name: 'Messages 1' }).click()
          await page.locator('.studio-message', { hasText: 'it changed nothing' }).waitFor()
          assert.equal(await orders(ids[connection]), 'n 20000')
          assert.equal(await page.locator('.studio-transaction').isVisible(), false)
        }),
    )

  test('SQLite: a tree that names whole tables; Analyze says that there is no such thing', { skip }, () =>
    withBrowser(async ({ page }) => {
      const person = await open(page, 'SQLite')
      await person.write(joined)
      await page.getByRole('button', { name: 'Explain', exact: true }).click()
      await operation(page, 'SCAN').first().waitFor()
      await page.locator('.plan-warning').first().waitFor()
      assert.equal(await page.locator('[role=columnheader]').count(), 1)
      const analyze = page.getByRole('button', { name: 'Explain Analyze' })
      assert.equal(await analyze.getAttribute('aria-disabled'), 'true')
      await analyze.click({ force: true })
      await page.locator('.toast-card', { hasText: 'no EXPLAIN ANALYZE' }).waitFor()
    }),
  )

  test('a plan that was asked for in SQL is recognised; boxes and lines stay text', { skip: skipPostgres }, () =>
    withBrowser(async ({ page }) => {
      const person = await open(page, 'PostgreSQL')
      await person.write(`EXPLAIN (FORMAT JSON) ${joined}`)
      await person.run()
      await operation(page, 'Seq Scan').first().waitFor()
      await person.write(`EXPLAIN ${joined}`)
      await person.run()
      await page.locator('.plan-text', { hasText: '->  Seq Scan' }).waitFor()
      await person.choose('DuckDB')
      await person.write(`EXPLAIN ${joined}`)
      await person.run()
      await page.locator('.plan-text', { hasText: 'HASH_JOIN' }).waitFor()
      // Rows come as rows again.
      await person.write('SELECT 7 AS n')
      await person.run()
      assert.equal(await person.cell(0, 0), '7')
    }),
  )

  test('an earlier plan out of the history stands beside this one, with what changed', { skip: skipPostgres }, () =>
    withBrowser(async ({ page, screenshot }) => {
      const person = await open(page, 'PostgreSQL')
      await person.write('SELECT * FROM orders WHERE id = 77')
      await page.keyboard.press('Alt+Shift+e')
      await operation(page, 'Seq Scan').waitFor()
      await client.run(ids.PostgreSQL ?? '', 'CREATE INDEX by_id ON orders (id); ANALYZE orders')
      await page.locator('.cm-content').click()
      await page.keyboard.press('Alt+Shift+e')
      await operation(page, 'Index Scan').waitFor()
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.locator('[role=menuitem]', { hasText: 'SELECT * FROM orders WHERE id = 77' }).first().click()
      const [before, now] = [page.locator('.plan-side').first(), page.locator('.plan-side').last()]
      await before.locator('.plan-operation', { hasText: 'Seq Scan' }).waitFor()
      await now.locator('.plan-operation', { hasText: 'Index Scan' }).waitFor()
      await now.locator('.plan-difference', { hasText: 'faster' }).waitFor()
      await screenshot('plans-compared')
      await page.getByRole('button', { name: 'Close the earlier plan' }).click()
      await before.waitFor({ state: 'detached' })
      await client.run(ids.PostgreSQL ?? '', 'DROP INDEX by_id')
    }),
  )

  test('a read-only connection refuses to measure a write', { skip }, () =>
    withBrowser(async ({ page, allow }) => {
      allow(/403/)
      const saved = await client.get<{ name: string; engine: string; config: object; version: number }>(
        `/api/connections/${ids.DuckDB}`,
      )
      const change = async (readOnly: boolean, version: number): Promise<{ version: number }> => {
        const { name, engine, config } = saved
        const answer = await client.fetch(`/api/connections/${ids.DuckDB}`, {
          method: 'PUT',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name, engine, config, readOnly, version }),
        })
        return (await answer.json()) as { version: number }
      }
      const { version } = await change(true, saved.version)
      const person = await open(page, 'DuckDB')
      await page.locator('.studio-tab[aria-selected=true] .studio-tab-lock').waitFor()
      await person.write('DELETE FROM orders')
      await page.keyboard.press('Alt+Shift+e')
      await page.locator('.studio-failure', { hasText: 'read-only' }).waitFor()
      await change(false, version)
    }),
  )
})
