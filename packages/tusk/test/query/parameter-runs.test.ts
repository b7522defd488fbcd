import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import { localActor as actor } from '../../src/auth/actor.ts'
import type { ParameterValue } from '../../src/engine/parameters.ts'
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

async function cells(open: OpenTusk, done: WireRun): Promise<readonly (string | null)[][]> {
  const last = done.statements.at(-1)
  assert.equal(last?.error, undefined, JSON.stringify(last?.error))
  const { batches } = decodeStream(
    await open.tusk.results.get(actor.id, last?.resultId ?? '').window({ offset: 0, limit: 100 }),
  )
  return batches.flatMap(batch => {
    const columns = readColumns(batch)
    return Array.from({ length: batch.rowCount }, (_, row) => columns.map(column => column.text(row)))
  })
}

const number = (value: string | null): ParameterValue => ({ kind: 'number', value })
const text = (value: string | null): ParameterValue => ({ kind: 'text', value })

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

/** Texts that would be something else if they ever became SQL. */
const hostileTexts = [
  `'); DROP TABLE notes; --`,
  `"quoted" 'and' \\backslash\\ $$dollar$$ $1 :name {{name}} @result`,
  `zwölf ☃ 𝄞 \u202E`,
  '',
  ' \t\n ',
  'NULL',
]

for (const [engine, skip, start] of engines)
  test(`values of parameters reach ${engine} exactly, and never as SQL`, { skip }, async t => {
    const { open, id: connectionId } = await start(t)
    const exact = engine === 'sqlite' ? 'REAL' : 'NUMERIC(38, 10)'
    await run(open, {
      connectionId,
      sql: `CREATE TABLE notes (id BIGINT, body TEXT, amount ${exact}, day DATE)`,
    })
    for (const [at, body] of hostileTexts.entries()) {
      const done = await run(open, {
        connectionId,
        sql: 'INSERT INTO notes (id, body, amount, day) VALUES (:id, {{ body }}, $amount, :day)',
        values: {
          id: number(String(at)),
          body: text(body),
          amount: number('0.5'),
          day: { kind: 'date', value: '2026-02-28' },
        },
      })
      assert.equal(done.state, 'complete', JSON.stringify(done.statements[0]?.error))
      const read = await run(open, {
        connectionId,
        sql: 'SELECT body, id FROM notes WHERE body = $1 AND id = $2',
        values: { 1: text(body), 2: number(String(at)) },
      })
      assert.deepEqual(await cells(open, read), [[body, String(at)]])
    }

    const largest = '9223372036854775807'
    const digits = '1234567890123456789012345678.0123456789'
    await run(open, {
      connectionId,
      sql: 'INSERT INTO notes VALUES (:id, :body, :amount, :day)',
      values: { id: number(largest), body: text(null), amount: number(digits), day: { kind: 'date', value: null } },
    })
    const [row] = await cells(
      open,
      await run(open, {
        connectionId,
        sql: 'SELECT id, body, amount, day FROM notes WHERE id = :id -- not :this',
        values: { id: number(largest) },
      }),
    )
    assert.equal(row?.[0], largest)
    assert.equal(row?.[1], null)
    if (engine !== 'sqlite') assert.equal(row?.[2], digits)
    assert.equal(row?.[3], null)

    // A text takes the type of what it is compared with, everywhere.
    const compared = await run(open, {
      connectionId,
      sql: 'SELECT count(*) AS n FROM notes WHERE id = :id AND day = :day',
      values: { id: text('2'), day: text('2026-02-28') },
    })
    assert.deepEqual(await cells(open, compared), [['1']])

    // A script of several statements: each gets what it uses.
    const script = await run(open, {
      connectionId,
      sql: 'SELECT :a AS a; SELECT 2; SELECT :b AS b, :a AS a',
      values: { a: number('7'), b: { kind: 'boolean', value: 'true' } },
    })
    assert.deepEqual(await cells(open, script), [[engine === 'sqlite' ? '1' : 'true', '7']])

    const [entry] = open.tusk.history.list(actor, { limit: 1 }).entries
    assert.equal(entry?.sql, 'SELECT :b AS b, :a AS a')
    assert.deepEqual(entry?.values, { b: { kind: 'boolean', value: 'true' }, a: number('7') })
  })

for (const [engine, skip, start] of engines)
  test(`plans and commits by hand take parameters (${engine})`, { skip }, async t => {
    const { open, id: connectionId } = await start(t)
    await run(open, { connectionId, sql: 'CREATE TABLE notes (id BIGINT, body TEXT)' })
    const sql = 'SELECT * FROM notes WHERE id = :id'
    const plan = await run(open, { connectionId, sql, explain: 'plan', values: { id: number('5') } })
    assert.equal(plan.state, 'complete', JSON.stringify(plan.statements[0]?.error))
    assert.ok((await cells(open, plan)).length > 0)
    if (engine !== 'sqlite') {
      const measured = await run(open, { connectionId, sql, explain: 'analyze', values: { id: number('5') } })
      assert.equal(measured.state, 'complete', JSON.stringify(measured.statements[0]?.error))
      const written = await run(open, {
        connectionId,
        sql: 'EXPLAIN SELECT * FROM notes WHERE id = :id',
        values: { id: number('5') },
      })
      assert.equal(written.state, 'complete', JSON.stringify(written.statements[0]?.error))
    }
    const tabId = 'a-tab'
    const insert = await run(open, {
      connectionId,
      tabId,
      commit: 'manual',
      sql: 'INSERT INTO notes VALUES (:id, :body)',
      values: { id: number('1'), body: text(`'`) },
    })
    assert.equal(insert.transaction, 'open', JSON.stringify(insert.statements[0]?.error))
    await run(open, { connectionId, tabId, sql: 'ROLLBACK', aside: true })
    assert.deepEqual(await cells(open, await run(open, { connectionId, tabId, sql: 'SELECT count(*) FROM notes' })), [
      ['0'],
    ])
  })

test('an error points at its place in the SQL that was written, not in the one that was sent', async t => {
  const open = await openTestTusk(t)
  const connectionId = await connect(open, 'duckdb', { path: ':memory:' })
  const sql = 'SELECT :a_rather_long_name, :b, no_such_column'
  const done = await run(open, { connectionId, sql, values: { a_rather_long_name: number('1'), b: number('2') } })
  assert.equal(done.statements[0]?.errorAt, sql.indexOf('no_such_column'))
})
