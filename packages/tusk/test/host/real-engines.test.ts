import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { createHostPool } from '../../src/host/create-host-pool.ts'
import type { HostPool, HostSession } from '../../src/host/host-pool.ts'
import { SpoolReader } from '../../src/results/spool-reader.ts'
import { cutWindow } from '../../src/results/window.ts'
import { isComputing, isRunning, until } from '../support/processes.ts'
import { sampleBatch, textRows, writeSpool } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const endless = 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t WHERE n < 0'

test('a SQLite statement that blocks its host is cancelled by killing it, and a new session works', async context => {
  await using pool = openPool(context)
  const session = await pool.openSession({ engine: sqliteEngine, config: { path: ':memory:' }, connectionId: 'a' })
  const abort = new AbortController()
  const run = session.run({ sql: endless, directory: temporaryDirectory(context) }, { signal: abort.signal })
  const ended = assert.rejects(
    run.then(({ done }) => done).then(({ error }) => Promise.reject(error)),
    { code: 'QUERY_CANCELLED' },
  )
  // Seen at work so often, it is in the statement and no longer on the way to it.
  for (let seen = 0; seen < 20; seen++) await until(() => isComputing(session.pid), 'the host is in the statement')
  abort.abort()
  await ended
  await until(() => !isComputing(session.pid), 'the statement has stopped')
  await using next = await pool.openSession({ engine: sqliteEngine, config: { path: ':memory:' }, connectionId: 'a' })
  assert.deepEqual(await next.rows('SELECT 6 * 7'), [['42']])
})

test('a SQLite statement past its deadline fails with QUERY_TIMEOUT though it blocks its host', async context => {
  await using pool = openPool(context)
  await using session = await pool.openSession({
    engine: sqliteEngine,
    config: { path: ':memory:' },
    connectionId: 'a',
  })
  const run = session.run({ sql: endless, directory: temporaryDirectory(context), timeoutMs: 300 })
  await assert.rejects(
    run.then(({ done }) => done).then(({ error }) => Promise.reject(error)),
    { code: 'QUERY_TIMEOUT' },
  )
})

test('DuckDB is cancelled without losing its session', async context => {
  await using pool = openPool(context)
  await using session = await openDuckdb(pool)
  await session.rows('CREATE TEMP TABLE kept AS SELECT 7 AS n')
  const slow = 'SELECT sum(hash(a.range, b.range)) FROM range(1000000) a, range(1000000) b'
  const abort = AbortSignal.timeout(300)
  await assert.rejects(session.rows(slow, { signal: abort }), { code: 'QUERY_CANCELLED' })
  assert.deepEqual(await session.rows('SELECT n FROM kept'), [['7']])
})

test('a stored result is mounted, computed on, sorted into row numbers, and shown in that order', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(directory, [sampleBatch(0, 5_000), sampleBatch(5_000, 5_000)])
  await using pool = openPool(context)
  await using session = await openDuckdb(pool)
  await session.mount('r', directory)
  assert.deepEqual(await session.rows('SELECT count(*), sum(n), count(odd) FROM r'), [['10000', '49995000', '6666']])
  const file = join(directory, 'views', 'v.u32')
  const { count } = await session.rowNumbers('SELECT "tusk:row" FROM r WHERE n % 2 = 0 ORDER BY n DESC', file)
  assert.equal(count, 5_000)
  using reader = new SpoolReader(directory)
  assert.deepEqual(textRows(cutWindow(reader, { offset: 0, limit: 3, columns: [0], view: 'v' })), [
    ['9998'],
    ['9996'],
    ['9994'],
  ])
  await assert.rejects(session.mount('r', directory), { code: 'CONFLICT' })
  await session.unmount('r')
  await assert.rejects(session.rows('SELECT * FROM r'), { code: 'QUERY_FAILED' })
})

test('sessions on one DuckDB file share what is committed and nothing else, and the file is free when the host is gone', async context => {
  const config = { path: join(temporaryDirectory(context), 'file.duckdb') }
  await using pool = openPool(context, 200)
  const one = await pool.openSession({ engine: duckdbEngine, config, connectionId: 'a' })
  const other = await pool.openSession({ engine: duckdbEngine, config, connectionId: 'b' })
  assert.equal(one.pid, other.pid)
  await one.rows('CREATE TABLE t AS SELECT 1 AS n')
  await one.rows('BEGIN')
  await one.rows('INSERT INTO t VALUES (2)')
  assert.deepEqual(await other.rows('SELECT count(*) FROM t'), [['1']])
  await one[Symbol.asyncDispose]()
  assert.deepEqual(await other.rows('SELECT count(*) FROM t'), [['1']])
  await other[Symbol.asyncDispose]()
  await until(() => !isRunning(one.pid), 'the idle host is gone')
  await using pool2 = openPool(context)
  await using next = await pool2.openSession({ engine: duckdbEngine, config, connectionId: 'a' })
  assert.deepEqual(await next.rows('SELECT n FROM t'), [['1']])
})

test('a connection that cannot be opened says why, in the words of its engine', async context => {
  await using pool = openPool(context)
  const config = { path: join(temporaryDirectory(context), 'none.sqlite') }
  const opening = pool.openSession({ engine: sqliteEngine, config, connectionId: 'a' })
  await assert.rejects(opening, (error: unknown) => error instanceof TuskError && error.code !== 'INTERNAL')
})

function openPool(context: { after(fn: () => void): void }, idleMs?: number): HostPool {
  return createHostPool({
    stateDirectory: temporaryDirectory(context),
    log: pino({ level: 'silent' }),
    spareDelayMs: Number.POSITIVE_INFINITY,
    ...(idleMs === undefined ? {} : { idleMs }),
  })
}

function openDuckdb(pool: HostPool): Promise<HostSession> {
  return pool.openSession({ engine: duckdbEngine, config: { path: ':memory:' }, connectionId: 'a' })
}
