import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import { localActor as actor } from '../../src/auth/actor.ts'
import type { RunScript } from '../../src/query/runs.ts'
import type { OpenTusk } from '../../src/tusk.ts'
import type { WireRun } from '../../src/wire.ts'
import { connect, openTestTusk } from '../support/open-test-tusk.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function run(open: OpenTusk, request: RunScript): Promise<WireRun> {
  const { id } = await open.tusk.runs.start(actor, request)
  for await (const event of open.tusk.runs.events(actor, id, AbortSignal.timeout(60_000)))
    if (event.event === 'end') return event.data
  throw new Error('the run did not end')
}

async function firstCell(open: OpenTusk, done: WireRun): Promise<string | null | undefined> {
  const result = open.tusk.results.get(actor.id, done.statements.at(-1)?.resultId ?? '')
  const { batches } = decodeStream(await result.window({ offset: 0, limit: 1 }))
  return batches[0] === undefined ? undefined : readColumns(batches[0])[0]?.text(0)
}

type Start = (t: TestContext) => Promise<{ open: OpenTusk; id: string }>

const engines: readonly (readonly [string, string | false, Start])[] = [
  [
    'postgres',
    skipWithoutPostgres(15),
    async t => {
      const { host, port, user, stop } = await startTestPostgres(15)
      t.after(() => stop())
      const open = await openTestTusk(t)
      return { open, id: await connect(open, 'postgres', { host, port, user, database: 'postgres' }) }
    },
  ],
  [
    'duckdb',
    false,
    async t => {
      const open = await openTestTusk(t)
      return { open, id: await connect(open, 'duckdb', { path: join(temporaryDirectory(t), 'a.duckdb') }) }
    },
  ],
  [
    'sqlite',
    false,
    async t => {
      const open = await openTestTusk(t)
      const file = join(temporaryDirectory(t), 'a.db')
      const database = new DatabaseSync(file)
      database.exec('PRAGMA journal_mode = WAL')
      database.close()
      return { open, id: await connect(open, 'sqlite', { path: file }) }
    },
  ],
]

for (const [engine, skip, start] of engines)
  test(`${engine}: by hand nothing is kept before COMMIT, and ROLLBACK takes it back`, { skip }, async t => {
    const { open, id } = await start(t)
    await run(open, { connectionId: id, sql: 'CREATE TABLE t (n INTEGER)' })
    const mine = (sql: string, more: Partial<RunScript> = {}) =>
      run(open, { connectionId: id, sql, tabId: 'mine', commit: 'manual', ...more })
    const seen = async () => firstCell(open, await run(open, { connectionId: id, sql: 'SELECT count(*) FROM t' }))
    const inserted = await mine('INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)')
    assert.equal(inserted.state, 'complete')
    assert.equal(inserted.transaction, 'open')
    assert.equal(await seen(), '0')
    const session = open.tusk.runs.session(actor, 'mine', id)
    assert.equal(session.transaction, 'open')
    assert.ok((session.transactionMilliseconds ?? -1) >= 0)
    assert.equal((await mine('COMMIT')).transaction, 'none')
    assert.equal(open.tusk.runs.session(actor, 'mine', id).transactionMilliseconds, undefined)
    assert.equal(await seen(), '2')
    assert.equal((await mine('DELETE FROM t; ROLLBACK')).transaction, 'none')
    assert.equal(await seen(), '2')
    // A script may end its transactions itself; what comes after is in a new one.
    assert.equal((await mine('INSERT INTO t VALUES (3); COMMIT; INSERT INTO t VALUES (4)')).transaction, 'open')
    assert.equal(await seen(), '3')
    await mine('ROLLBACK')
    // What no transaction can hold is run without one.
    const vacuum = await mine(engine === 'duckdb' ? 'CHECKPOINT' : 'VACUUM')
    assert.equal(vacuum.state, 'complete', vacuum.statements[0]?.error?.message)
    assert.equal(vacuum.transaction, 'none')
  })

test('an isolation level is what the transaction has; one that is not known is refused', {
  skip: engines[0]?.[1] ?? false,
}, async t => {
  const [[, , start] = engines[0]!] = engines
  const { open, id } = await start(t)
  const level = 'SHOW transaction_isolation'
  const mine = { connectionId: id, tabId: 'mine', commit: 'manual', sql: level } as const
  assert.equal(await firstCell(open, await run(open, { ...mine, isolation: 'serializable' })), 'serializable')
  await run(open, { ...mine, sql: 'ROLLBACK' })
  assert.equal(await firstCell(open, await run(open, mine)), 'read committed')
  await assert.rejects(open.tusk.runs.start(actor, { ...mine, isolation: 'chaos' }), { code: 'BAD_REQUEST' })
  // After an error the transaction takes nothing but ROLLBACK, and says so.
  assert.equal((await run(open, { ...mine, sql: 'SELECT nothing' })).transaction, 'failed')
  assert.equal((await run(open, { ...mine, sql: 'ROLLBACK' })).transaction, 'none')
})
