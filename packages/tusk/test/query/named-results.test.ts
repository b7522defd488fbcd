import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { type Actor, localActor } from '../../src/auth/actor.ts'
import type { WireRun } from '../../src/wire.ts'
import { openTestTusk } from '../support/open-test-tusk.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { textRows } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

type Open = Awaited<ReturnType<typeof openTestTusk>>

suite('stored results by their names', () => {
  const other: Actor = { ...localActor, id: 'somebody else' }
  const connect = async (
    open: Open,
    engine: string,
    config: Record<string, string | number | boolean>,
  ): Promise<string> => (await open.tusk.connections.create(localActor, { name: engine, engine, config })).id
  async function run(open: Open, connectionId: string, sql: string, actor = localActor): Promise<WireRun> {
    const { id } = await open.tusk.runs.start(actor, { connectionId, sql })
    for await (const { event } of open.tusk.runs.events(actor, id, AbortSignal.timeout(60_000)))
      if (event === 'end') break
    return open.tusk.runs.get(actor, id)
  }
  async function rows(open: Open, done: WireRun): Promise<readonly (readonly (string | null)[])[]> {
    const result = open.tusk.results.get(localActor.id, done.statements.at(-1)?.resultId ?? '')
    return textRows(await result.window({ offset: 0, limit: 1_000 }, {}))
  }
  async function named(open: Open, name: string, connectionId: string, sql: string): Promise<string> {
    const done = await run(open, connectionId, sql)
    const id = done.statements[0]?.resultId ?? ''
    open.tusk.resultNames.give(localActor, id, name)
    return id
  }

  test('a join of three engines is the join inside of one', { skip: skipWithoutPostgres(15) }, async t => {
    const open = await openTestTusk(t)
    const server = await startTestPostgres(15)
    t.after(() => server.stop())
    const postgres = await connect(open, 'postgres', {
      host: server.host,
      port: server.port,
      user: 'postgres',
      sslmode: 'disable',
    })
    const sqlite = await connect(open, 'sqlite', { path: ':memory:' })
    const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
    const orders = 'SELECT i AS id, i % 7 AS shop, (i * 1.25)::numeric(10,2) AS total FROM generate_series(1, 500) s(i)'
    await named(open, 'orders_pg', postgres, orders)
    await named(
      open,
      '@Shops',
      sqlite,
      "WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s LIMIT 7) SELECT i AS shop, 'Shop ' || i AS name FROM s",
    )
    await named(open, 'goals', duckdb, 'SELECT range AS shop, range * 100 AS goal FROM range(5)')
    const joined = await run(
      open,
      duckdb,
      `SELECT name, count(*) AS orders, sum(total) AS total, any_value(goal) AS goal
       FROM @orders_pg JOIN @shops USING (shop) LEFT JOIN @goals USING (shop) GROUP BY name ORDER BY name`,
    )
    assert.equal(joined.state, 'complete', JSON.stringify(joined.statements[0]?.error))
    const inside = await run(
      open,
      duckdb,
      `SELECT 'Shop ' || shop AS name, count(*), sum((i * 1.25)::decimal(10,2)), any_value(CASE WHEN shop < 5 THEN shop * 100 END)
       FROM (SELECT i, i % 7 AS shop FROM range(1, 501) s(i)) GROUP BY shop ORDER BY name`,
    )
    assert.deepEqual(await rows(open, joined), await rows(open, inside))
    // The rows as they are, without a column of ours.
    assert.deepEqual(
      (await run(open, duckdb, 'FROM @goals')).statements[0]?.schema?.fields.map(({ name }) => name),
      ['shop', 'goal'],
    )
    assert.equal((await run(open, duckdb, 'CREATE TABLE kept AS FROM @orders_pg')).state, 'complete')
    assert.deepEqual(await rows(open, await run(open, duckdb, 'SELECT count(*) FROM kept')), [['500']])
    assert.equal((await run(open, postgres, 'SELECT * FROM @orders_pg')).state, 'failed')
  })

  test('a name is its owner’s own; an unknown one names near ones at its place; errors stand where they are in the text', async t => {
    const open = await openTestTusk(t)
    const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
    await named(open, 'orders', duckdb, 'SELECT 1 AS a')
    const unknown = await run(open, duckdb, 'SELECT a FROM @order')
    assert.deepEqual(
      [unknown.statements[0]?.error?.message, unknown.statements[0]?.error?.hint, unknown.statements[0]?.errorAt],
      ['No result of yours is called @order.', 'Is it @orders?', 14],
    )
    const sql = 'SELECT a FROM @orders WHERE nowhere = 1'
    assert.equal((await run(open, duckdb, sql)).statements[0]?.errorAt, sql.indexOf('nowhere'))
    assert.equal(open.tusk.resultNames.find(other, 'orders'), undefined)
    assert.equal((await run(open, duckdb, "SELECT '@orders' AS text, @ -2 AS absolute")).state, 'complete')
  })

  test('a database that is open for reading only reads them too, and is not written', async t => {
    const open = await openTestTusk(t)
    const path = join(temporaryDirectory(t), 'shop.duckdb')
    const writing = await connect(open, 'duckdb', { path })
    await run(open, writing, 'CREATE TABLE orders AS SELECT range AS id FROM range(10)')
    await open.tusk.connections.remove(localActor, writing)
    const memory = await connect(open, 'duckdb', { path: ':memory:' })
    await named(open, 'wanted', memory, 'SELECT 7 AS id')
    const reading = await connect(open, 'duckdb', { path, read_only: true })
    const joined = await run(open, reading, 'SELECT id FROM orders JOIN @wanted USING (id)')
    assert.equal(joined.statements[0]?.error, undefined)
    assert.deepEqual(await rows(open, joined), [['7']])
    assert.equal(
      (await run(open, reading, 'CREATE TABLE kept AS FROM @wanted')).statements[0]?.error?.code,
      'READ_ONLY',
    )
  })

  test('another result takes the name over; a named one is kept from the sweep; one that is gone is told', async t => {
    const open = await openTestTusk(t)
    const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
    const first = await named(open, 'n', duckdb, 'SELECT 1 AS a')
    const second = await named(open, 'n', duckdb, 'SELECT 2 AS a')
    const { resultNames, results } = open.tusk
    assert.deepEqual(
      resultNames.list(localActor).map(({ name, resultId }) => [name, resultId]),
      [['n', second]],
    )
    assert.deepEqual([resultNames.keeps(first), resultNames.keeps(second)], [false, true])
    assert.deepEqual(await rows(open, await run(open, duckdb, 'FROM @n')), [['2']])
    await results.remove(localActor.id, second)
    const gone = await run(open, duckdb, 'FROM @n')
    assert.equal(gone.statements[0]?.error?.message, 'The rows of @n are gone.')
    for (const bad of ['', 'two words', '1st', 'a-b', 'x'.repeat(64), 'ä'])
      assert.throws(() => resultNames.give(localActor, first, bad), { code: 'BAD_REQUEST' }, bad)
    resultNames.give(localActor, first, 'back')
    resultNames.take(localActor, first)
    assert.equal(resultNames.find(localActor, 'back'), undefined)
  })
})
