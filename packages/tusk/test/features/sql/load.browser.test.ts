import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { WireLoad, WireWork } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { textRows } from '../../support/spool-fixture.ts'
import type { StudioClient } from '../../support/studio-client.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { withStudio } from '../../support/with-studio.ts'

const skip = browserMissing ?? skipWithoutPostgres(15)

for (const colorScheme of ['dark', 'light'] as const)
  test(`rows go into new and existing tables of three engines, ${colorScheme}`, {
    skip,
    timeout: 180_000,
  }, async context => {
    await using server = await startTestPostgres(15)
    const directory = temporaryDirectory(context)
    await withStudio({}, async ({ client, studio }) => {
      const { host, port, user } = server
      const json = (name: string, engine: string, config: object, more: object = {}) =>
        client.post<{ id: string }>('/api/connections', { name, engine, config, ...more })
      const duckdb = await json('Duck', 'duckdb', { path: join(directory, 'duck.db') })
      const sqlite = await json('Lite', 'sqlite', { path: join(directory, 'lite.db'), create: true })
      const postgres = await json(
        'Elephant',
        'postgres',
        { host, port, user, database: 'postgres' },
        { environment: 'production' },
      )
      await json('Locked', 'sqlite', { path: join(directory, 'lite.db'), create: true }, { readOnly: true })
      await client.run(postgres.id, 'CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL, extra int)')
      await withBrowser(
        async ({ page, screenshot, allow }) => {
          allow(/428/)
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          const person = new StudioPage(page)
          await person.open(`${studio.address}/`)
          await person.choose('Duck')
          await person.write(
            `SELECT range AS "ID", 'it''s <b>' || range AS note, range::DECIMAL(20,4) / 8 AS "the price" FROM range(5000)`,
          )
          await person.run()
          await person.outcome(/5,000 rows/)
          const dialog = page.getByRole('dialog', { name: 'Load into a table' })
          const open = async (connection: string): Promise<void> => {
            await page.getByRole('button', { name: 'Use', exact: true }).click()
            await page.getByRole('menuitem', { name: 'Load into a table …' }).click()
            await dialog.getByLabel('Name of the new table').waitFor()
            assert.deepEqual((await dialog.getByLabel('Connection').locator('option').allTextContents()).toSorted(), [
              'Duck',
              'Elephant (production)',
              'Lite',
            ])
            await dialog.getByLabel('Connection').selectOption({ label: connection })
          }
          const load = async (): Promise<void> => {
            await dialog.getByRole('button', { name: 'Load', exact: true }).click()
          }
          const done = async (text: string): Promise<void> => {
            await dialog.getByText(text).waitFor()
            await dialog.getByRole('button', { name: 'Close' }).click()
            await dialog.waitFor({ state: 'detached' })
          }

          // A new table, one column less, of another type.
          await open('Lite')
          await dialog.getByLabel('Name of the new table').fill('kept "rows"')
          await dialog.getByLabel('Name for note').fill('')
          await dialog.getByLabel('Type for the price').fill('REAL')
          await screenshot(`load-new-${colorScheme}`)
          await load()
          await done('5,000 rows in kept "rows"')
          const lite = await client.resultOf(
            sqlite.id,
            'SELECT *, typeof("the price") FROM "kept ""rows""" WHERE ID = 4999',
          )
          assert.deepEqual(textRows(await client.rows(lite)), [['4999', '624.875', 'real']])

          // A table that is there: columns find each other; production asks; what is missing is said; the rows of a view.
          await page.getByRole('columnheader', { name: /^ID/ }).click()
          await page.getByRole('columnheader', { name: /^ID/ }).click()
          await open('Elephant (production)')
          await dialog.getByLabel('Table', { exact: true }).selectOption({ label: 'public.orders' })
          await dialog.getByLabel('Column for the price').waitFor()
          assert.equal(await dialog.getByLabel('Column for ID').inputValue(), 'id')
          await dialog.getByLabel('Column for note').selectOption('')
          await dialog.getByText('The table wants a value for note').waitFor()
          await screenshot(`load-existing-${colorScheme}`)
          await dialog.getByLabel('Column for note').selectOption('note')
          await load()
          await page.getByRole('alertdialog').getByText('Rows are added to orders.').waitFor()
          await page.getByRole('alertdialog').getByRole('button', { name: 'Run it anyway' }).click()
          await done('5,000 rows in orders')
          const count = async (): Promise<unknown> =>
            textRows(
              await client.rows(
                await client.resultOf(postgres.id, 'SELECT count(*), min(note), max(extra) FROM orders'),
              ),
            )
          assert.deepEqual(await count(), [['5000', "it's <b>0", null]])

          // The same rows once more are refused as a whole, and the row is named.
          await open('Elephant (production)')
          await dialog.getByLabel('Table', { exact: true }).selectOption({ label: 'public.orders' })
          await dialog.getByLabel('Column for ID').waitFor()
          await load()
          await page.getByRole('alertdialog').getByRole('button', { name: 'Run it anyway' }).click()
          await dialog.getByText('duplicate key value violates unique constraint "orders_pkey"').waitFor()
          await dialog.getByText(/COPY orders, line 1/).waitFor()
          await screenshot(`load-refused-${colorScheme}`)
          assert.deepEqual(await count(), [['5000', "it's <b>0", null]])
          await dialog.getByLabel('Delete the rows that are in it first').check()
          await load()
          await page.getByRole('alertdialog').getByText('Every row of orders is deleted first.').waitFor()
          await page.getByRole('alertdialog').getByRole('button', { name: 'Run it anyway' }).click()
          await done('5,000 rows in orders')

          // By the keyboard alone, into the database that the rows came from.
          await open('Duck')
          await dialog.getByLabel('Name of the new table').press('Escape')
          await dialog.waitFor({ state: 'detached' })
        },
        { colorScheme },
      )
      await overTheApi(client, duckdb.id, postgres.id)
    })
  })

async function overTheApi(client: StudioClient, from: string, to: string): Promise<void> {
  const resultId = await client.resultOf(from, 'SELECT range AS n FROM range(1500000)')
  const start = (body: object) =>
    client.post<WireLoad>(`/api/results/${resultId}/loads`, {
      connectionId: to,
      table: { schema: 'public', name: 'many' },
      columns: [{ name: 'n', from: 0, type: 'bigint' }],
      into: 'new',
      ...body,
    })
  await assert.rejects(start({ columns: [{ name: 'n', from: 0, type: 'bigint); DROP TABLE orders; --' }] }), {
    code: 'BAD_REQUEST',
  })
  await assert.rejects(start({ columns: [{ name: 'n', from: 7, type: 'bigint' }] }), { code: 'BAD_REQUEST' })
  const load = await start({})
  // Listed while it goes on, and cancelled from there.
  let listed: WireWork | undefined
  while (listed === undefined && (await client.get<WireLoad>(`/api/loads/${load.id}`)).state === 'running')
    listed = (await client.get<{ running: WireWork[] }>('/api/running')).running.find(({ kind }) => kind === 'load')
  assert.equal(listed?.what, 'Rows into many')
  assert.equal((await client.fetch(`/api/running/load/${load.id}/cancel`, { method: 'POST' })).status, 204)
  assert.equal((await client.get<WireLoad>(`/api/loads/${load.id}`)).state, 'cancelled')
  await assert.rejects(client.resultOf(to, 'SELECT * FROM many'), /many/)
}
