import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import { localActor as actor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import type { OpenTusk } from '../../src/tusk.ts'
import type { WireRun } from '../../src/wire.ts'
import { connect, openTestTusk } from '../support/open-test-tusk.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected

/** Starts a script and waits for its end. */
async function run(
  open: OpenTusk,
  connectionId: string,
  sql: string,
  more: { tabId?: string; onError?: 'continue' } = {},
): Promise<WireRun> {
  const { id } = await open.tusk.runs.start(actor, { connectionId, sql, ...more })
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

test('a script runs each statement once, in order, with a result for each', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const done = await run(
    open,
    duckdb,
    `CREATE TABLE t AS SELECT range AS n FROM range(10);\n-- a comment; with a semicolon\nSELECT sum(n) AS s, 'a;b' AS text FROM t; INSERT INTO t VALUES (10), (11);\nSELECT count(*) AS c FROM t`,
    { tabId: 'tab' },
  )
  assert.equal(done.state, 'complete')
  assert.deepEqual(
    done.statements.map(statement => statement.state),
    ['complete', 'complete', 'complete', 'complete'],
  )
  assert.deepEqual(await cells(open, done.statements[1]?.resultId), [['45', 'a;b']])
  assert.equal(done.statements[2]?.affectedRows, 2)
  assert.deepEqual(await cells(open, done.statements[3]?.resultId), [['12']])
  const { entries } = open.tusk.history.list(actor, {})
  assert.deepEqual(
    entries
      .map(entry => [entry.state, entry.rowCount])
      .toReversed()
      .slice(1),
    [
      ['complete', 1],
      ['complete', 2],
      ['complete', 1],
    ],
  )
})

test('a script stops at its first error, marked at its place in the editor, or goes on when told', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const script = 'SELECT 1;\n  SELECT nothing_here FROM range(3);\nSELECT 3'
  const stopped = await run(open, duckdb, script)
  assert.equal(stopped.state, 'failed')
  assert.deepEqual(
    stopped.statements.map(statement => statement.state),
    ['complete', 'failed', 'skipped'],
  )
  assert.equal(stopped.statements[1]?.error?.code, 'QUERY_FAILED')
  assert.equal(stopped.statements[1]?.errorAt, script.indexOf('nothing_here'))
  assert.equal(stopped.statements[1]?.resultId, undefined)
  const wentOn = await run(open, duckdb, script, { onError: 'continue' })
  assert.deepEqual(
    wentOn.statements.map(statement => statement.state),
    ['complete', 'failed', 'complete'],
  )
})

test('a tab keeps its session from run to run, and another tab has its own', async t => {
  const open = await openTestTusk(t)
  const file = join(temporaryDirectory(t), 'a.db')
  new DatabaseSync(file).close()
  const sqlite = await connect(open, 'sqlite', { path: file })
  await run(open, sqlite, 'CREATE TEMP TABLE mine AS SELECT 7 AS n; BEGIN', { tabId: 'one' })
  const again = await run(open, sqlite, 'SELECT n FROM mine', { tabId: 'one' })
  assert.deepEqual(await cells(open, again.statements[0]?.resultId), [['7']])
  assert.equal(again.transaction, 'open')
  const other = await run(open, sqlite, 'SELECT n FROM mine', { tabId: 'two' })
  assert.equal(other.statements[0]?.error?.code, 'QUERY_FAILED')
  assert.equal(other.transaction, 'none')
  const rolledBack = await run(open, sqlite, 'ROLLBACK', { tabId: 'one' })
  assert.equal(rolledBack.transaction, 'none')
})

test('one tab runs one thing at a time; cancelling ends it, keeps the rows that came, and the tab works on', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const started = await open.tusk.runs.start(actor, {
    connectionId: duckdb,
    sql: 'SELECT range AS n FROM range(100000000000); SELECT 2',
    tabId: 'tab',
  })
  assert.equal(started.state, 'running')
  assert.equal(started.statements[0]?.schema?.fields[0]?.name, 'n')
  await assert.rejects(
    open.tusk.runs.start(actor, { connectionId: duckdb, sql: 'SELECT 1', tabId: 'tab' }),
    code('CONFLICT'),
  )
  for await (const event of open.tusk.runs.events(actor, started.id, AbortSignal.timeout(60_000)))
    if (event.event === 'statement' && event.data.rowCount > 0) break
  await open.tusk.runs.cancel(actor, started.id)
  const cancelled = open.tusk.runs.get(actor, started.id)
  assert.equal(cancelled.state, 'cancelled')
  assert.deepEqual(
    cancelled.statements.map(statement => statement.state),
    ['cancelled', 'skipped'],
  )
  assert.ok((cancelled.statements[0]?.rowCount ?? 0) > 0)
  assert.equal((await cells(open, cancelled.statements[0]?.resultId))[0]?.[0], '0')
  const next = await run(open, duckdb, 'SELECT 5', { tabId: 'tab' })
  assert.deepEqual(await cells(open, next.statements[0]?.resultId), [['5']])
})

test('a run whose database does not answer is listed while it connects, and can be cancelled', async t => {
  const open = await openTestTusk(t)
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const connectionId = await connect(open, 'postgres', { host: '127.0.0.1', port, user: 'nobody', database: 'none' })
  const greeted = once(silent, 'connection')
  const started = open.tusk.runs.start(actor, { connectionId, sql: 'SELECT 1', tabId: 'tab' })
  const [socket] = (await greeted) as [Socket]
  t.after(() => socket.destroy())
  const [listed] = open.tusk.runs.list(actor)
  assert.equal(listed?.state, 'running')
  await open.tusk.runs.cancel(actor, listed?.id ?? '')
  const { state, statements } = await started
  assert.deepEqual([state, statements[0]?.state], ['cancelled', 'cancelled'])
})

test('with a time to answer, a slow statement and a database that is away are known as runs before they end', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const sql = 'SELECT count(*) FROM range(100000000000)'
  const slow = await open.tusk.runs.start(actor, { connectionId: duckdb, sql, tabId: 'tab' }, { answerWithinMs: 30 })
  assert.equal(slow.state, 'running')
  await open.tusk.runs.cancel(actor, slow.id)
  assert.equal(open.tusk.runs.get(actor, slow.id).statements[0]?.state, 'cancelled')

  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.after(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const away = await connect(open, 'postgres', { host: '127.0.0.1', port, user: 'nobody', database: 'none' })
  const greeted = once(silent, 'connection')
  const known = await open.tusk.runs.start(actor, { connectionId: away, sql: 'SELECT 1' }, { answerWithinMs: 30 })
  assert.equal(known.state, 'running')
  const [socket] = (await greeted) as [Socket]
  socket.destroy()
  for await (const { event } of open.tusk.runs.events(actor, known.id, t.signal)) if (event === 'end') break
  const { state, statements } = open.tusk.runs.get(actor, known.id)
  assert.deepEqual([state, statements[0]?.state], ['failed', 'failed'])
  assert.ok(['CONNECTION_FAILED', 'CONNECTION_LOST'].includes(statements[0]?.error?.code ?? ''))
})

test('closing a tab cancels what it runs and ends its session', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const started = await open.tusk.runs.start(actor, {
    connectionId: duckdb,
    sql: 'SELECT range AS n FROM range(100000000000)',
    tabId: 'tab',
  })
  await open.tusk.runs.closeTab(actor, 'tab')
  assert.equal(open.tusk.runs.get(actor, started.id).state, 'cancelled')
})

test('after a restart the last run of a tab and its results are there, and nothing is run again', async t => {
  const directory = temporaryDirectory(t)
  const first = await openTestTusk(t, { directory })
  const duckdb = await connect(first, 'duckdb', { path: ':memory:' })
  const done = await run(first, duckdb, 'SELECT 42 AS answer', { tabId: 'tab' })
  await first[Symbol.asyncDispose]()
  const second = await openTestTusk(t, { directory })
  const found = second.tusk.runs.lastOfTabs(actor).get('tab')
  assert.equal(found?.id, done.id)
  assert.deepEqual(await cells(second, found?.statements[0]?.resultId), [['42']])
  assert.equal(second.tusk.runs.list(actor).length, 0)
  assert.equal(second.tusk.history.list(actor, {}).entries.length, 1)
})

test('somebody else finds neither the run nor the result', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  const done = await run(open, duckdb, 'SELECT 1')
  const other = { ...actor, id: 'other' }
  assert.throws(() => open.tusk.runs.get(other, done.id), code('NOT_FOUND'))
  await assert.rejects(open.tusk.runs.cancel(other, done.id), code('NOT_FOUND'))
  assert.throws(() => open.tusk.results.get(other.id, done.statements[0]?.resultId ?? ''), code('RESULT_NOT_FOUND'))
  await assert.rejects(open.tusk.runs.start(other, { connectionId: duckdb, sql: 'SELECT 1' }), code('NOT_FOUND'))
})

test('an empty script and an unknown connection are refused; a database that is not there says so', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  await assert.rejects(
    open.tusk.runs.start(actor, { connectionId: duckdb, sql: ' -- nothing\n;' }),
    code('BAD_REQUEST'),
  )
  await assert.rejects(open.tusk.runs.start(actor, { connectionId: 'nope', sql: 'SELECT 1' }), code('NOT_FOUND'))
  const postgres = await connect(open, 'postgres', { host: '127.0.0.1', port: 1, database: 'x', user: 'x' })
  await assert.rejects(
    open.tusk.runs.start(actor, { connectionId: postgres, sql: 'SELECT 1' }),
    code('CONNECTION_FAILED'),
  )
})

test('a host that is killed takes its run along with a clear error, and the next run works', async t => {
  const open = await openTestTusk(t)
  const duckdb = await connect(open, 'duckdb', { path: ':memory:' })
  await run(open, duckdb, 'CREATE TEMP TABLE mine AS SELECT 1 AS n', { tabId: 'tab' })
  const started = await open.tusk.runs.start(actor, {
    connectionId: duckdb,
    sql: 'SELECT range AS n FROM range(100000000000)',
    tabId: 'tab',
  })
  const host = open.tusk.hosts.list().find(one => one.engine === 'duckdb' && one.sessions > 0)
  assert.ok(host !== undefined)
  process.kill(host.pid, 'SIGKILL')
  let ended: WireRun | undefined
  for await (const event of open.tusk.runs.events(actor, started.id, AbortSignal.timeout(60_000)))
    if (event.event === 'end') ended = event.data
  assert.equal(ended?.statements[0]?.state, 'failed')
  assert.equal(ended?.statements[0]?.error?.code, 'HOST_DIED')
  const next = await run(open, duckdb, 'SELECT 5', { tabId: 'tab' })
  assert.equal(next.state, 'complete')
  assert.match(next.sessionNote ?? '', /temporary state/)
})

test('schema and completion come from the catalog, are kept, and are read anew after DDL', async t => {
  const open = await openTestTusk(t)
  const file = join(temporaryDirectory(t), 'b.duckdb')
  const duckdb = await connect(open, 'duckdb', { path: file })
  await run(open, duckdb, 'CREATE TABLE one (id INTEGER PRIMARY KEY, name VARCHAR)', { tabId: 'tab' })
  const before = await open.tusk.catalog.relations(actor, duckdb)
  assert.deepEqual(
    before.relations.filter(relation => relation.system !== true).map(relation => relation.name),
    ['one'],
  )
  assert.deepEqual(
    (await open.tusk.catalog.columns(actor, duckdb, { schema: 'main', name: 'one' })).map(column => [
      column.name,
      column.primaryKey ?? false,
    ]),
    [
      ['id', true],
      ['name', false],
    ],
  )
  await run(open, duckdb, 'CREATE TABLE two (id INTEGER)', { tabId: 'tab' })
  const after = await open.tusk.catalog.relations(actor, duckdb)
  assert.deepEqual(
    after.relations
      .filter(relation => relation.system !== true)
      .map(relation => relation.name)
      .sort(),
    ['one', 'two'],
  )
  const { columns } = await open.tusk.catalog.allColumns(actor, duckdb)
  assert.deepEqual(
    [...(columns.get('main.two') ?? [])].map(column => column.name),
    ['id'],
  )
})

test('a connection marked read-only refuses writes on every engine that is a file', async t => {
  const open = await openTestTusk(t)
  const directory = temporaryDirectory(t)
  for (const engine of ['duckdb', 'sqlite']) {
    const path = join(directory, `file.${engine}`)
    if (engine === 'sqlite') new DatabaseSync(path).close()
    const config = { path }
    const writable = await connect(open, engine, config)
    const made = await run(open, writable, 'CREATE TABLE t (x INTEGER)')
    assert.equal(made.state, 'complete', engine)
    await open.connections.update(actor, writable, { name: engine, engine, config, readOnly: true })
    const refused = await run(open, writable, 'INSERT INTO t VALUES (1)')
    assert.equal(refused.state, 'failed', engine)
    const read = await run(open, writable, 'SELECT count(*) FROM t')
    assert.equal(read.state, 'complete', `${engine}: ${read.statements[0]?.error?.message}`)
  }
})
