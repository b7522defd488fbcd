import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import type { ConnectionConfig } from '../../src/engine/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { createHostPool, type HostPoolOptions } from '../../src/host/create-host-pool.ts'
import type { HostPool, HostSession, StatementRequest } from '../../src/host/host-pool.ts'
import { findRows } from '../../src/results/find-rows.ts'
import { SpoolTableSource } from '../../src/results/spool-table-source.ts'
import { isRunning, until } from '../support/processes.ts'
import { scriptedEngines } from '../support/scripted-engine.ts'
import { textRowsOf } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const [shared, perFile, alone] = scriptedEngines

test('a statement is stored, with its notices, progress, command and counts', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const notices: string[] = []
  const progress: number[] = []
  const directory = resultDirectory(context)
  const run = await session.run({
    sql: 'rows 25000 1000',
    directory,
    onNotice: notice => notices.push(notice.message),
    onProgress: ({ rowCount }) => progress.push(rowCount),
  })
  assert.equal(run.schema.fields.length, 4)
  const outcome = await run.done
  assert.deepEqual(
    [outcome.state, outcome.rowCount, outcome.affectedRows, outcome.command, outcome.transaction],
    ['complete', 25_000, 25_000, 'ROWS', 'none'],
  )
  assert.deepEqual(notices, ['running rows'])
  assert.equal(progress[0], 1_000)
  assert.deepEqual(
    [...progress].sort((one, other) => one - other),
    progress,
  )
  assert.equal(findRows(directory)!.rowCount, 25_000)
  assert.equal(session.version, 'Scripted 1')
})

test('a statement that fails before its columns rejects, and one that fails later keeps its rows', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  await assert.rejects(session.run({ sql: 'fail', directory: resultDirectory(context) }), {
    code: 'QUERY_FAILED',
    sourceCode: '42601',
    position: 3,
  })
  assert.equal(session.transaction, 'failed')
  const outcome = await runToEnd(session, { sql: 'fail late', directory: resultDirectory(context) })
  assert.deepEqual([outcome.state, outcome.error?.message, outcome.rowCount], ['failed', 'it failed late', 100])
})

test('the last batch before a long pause is told too', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const abort = new AbortController()
  const all = Promise.withResolvers<void>()
  const run = await session.run(
    {
      sql: 'pause',
      directory: resultDirectory(context),
      onProgress: ({ rowCount }) => {
        if (rowCount === 500) all.resolve()
      },
    },
    { signal: abort.signal },
  )
  await all.promise
  abort.abort()
  assert.equal((await run.done).rowCount, 500)
})

test('storing stops at the row limit and at the byte limit, and says so', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const rows = await runToEnd(session, { sql: 'rows 5000 1000', directory: resultDirectory(context), maxRows: 2_500 })
  assert.deepEqual([rows.state, rows.rowCount, rows.error?.code], ['truncated', 2_500, 'TOO_LARGE'])
  const exact = await runToEnd(session, { sql: 'rows 5000 1000', directory: resultDirectory(context), maxRows: 5_000 })
  assert.deepEqual([exact.state, exact.rowCount, exact.error], ['complete', 5_000, undefined])
  const directory = resultDirectory(context)
  const asked: number[] = []
  const room = {
    granted: 10_000,
    grant: async (wanted: number) => {
      asked.push(wanted)
      return Math.min(wanted, 50_000)
    },
  }
  const bytes = await runToEnd(session, { sql: 'forever', directory, room })
  assert.deepEqual([bytes.state, bytes.error?.code], ['truncated', 'RESULT_QUOTA'])
  assert.ok(bytes.byteCount <= 50_000 && bytes.byteCount > 40_000 && asked.length > 1 && asked[0]! > 10_000)
  assert.equal(findRows(directory)!.rowCount, bytes.rowCount)

  const small = resultDirectory(context)
  const cut = await runToEnd(session, { sql: 'forever', directory: small, maxBytes: 50_000 })
  assert.deepEqual([cut.state, cut.error?.code], ['truncated', 'TOO_LARGE'])
  assert.match(cut.error!.message, /^Only the first [\d,]+ rows are stored, as the limit of 0\.05 MB a result says\.$/)
  assert.ok(cut.byteCount <= 50_000 && cut.byteCount > 40_000)
  assert.equal(findRows(small)!.rowCount, cut.rowCount)
  const both = { maxRows: 7, maxBytes: 50_000, room: { granted: 50_000, grant: async () => 50_000 } }
  const few = await runToEnd(session, { sql: 'forever', directory: resultDirectory(context), ...both })
  assert.deepEqual([few.rowCount, few.error?.code], [7, 'TOO_LARGE'])
})

test('a column that widens tells its new schema, and all rows have it', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const directory = resultDirectory(context)
  const schemas: unknown[] = []
  const run = await session.run({ sql: 'widen', directory, onProgress: ({ schema }) => schemas.push(schema) })
  const outcome = await run.done
  assert.deepEqual(outcome.schema.fields[0]!.type, { kind: 'utf8' })
  assert.deepEqual(schemas.at(-1), outcome.schema)
  using source = new SpoolTableSource(directory)
  assert.deepEqual(
    [0, 1].flatMap(batch => textRowsOf(source.readBatch(batch, [0]))),
    [['1'], ['2'], ['three']],
  )
})

test('cancelling ends the statement, keeps its rows, and leaves the session usable', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const { abort, run, directory } = await startForever(session, context)
  abort.abort(new TuskError('QUERY_CANCELLED'))
  const outcome = await run.done
  assert.deepEqual([outcome.state, outcome.error?.code], ['cancelled', 'QUERY_CANCELLED'])
  assert.ok(outcome.rowCount > 0)
  assert.equal(findRows(directory)!.rowCount, outcome.rowCount)
  const next = await runToEnd(session, { sql: 'rows 10', directory: resultDirectory(context) })
  assert.equal(next.state, 'complete')
})

test('a statement past its deadline has failed with QUERY_TIMEOUT', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  // On a busy machine the deadline may pass before the columns are known: then the run rejects.
  const run = session.run({ sql: 'forever', directory: resultDirectory(context), timeoutMs: 200 })
  const outcome = await run.then(({ done }) => done).catch((error: TuskError) => ({ state: 'failed', error }))
  assert.deepEqual([outcome.state, outcome.error?.code], ['failed', 'QUERY_TIMEOUT'])
})

test('an engine that does not stop when asked is killed, and the rows that had come are there', async context => {
  await using pool = openPool(context, { killAfterMs: 100 })
  const session = await open(pool)
  const other = await open(pool)
  assert.equal(session.pid, other.pid)
  const abort = new AbortController()
  const directory = resultDirectory(context)
  const first = Promise.withResolvers<void>()
  const run = await session.run(
    { sql: 'stubborn', directory, onProgress: () => first.resolve() },
    { signal: abort.signal },
  )
  await first.promise
  abort.abort(new TuskError('QUERY_CANCELLED'))
  const outcome = await run.done
  assert.deepEqual([outcome.state, outcome.rowCount, outcome.error?.code], ['cancelled', 100, 'QUERY_CANCELLED'])
  for (const lost of [session, other]) assert.equal((await lost.lost).code, 'HOST_DIED')
  await assert.rejects(other.relations(), { code: 'HOST_DIED', detail: /did not stop/ })
  await using next = await open(pool)
  assert.equal((await runToEnd(next, { sql: 'rows 10', directory: resultDirectory(context) })).state, 'complete')
})

test('a blocked process with one session is killed at once', async context => {
  await using pool = openPool(context, { killAfterMs: 600_000 })
  const session = await pool.openSession({ engine: alone!, config: {}, connectionId: 'a' })
  const abort = new AbortController()
  const first = Promise.withResolvers<void>()
  const run = await session.run(
    { sql: 'blocked', directory: resultDirectory(context), onProgress: () => first.resolve() },
    { signal: abort.signal },
  )
  await first.promise
  abort.abort()
  assert.equal((await run.done).state, 'cancelled')
  await until(() => !isRunning(session.pid), 'the blocked host is gone')
})

test('a process that dies takes its runs with it, says how, and the next session works', async context => {
  await using pool = openPool(context)
  for (const [sql, detail] of [
    ['exit 7', /exit code 7.*last words/s],
    ['crash', /SIGSEGV/],
  ] as const) {
    const session = await open(pool)
    const outcome = await runToEnd(session, { sql, directory: resultDirectory(context) })
    assert.deepEqual([outcome.state, outcome.error?.code, outcome.rowCount], ['failed', 'HOST_DIED', 100])
    assert.match(outcome.error!.detail!, detail)
    assert.equal((await session.lost).code, 'HOST_DIED')
    await assert.rejects(session.run({ sql: 'rows 1', directory: resultDirectory(context) }), { code: 'HOST_DIED' })
    await session[Symbol.asyncDispose]()
  }
  await using session = await open(pool)
  assert.equal((await runToEnd(session, { sql: 'rows 10', directory: resultDirectory(context) })).state, 'complete')
})

test('a session whose database went away is lost, and says so', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const outcome = await runToEnd(session, { sql: 'lose', directory: resultDirectory(context) })
  assert.equal(outcome.error?.code, 'CONNECTION_LOST')
  assert.equal((await session.lost).code, 'CONNECTION_LOST')
  await assert.rejects(session.searchPath(), { code: 'CONNECTION_LOST' })
})

test('sessions share a process as the engine says', async context => {
  await using pool = openPool(context)
  const pids = async (engine: typeof shared, configs: readonly [ConnectionConfig, string][]): Promise<number[]> => {
    const sessions = await Promise.all(
      configs.map(([config, connectionId]) => pool.openSession({ engine: engine!, config, connectionId })),
    )
    await Promise.all(sessions.map(session => session[Symbol.asyncDispose]()))
    return sessions.map(({ pid }) => pid)
  }
  const one = await pids(shared, [
    [{}, 'a'],
    [{}, 'a'],
    [{}, 'b'],
  ])
  assert.deepEqual([one[0] === one[1], one[0] === one[2]], [true, false])
  const files = await pids(perFile, [
    [{ path: 'x' }, 'a'],
    [{ path: 'x' }, 'b'],
    [{ path: 'y' }, 'a'],
  ])
  assert.deepEqual([files[0] === files[1], files[0] === files[2]], [true, false])
  const sessions = await pids(alone, [
    [{}, 'a'],
    [{}, 'a'],
  ])
  assert.notEqual(sessions[0], sessions[1])
})

test('a process without sessions ends after the idle time, and one of a single session at once', async context => {
  await using pool = openPool(context, { idleMs: 300 })
  const session = await open(pool)
  await session[Symbol.asyncDispose]()
  assert.ok(isRunning(session.pid))
  const again = await open(pool)
  assert.equal(again.pid, session.pid)
  await again[Symbol.asyncDispose]()
  await until(() => !isRunning(session.pid), 'the idle host is gone')
  await using fresh = await open(pool)
  assert.notEqual(fresh.pid, session.pid)
  const single = await pool.openSession({ engine: alone!, config: {}, connectionId: 'a' })
  await single[Symbol.asyncDispose]()
  await until(() => !isRunning(single.pid), 'the single host is gone')
})

test('a spare process is ready after a while, is taken by the next database, and is replaced', async context => {
  await using pool = openPool(context, { spareDelayMs: 50 })
  assert.deepEqual(pool.list(), [])
  const spare = (): number | undefined => pool.list().find(host => host.spare)?.pid
  await until(() => spare() !== undefined, 'there is a spare')
  const first = spare()
  await using session = await open(pool)
  assert.equal(session.pid, first)
  await until(() => spare() !== undefined && spare() !== first, 'there is another spare')
  const info = pool.list().find(host => host.pid === first)!
  assert.deepEqual([info.engine, info.label, info.sessions, info.spare], ['scripted', 'test', 1, false])
})

test('testing a connection gives version and time, keeps no process, and tells why it failed', async context => {
  await using pool = openPool(context)
  const test = await pool.testConnection(shared!, {})
  assert.equal(test.version, 'Scripted 1')
  assert.ok(test.milliseconds >= 0)
  await assert.rejects(pool.testConnection(shared!, { refuse: true }), {
    code: 'CONNECTION_FAILED',
    message: 'refused',
  })
  await until(() => pool.list().length === 0, 'no host is left')
})

test('opening is cancelled by its signal', async context => {
  await using pool = openPool(context, { killAfterMs: 100 })
  const opening = pool.openSession(
    { engine: shared!, config: { hang: true }, connectionId: 'a' },
    { signal: AbortSignal.timeout(200) },
  )
  await assert.rejects(opening, { code: 'QUERY_CANCELLED' })
})

test('opening in a shared process gives up on an engine that does not listen, and leaves the others alone', async context => {
  await using pool = openPool(context, { killAfterMs: 100 })
  await using session = await open(pool)
  const opening = pool.openSession(
    { engine: shared!, config: { deaf: true }, connectionId: 'a' },
    { signal: AbortSignal.timeout(50) },
  )
  await assert.rejects(opening, { code: 'QUERY_CANCELLED' })
  assert.deepEqual(await session.searchPath(), ['main'])
})

test('a flood of notices is cut, and says so', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  const notices: string[] = []
  const directory = resultDirectory(context)
  await runToEnd(session, { sql: 'notices 5000', directory, onNotice: ({ message }) => notices.push(message) })
  assert.equal(notices.length, 1_001)
  assert.match(notices.at(-1)!, /not shown/)
})

test('the catalog comes as the engine gives it', async context => {
  await using pool = openPool(context)
  await using session = await open(pool)
  assert.deepEqual(await session.relations(), [{ schema: 'main', name: 't', kind: 'table' }])
  assert.deepEqual(await session.columns({ schema: 'main', name: 't' }), [
    { name: 't_id', type: 'int', nullable: false },
  ])
  assert.deepEqual((await session.allColumns(7)).get('main.t')?.[0]?.name, 'limit 7')
  assert.deepEqual(await session.searchPath(), ['main'])
  assert.deepEqual(await session.rows('rows 3'), [
    ['0', 'row 0', null, null],
    ['1', 'row 1', '[1,2]', 'true'],
    ['2', 'row 2', '[2,3]', 'false'],
  ])
  assert.equal((await session.rows('rows 5000', { limit: 12 })).length, 12)
  await assert.rejects(session.mount('r', resultDirectory(context)), { code: 'UNSUPPORTED' })
})

test('a host gets nothing of our environment that a driver could take as settings', async context => {
  const before = { ...process.env }
  Object.assign(process.env, {
    PGPASSWORD: 'secret',
    PGHOST: 'elsewhere',
    NODE_OPTIONS: '--no-warnings',
    AWS_SECRET: 'x',
  })
  context.after(() => {
    process.env = before
  })
  await using pool = openPool(context)
  await using session = await open(pool)
  const environment = new Map(
    (await session.rows('environment')).map(([line]) => [
      line!.slice(0, line!.indexOf('=')),
      line!.slice(line!.indexOf('=') + 1),
    ]),
  )
  for (const name of ['PGPASSWORD', 'PGHOST', 'NODE_OPTIONS', 'AWS_SECRET'])
    assert.equal(environment.has(name), false, name)
  const [[directory]] = (await session.rows('directory')) as [[string]]
  assert.equal(environment.get('TMPDIR'), directory)
  assert.equal(environment.get('PGPASSFILE'), join(directory, 'no-pgpass'))
})

test('temporary directories go with their process, and those of a Tusk that is gone at the next start', async context => {
  const stateDirectory = temporaryDirectory(context)
  const left = join(stateDirectory, 'tmp', `host-${2 ** 22 + 1}-00ff`)
  mkdirSync(left, { recursive: true })
  writeFileSync(join(left, 'spill'), 'x')
  mkdirSync(join(stateDirectory, 'tmp', 'query-abc'))
  {
    await using pool = openPool(context, { stateDirectory })
    await using session = await open(pool)
    const [[directory]] = (await session.rows('directory')) as [[string]]
    writeFileSync(join(directory, 'spill'), 'x')
    await until(() => readdirSync(join(stateDirectory, 'tmp')).length === 2, 'the old directory is swept')
  }
  await until(() => readdirSync(join(stateDirectory, 'tmp')).length === 1, 'the own directory is removed')
  assert.deepEqual(readdirSync(join(stateDirectory, 'tmp')), ['query-abc'])
})

test('an export streams the file, tells its progress, and its process ends with it', async context => {
  await using pool = openPool(context)
  const directory = await stored(pool, context, 'rows 30000 1000')
  let told = 0
  const { bytes } = await pool.export({ directory, format: 'csv', options: {}, onProgress: rows => (told = rows) })
  const lines = (await readAll(bytes)).toString().trimEnd().split(/\r?\n/)
  assert.equal(lines.length, 30_001)
  assert.match(lines[30_000]!, /^29999,row 29999,/)
  assert.equal(told, 30_000)
  await until(() => pool.list().every(host => host.engine !== undefined), 'the export process is gone')
})

test('an export follows row numbers', async context => {
  await using pool = openPool(context)
  const directory = await stored(pool, context, 'rows 1000 100')
  const rowNumbersFile = join(directory, 'order.u32')
  writeFileSync(rowNumbersFile, Uint32Array.from([999, 0, 500, 500]))
  const { bytes } = await pool.export({ directory, format: 'csv', options: {}, rowNumbersFile })
  const lines = (await readAll(bytes)).toString().trimEnd().split(/\r?\n/)
  assert.deepEqual(
    lines.slice(1).map(line => line.split(',')[1]),
    ['row 999', 'row 0', 'row 500', 'row 500'],
  )
})

test('an export that fails, is cancelled, or is left, ends its process and never looks complete', async context => {
  await using pool = openPool(context)
  const directory = await stored(pool, context, 'rows 100000 1000')
  const broken = await pool.export({ directory: join(directory, 'none'), format: 'csv', options: {} })
  await assert.rejects(readAll(broken.bytes), { code: 'RESULT_DAMAGED' })
  const unknown = await pool.export({ directory, format: 'papyrus', options: {} })
  await assert.rejects(readAll(unknown.bytes), { code: 'BAD_REQUEST' })
  const abort = new AbortController()
  const cancelled = await pool.export({ directory, format: 'json', options: {} }, { signal: abort.signal })
  cancelled.bytes.once('data', () => abort.abort(new TuskError('QUERY_CANCELLED')))
  await assert.rejects(readAll(cancelled.bytes), { code: 'QUERY_CANCELLED' })
  const left = await pool.export({ directory, format: 'json', options: {} })
  for await (const _ of left.bytes) break
  await until(() => pool.list().every(host => host.engine !== undefined), 'the export processes are gone')
})

test('disposing the pool ends every process, blocked ones too, and their runs', async context => {
  await using pool = openPool(context, { killAfterMs: 200, spareDelayMs: 10 })
  const session = await open(pool)
  const blocked = await pool.openSession({ engine: alone!, config: {}, connectionId: 'a' })
  const first = Promise.withResolvers<void>()
  const run = await blocked.run({
    sql: 'blocked',
    directory: resultDirectory(context),
    onProgress: () => first.resolve(),
  })
  await first.promise
  const pids = pool.list().map(({ pid }) => pid)
  assert.ok(pids.includes(session.pid) && pids.includes(blocked.pid))
  await pool[Symbol.asyncDispose]()
  for (const pid of pids) assert.equal(isRunning(pid), false)
  assert.equal((await run.done).error?.code, 'HOST_DIED')
  await assert.rejects(open(pool), { code: 'INTERNAL' })
})

interface Hooks {
  after(fn: () => void): void
}

function openPool(context: Hooks, options: Partial<HostPoolOptions> = {}): HostPool {
  return createHostPool({
    stateDirectory: options.stateDirectory ?? temporaryDirectory(context),
    log: pino({ level: 'silent' }),
    entry: new URL('../support/scripted-host-entry.ts', import.meta.url),
    spareDelayMs: Number.POSITIVE_INFINITY,
    ...options,
  })
}

function open(pool: HostPool): Promise<HostSession> {
  return pool.openSession({ engine: shared!, config: {}, connectionId: 'a', label: 'test' })
}

function resultDirectory(context: Hooks): string {
  return temporaryDirectory(context)
}

async function runToEnd(session: HostSession, request: StatementRequest) {
  const run = await session.run(request)
  return await run.done
}

async function startForever(session: HostSession, context: Hooks) {
  const abort = new AbortController()
  const directory = resultDirectory(context)
  const first = Promise.withResolvers<void>()
  const run = await session.run(
    { sql: 'forever', directory, onProgress: () => first.resolve() },
    { signal: abort.signal },
  )
  await first.promise
  return { abort, run, directory }
}

async function stored(pool: HostPool, context: Hooks, sql: string): Promise<string> {
  await using session = await open(pool)
  const directory = resultDirectory(context)
  assert.equal((await runToEnd(session, { sql, directory })).state, 'complete')
  return directory
}

async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces)
}
