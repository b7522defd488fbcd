import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import type { OpenTusk } from '../../src/tusk.ts'
import { connect, openTestTusk } from '../support/open-test-tusk.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { until } from '../support/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const shop = `
import { BatchBuilder } from 'tuskdata/arrow'
const schema = { fields: [{ name: 'n', type: { kind: 'int', bits: 64, signed: true }, nullable: false }] }
export default {
  id: 'my-shop',
  migrations: [
    'CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)',
    "INSERT INTO items (name, price) VALUES ('pen', 1.5), ('book', 12), (NULL, NULL)",
  ],
  datasets: [
    { name: 'items', table: 'items' },
    {
      name: 'numbers',
      async read({ actor }) {
        const builder = new BatchBuilder(schema)
        for (let n = 0n; n < 5n; n++) builder.appendRow([n])
        return { schema, batches: [builder.finish()] }
      },
    },
    { name: 'broken', async read() { throw new Error('the shop is closed') } },
  ],
  start(tusk) { tusk.storage.run("UPDATE items SET name = 'pencil' WHERE id = 1") },
}
`

async function openShop(context: {
  after(fn: () => void | Promise<void>): void
}): Promise<{ open: OpenTusk; duckdb: string }> {
  const folder = writePlugin(temporaryDirectory(context), { 'index.js': shop })
  const open = await openTestTusk(context, { plugins: { folders: [folder] } })
  assert.deepEqual(
    open.plugins.list().map(({ id, state, error }) => [id, state, error?.message]),
    [['my-shop', 'running', undefined]],
  )
  await open.plugins.start()
  return { open, duckdb: await connect(open, 'duckdb', { path: ':memory:' }) }
}

async function rows(open: OpenTusk, connectionId: string, sql: string): Promise<string[]> {
  const run = await open.tusk.run(localActor, { connectionId, sql })
  await run.done
  if (run.error !== undefined) throw run.error
  const texts: string[] = []
  const { readColumns } = await import('../../src/arrow/index.ts')
  for await (const batch of run.read()) {
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++)
      texts.push(columns.map(column => column.text(row) ?? 'NULL').join('|'))
  }
  return texts
}

test('a table of a plugin is a table in DuckDB, as it is at that moment', async context => {
  const { open, duckdb } = await openShop(context)
  assert.deepEqual(await rows(open, duckdb, 'SELECT * FROM plugin_my_shop.items ORDER BY id'), [
    '1|pencil|1.5',
    '2|book|12',
    '3|NULL|NULL',
  ])
  assert.deepEqual(await rows(open, duckdb, 'SELECT count(*), sum(n) FROM plugin_my_shop.numbers'), ['5|10'])
  assert.deepEqual(
    await rows(
      open,
      duckdb,
      'SELECT i.name FROM "plugin_my_shop"."items" i JOIN Plugin_My_Shop.Numbers ON n = i.id WHERE price > 5',
    ),
    ['book'],
  )
})

test('copies go with the statement, and the names in texts and comments mean nothing', async context => {
  const { open, duckdb } = await openShop(context)
  await rows(open, duckdb, 'SELECT * FROM plugin_my_shop.items')
  await until(() => open.tusk.results.list('tusk:datasets').length === 0, 'the copies are gone')
  assert.deepEqual(await rows(open, duckdb, "SELECT 'plugin_my_shop.broken' -- plugin_my_shop.broken"), [
    'plugin_my_shop.broken',
  ])
})

test('a dataset that cannot be read is the error of its statement', async context => {
  const { open, duckdb } = await openShop(context)
  await assert.rejects(rows(open, duckdb, 'SELECT * FROM plugin_my_shop.broken'), /the shop is closed/)
  assert.deepEqual(await rows(open, duckdb, 'SELECT 1'), ['1'])
  assert.equal(open.tusk.results.list('tusk:datasets').length, 0)
})

test('in a transaction that writes, and from two sessions at once', async context => {
  const { open, duckdb } = await openShop(context)
  const script = `BEGIN; CREATE TABLE mine AS SELECT * FROM plugin_my_shop.items; SELECT count(*) FROM mine, plugin_my_shop.items; COMMIT`
  const run = await open.tusk.runs.start(localActor, { connectionId: duckdb, sql: script, tabId: 'one' })
  const other = rows(open, duckdb, 'SELECT count(*) FROM plugin_my_shop.items')
  for await (const event of open.tusk.runs.events(localActor, run.id, AbortSignal.timeout(20_000)))
    if (event.event === 'end')
      assert.deepEqual(
        event.data.statements.map(({ state, error }) => error?.message ?? state),
        Array(4).fill('complete'),
      )
  assert.deepEqual(await other, ['3'])
})

test('a transaction that cannot see a dataset says why and what to do', async context => {
  const { open, duckdb } = await openShop(context)
  const states = async (sql: string, tabId: string) => {
    const run = await open.tusk.runs.start(localActor, { connectionId: duckdb, sql, tabId, onError: 'continue' })
    for await (const event of open.tusk.runs.events(localActor, run.id, AbortSignal.timeout(20_000)))
      if (event.event === 'end') return event.data.statements.map(({ state, error }) => error?.message ?? state)
    return []
  }
  const both = 'BEGIN; SELECT count(*) FROM plugin_my_shop.items; SELECT count(*) FROM plugin_my_shop.numbers; ROLLBACK'
  assert.deepEqual(await states(both, 'one'), [
    'complete',
    'complete',
    'The transaction does not see plugin_my_shop.numbers.',
    'complete',
  ])
  assert.deepEqual(await rows(open, duckdb, 'SELECT count(*) FROM plugin_my_shop.numbers'), ['5'])
  assert.deepEqual(await states(both, 'two'), Array(4).fill('complete'))
})

test('datasets stand in the catalog of a DuckDB connection, once, with their columns, and nowhere else', async context => {
  const { open, duckdb } = await openShop(context)
  const { catalog } = open.tusk
  const listed = async () =>
    (await catalog.relations(localActor, duckdb, { refresh: true })).relations
      .filter(({ schema, catalog: database }) => (database ?? schema).startsWith('plugin_'))
      .map(({ schema, name, kind, comment }) => [schema, name, kind, comment])
  const expected = ['items', 'numbers', 'broken'].map(name => [
    'plugin_my_shop',
    name,
    'view',
    'From the plugin my-shop.',
  ])
  assert.deepEqual(await listed(), expected)
  await rows(open, duckdb, 'SELECT * FROM plugin_my_shop.items, plugin_my_shop.numbers')
  assert.deepEqual(await listed(), expected)
  const columns = async (name: string) =>
    (await catalog.columns(localActor, duckdb, { schema: 'plugin_my_shop', name })).map(column => [
      column.name,
      column.type,
    ])
  assert.deepEqual(await columns('items'), [
    ['id', 'INTEGER'],
    ['name', 'TEXT'],
    ['price', 'REAL'],
  ])
  assert.deepEqual(await columns('numbers'), [['n', 'int64']])
  await assert.rejects(columns('broken'), /the shop is closed/)
  await assert.rejects(columns('missing'), /missing/)
  const all = await catalog.allColumns(localActor, duckdb)
  assert.deepEqual(
    [...all.columns.keys()].filter(key => key.startsWith('plugin_')),
    ['plugin_my_shop.items', 'plugin_my_shop.numbers'],
  )
  const sqlite = await connect(open, 'sqlite', { path: ':memory:' })
  assert.deepEqual((await catalog.relations(localActor, sqlite)).relations, [])
  const nobody = { ...localActor, id: 'nobody', can: () => false }
  await assert.rejects(catalog.relations(nobody, duckdb), /no such connection/)
  await open.plugins.disable('my-shop')
  assert.deepEqual(await listed(), [])
})
