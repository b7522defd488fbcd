import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import { localActor as actor } from '../../src/auth/actor.ts'
import { duckdbDialect } from '../../src/dialect/duckdb.ts'
import { nodesOf } from '../../src/dialect/explain/own-shares.ts'
import { planMeasures } from '../../src/dialect/explain/plan-measures.ts'
import { planJson, planText } from '../../src/dialect/explain/plan-text.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import type { Plan, PlanNode } from '../../src/engine/plan.ts'
import { TuskError } from '../../src/errors.ts'
import type { RunScript } from '../../src/query/runs.ts'
import type { OpenTusk } from '../../src/tusk.ts'
import type { WireRun } from '../../src/wire.ts'
import { connect, openTestTusk } from '../support/open-test-tusk.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected
const dialects = { postgres: postgresDialect, duckdb: duckdbDialect, sqlite: sqliteDialect }

async function run(open: OpenTusk, request: RunScript): Promise<WireRun> {
  const { id } = await open.tusk.runs.start(actor, request)
  for await (const event of open.tusk.runs.events(actor, id, AbortSignal.timeout(60_000)))
    if (event.event === 'end') return event.data
  throw new Error('the run did not end')
}

async function cells(open: OpenTusk, resultId: string | undefined): Promise<(string | null)[][]> {
  const result = open.tusk.results.get(actor.id, resultId ?? '')
  const { batches } = decodeStream(await result.window({ offset: 0, limit: 1_000 }))
  return batches.flatMap(batch => {
    const columns = readColumns(batch)
    return Array.from({ length: batch.rowCount }, (_, row) => columns.map(column => column.text(row)))
  })
}

/** The plan that a run stored, read as the page reads it. */
async function planOf(open: OpenTusk, done: WireRun): Promise<Plan> {
  const [statement] = done.statements
  assert.equal(statement?.error, undefined, statement?.error?.message)
  const { explain } = dialects[done.engine as keyof typeof dialects]
  assert.ok(explain !== undefined)
  assert.ok(explain.hasPlan(statement?.schema?.fields.map(({ name }) => name) ?? []))
  const plan = explain.read(await cells(open, statement?.resultId))
  assert.ok(plan?.root !== undefined)
  return plan
}

const operations = (plan: Plan): readonly string[] => [...nodesOf(plan.root!)].map(({ operation }) => operation)
const find = (plan: Plan, operation: RegExp): PlanNode | undefined =>
  [...nodesOf(plan.root!)].find(node => operation.test(node.operation))

async function withPostgres(t: TestContext): Promise<{ open: OpenTusk; id: string }> {
  const postgres = await startTestPostgres(15)
  t.after(() => postgres.stop())
  const open = await openTestTusk(t)
  const { host, port, user } = postgres
  const id = await connect(open, 'postgres', { host, port, user, database: 'postgres' })
  await run(open, {
    connectionId: id,
    sql: `CREATE TABLE orders AS SELECT i AS id, i % 100 AS customer, i * 1.5 AS total FROM generate_series(1, 20000) AS i;
      CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name FROM generate_series(0, 99) AS i; ANALYZE`,
  })
  return { open, id }
}

async function withDuckdb(t: TestContext): Promise<{ open: OpenTusk; id: string }> {
  const open = await openTestTusk(t)
  const id = await connect(open, 'duckdb', { path: join(temporaryDirectory(t), 'a.duckdb') })
  await run(open, {
    connectionId: id,
    sql: `CREATE TABLE orders AS SELECT i AS id, i % 100 AS customer, i * 1.5 AS total FROM range(20000) AS r(i);
      CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name FROM range(100) AS r(i)`,
  })
  return { open, id }
}

async function withSqlite(t: TestContext): Promise<{ open: OpenTusk; id: string }> {
  const open = await openTestTusk(t)
  const file = join(temporaryDirectory(t), 'a.db')
  new DatabaseSync(file).exec(
    'CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INT, total REAL); CREATE INDEX of_customer ON orders (customer)',
  )
  return { open, id: await connect(open, 'sqlite', { path: file }) }
}

const joined =
  'SELECT name, sum(total) FROM orders JOIN customers ON customers.id = customer GROUP BY name ORDER BY 2 DESC'

const skip = skipWithoutPostgres(15)

test('PostgreSQL: the plan of a statement is a stored result; measured it has rows, times, pages and a hot path', {
  skip,
}, async t => {
  const { open, id } = await withPostgres(t)
  const text = `  -- which\n${joined}`
  const guessed = await run(open, { connectionId: id, sql: text, explain: 'plan' })
  const plan = await planOf(open, guessed)
  assert.equal(plan.analyzed, false)
  assert.match(operations(plan).join(), /Sort.*HashAggregate.*Hash Join.*Seq Scan.*Seq Scan/)
  assert.equal(find(plan, /^Seq Scan/)?.rows, undefined)
  assert.ok((find(plan, /^Seq Scan/)?.estimatedRows ?? 0) > 0)
  assert.equal(planMeasures(plan).basis, 'cost')
  assert.equal(guessed.statements[0]?.sql, joined)
  assert.equal(guessed.statements[0]?.explain, 'plan')
  assert.equal(
    open.tusk.results.get(actor.id, guessed.statements[0]?.resultId ?? '').provenance.sql,
    `EXPLAIN (FORMAT JSON) ${joined}`,
  )

  const measured = await planOf(open, await run(open, { connectionId: id, sql: joined, explain: 'analyze' }))
  assert.equal(measured.analyzed, true)
  assert.ok((measured.executionMilliseconds ?? 0) > 0)
  const scan = [...nodesOf(measured.root!)].find(({ subject }) => subject === 'orders')
  assert.equal(scan?.rows, 20_000)
  assert.ok((scan?.buffers?.hit ?? 0) + (scan?.buffers?.read ?? 0) > 0)
  const measures = planMeasures(measured)
  assert.equal(measures.basis, 'time')
  const shares = [...measures.nodes.values()].reduce((sum, { share }) => sum + (share ?? 0), 0)
  assert.ok(Math.abs(shares - 1) < 1e-9)
  assert.equal(measures.nodes.get(measured.root!)?.isHot, true)
  assert.equal(measures.nodes.get(measures.hottest!)?.isHot, true)
  assert.match(
    planText(measured),
    /-> {2}Seq Scan on orders {2}\(cost=.* rows=20000\) \(actual time=.* rows=20000 loops=1\)/,
  )
  assert.match(planJson(measured) ?? '', /"Node Type": "Seq Scan"/)
})

test('PostgreSQL: a wrong estimate is a factor; a CTE is counted once; an error points at its place in the editor', {
  skip,
}, async t => {
  const { open, id } = await withPostgres(t)
  const wrong = await planOf(
    open,
    await run(open, {
      connectionId: id,
      sql: 'SELECT * FROM orders WHERE id % 2 = 0 AND customer % 2 = 0',
      explain: 'analyze',
    }),
  )
  const factor = planMeasures(wrong).nodes.get(wrong.root!)?.estimateFactor ?? 0
  assert.ok(factor > 50, `${factor}`)
  const cte = await planOf(
    open,
    await run(open, {
      connectionId: id,
      sql: 'WITH big AS MATERIALIZED (SELECT *, pg_sleep(0.00001) FROM orders LIMIT 3000) SELECT count(*) FROM big',
      explain: 'analyze',
    }),
  )
  const scan = find(cte, /^CTE Scan/)
  assert.ok(
    (scan?.ownMilliseconds ?? 0) < (scan?.milliseconds ?? 0) / 2,
    'the scan does not pay for what it waited for',
  )
  assert.match(planMeasures(cte).hottest?.operation ?? '', /Limit|Seq Scan/)
  const script = 'SELECT 1;\n  SELECT nothing_here FROM orders'
  const failed = await run(open, { connectionId: id, sql: script.slice(12), offset: 12, explain: 'analyze' })
  assert.equal(failed.statements[0]?.error?.code, 'QUERY_FAILED')
  assert.equal(failed.statements[0]?.errorAt, script.indexOf('nothing_here'))
})

for (const [engine, start, skipped] of [
  ['postgres', withPostgres, skip],
  ['duckdb', withDuckdb, false],
] as const)
  test(`${engine}: measuring a write is rolled back and says so, inside of a transaction too where that can be`, {
    skip: skipped,
  }, async t => {
    const { open, id } = await start(t)
    const rows = async (tabId?: string): Promise<string | null | undefined> =>
      (
        await cells(
          open,
          (
            await run(open, {
              connectionId: id,
              sql: 'SELECT count(*) FROM orders',
              ...(tabId === undefined ? {} : { tabId }),
            })
          ).statements[0]?.resultId,
        )
      )[0]?.[0]
    const measured = await run(open, {
      connectionId: id,
      sql: 'DELETE FROM orders WHERE id < 50',
      explain: 'analyze',
      tabId: 'tab',
    })
    const plan = await planOf(open, measured)
    assert.ok(find(plan, /^delete$/i) !== undefined, operations(plan).join())
    assert.equal(measured.statements[0]?.rolledBack, true)
    assert.match(measured.statements[0]?.notices[0]?.message ?? '', /rolled back/)
    assert.equal(open.tusk.results.get(actor.id, measured.statements[0]?.resultId ?? '').provenance.rolledBack, true)
    assert.equal(measured.transaction, 'none')
    assert.equal(await rows(), '20000')
    // The plan of one who has written EXPLAIN ANALYZE already is that of the statement in it.
    const written = await run(open, {
      connectionId: id,
      sql: 'EXPLAIN ANALYZE DELETE FROM orders WHERE id < 50',
      explain: 'analyze',
    })
    assert.ok(find(await planOf(open, written), /^delete$/i) !== undefined)
    assert.equal(await rows(), '20000')
    const failed = await run(open, {
      connectionId: id,
      sql: "INSERT INTO orders VALUES ('x', 1, 2)",
      explain: 'analyze',
      tabId: 'tab',
    })
    assert.equal(failed.statements[0]?.state, 'failed')
    assert.equal(failed.transaction, 'none')

    await run(open, { connectionId: id, sql: 'BEGIN; DELETE FROM orders WHERE id = 7', tabId: 'tab' })
    const inside = await run(open, { connectionId: id, sql: 'DELETE FROM orders', explain: 'analyze', tabId: 'tab' })
    if (engine === 'postgres') {
      assert.equal(inside.statements[0]?.rolledBack, true)
      const broken = await run(open, { connectionId: id, sql: 'DELETE FROM nothing', explain: 'analyze', tabId: 'tab' })
      assert.equal(broken.statements[0]?.state, 'failed')
    } else {
      assert.equal(inside.statements[0]?.error?.code, 'CONFLICT')
      const reading = await run(open, { connectionId: id, sql: 'SELECT 1', explain: 'analyze', tabId: 'tab' })
      assert.equal(reading.statements[0]?.state, 'complete')
      assert.equal(reading.statements[0]?.rolledBack, undefined)
    }
    assert.equal(await rows('tab'), '19999')
    assert.equal((await run(open, { connectionId: id, sql: 'COMMIT', tabId: 'tab' })).transaction, 'none')
    assert.equal(await rows(), '19999')
  })

test('DuckDB: times are of each operator, estimates are compared, EXPLAIN as boxes stays text', async t => {
  const { open, id } = await withDuckdb(t)
  const measured = await planOf(open, await run(open, { connectionId: id, sql: joined, explain: 'analyze' }))
  assert.ok(!operations(measured).includes('EXPLAIN_ANALYZE'))
  const scan = [...nodesOf(measured.root!)].find(({ subject }) => subject?.endsWith('.orders'))
  assert.equal(scan?.rows, 20_000)
  assert.equal(planMeasures(measured).basis, 'time')
  const boxes = await run(open, { connectionId: id, sql: `EXPLAIN ${joined}` })
  const text = duckdbDialect.explain?.read(await cells(open, boxes.statements[0]?.resultId))
  assert.equal(text?.root, undefined)
  assert.match(planText(text!), /HASH_JOIN/)
  const written = await planOf(open, await run(open, { connectionId: id, sql: `EXPLAIN (FORMAT JSON) ${joined}` }))
  assert.ok(operations(written).some(operation => operation === 'HASH_JOIN'))
})

test('SQLite: a tree without numbers, whole tables named; it is not measured', async t => {
  const { open, id } = await withSqlite(t)
  const plan = await planOf(
    open,
    await run(open, {
      connectionId: id,
      sql: 'SELECT * FROM orders a CROSS JOIN orders b ON b.customer = a.id ORDER BY a.total',
      explain: 'plan',
    }),
  )
  assert.deepEqual(operations(plan), ['QUERY PLAN', 'SCAN', 'SEARCH', 'USE TEMP B-TREE FOR ORDER BY'])
  assert.deepEqual(plan.root?.children[0]?.warnings, ['All of a is read.'])
  assert.deepEqual(plan.root?.children[1]?.facts, [{ name: 'Using', value: 'INDEX of_customer (customer=?)' }])
  await assert.rejects(
    open.tusk.runs.start(actor, { connectionId: id, sql: 'SELECT 1', explain: 'analyze' }),
    code('UNSUPPORTED'),
  )
  await assert.rejects(
    open.tusk.runs.start(actor, { connectionId: id, sql: 'SELECT 1; SELECT 2', explain: 'plan' }),
    code('BAD_REQUEST'),
  )
})

test('a read-only connection refuses to measure what may write, and measures what reads', async t => {
  const { open, id } = await withDuckdb(t)
  const { name, engine, config } = open.connections.get(actor, id)
  await open.connections.update(actor, id, { name, engine, config, readOnly: true })
  const write = { connectionId: id, sql: 'DELETE FROM orders' }
  await assert.rejects(open.tusk.runs.start(actor, { ...write, explain: 'analyze' }), code('READ_ONLY'))
  assert.equal((await planOf(open, await run(open, { ...write, sql: joined, explain: 'analyze' }))).analyzed, true)
})
