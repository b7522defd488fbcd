import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postgresDialect } from '../../../src/dialect/postgres.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../../src/engines/sqlite/engine.ts'
import { parseAddress } from '../../../src/features/sql/web/connection-url.ts'
import { duration, firstWords, shortCount, whenRun } from '../../../src/features/sql/web/format.ts'
import { relationName, selectSql } from '../../../src/features/sql/web/relation-sql.ts'
import { mostTelling, outcome } from '../../../src/features/sql/web/statement-look.ts'
import type { WireRun, WireStatement } from '../../../src/wire.ts'

test('counts are short and never wrong by their unit', () => {
  assert.deepEqual([0, 999, 1_000, 1_234, 99_950, 999_900, 3_400_000, 2.5e9].map(shortCount), [
    '0',
    '999',
    '1K',
    '1.2K',
    '100K',
    '1M',
    '3.4M',
    '2.5B',
  ])
})

test('durations are read at a glance', () => {
  assert.deepEqual([0.44, 24.6, 999, 1_240, 61_000, 8_040_000].map(duration), [
    '0.4 ms',
    '25 ms',
    '999 ms',
    '1.24 s',
    '1 min 01 s',
    '2 h 14 min',
  ])
})

test('times say as much of the date as is needed', () => {
  const now = new Date(2026, 10, 23, 15, 0)
  assert.equal(whenRun(new Date(2026, 10, 23, 14, 5).toISOString(), now), '14:05')
  assert.equal(whenRun(new Date(2026, 10, 22, 14, 5).toISOString(), now), 'yesterday 14:05')
  assert.equal(whenRun(new Date(2026, 9, 3, 14, 5).toISOString(), now), '3 Oct 14:05')
  assert.equal(whenRun(new Date(2025, 9, 3, 14, 5).toISOString(), now), '3 Oct 2025 14:05')
})

test('a statement is named by its first words, without comments', () => {
  assert.equal(firstWords('-- best\nselect /* all */ *\n  from t', 30), 'select * from t')
  assert.equal(firstWords('select a_very_long_name from somewhere', 12), 'select a_ve…')
})

const engines = [postgresEngine, sqliteEngine, duckdbEngine]

test('a pasted address fills the fields of its engine', () => {
  assert.deepEqual(parseAddress('postgres://sc%40tt:t%3Ager@[::1]:5433/shop?sslmode=require&nonsense=1', engines), {
    engine: 'postgres',
    config: { host: '::1', port: 5433, database: 'shop', user: 'sc@tt', password: 't:ger', sslmode: 'require' },
  })
  assert.deepEqual(parseAddress('  "/data/shop.duckdb" ', engines), {
    engine: 'duckdb',
    config: { path: '/data/shop.duckdb' },
  })
  assert.deepEqual(parseAddress('sqlite:shop.db', engines), { engine: 'sqlite', config: { path: 'shop.db' } })
  assert.equal(parseAddress('my server', engines), undefined)
  assert.equal(parseAddress('https://example.org', engines), undefined)
})

test('names are written with their schema only where they are not found without it', () => {
  const inPath = { schema: 'public', name: 'Odd "one"', kind: 'table' }
  assert.equal(relationName(inPath, ['public'], postgresDialect), '"Odd ""one"""')
  assert.equal(relationName({ ...inPath, name: 't' }, ['other'], postgresDialect), 'public.t')
  assert.equal(
    selectSql('t', [{ name: 'Id', type: 'int', nullable: true }], postgresDialect),
    'SELECT\n  "Id"\nFROM t;\n',
  )
})

const statement = (change: Partial<WireStatement>): WireStatement => ({
  index: 0,
  from: 0,
  to: 1,
  sql: 'x',
  state: 'complete',
  rowCount: 0,
  byteCount: 0,
  milliseconds: 1,
  notices: [],
  ...change,
})
const rows = { schema: { fields: [{ name: 'a', type: { kind: 'bool' }, nullable: true }] } } as const

test('the outcome says what came of a statement', () => {
  assert.equal(outcome(statement({ ...rows, rowCount: 1 })), '1 row')
  assert.equal(outcome(statement({ command: 'UPDATE 3', affectedRows: 3 })), 'UPDATE · 3 rows affected')
  assert.equal(outcome(statement({ command: 'CREATE TABLE' })), 'CREATE TABLE')
  assert.equal(outcome(statement({ ...rows, state: 'storing' })), '')
})

test('a script shows first what failed, else the last rows', () => {
  const run = (...statements: readonly WireStatement[]) => ({ statements }) as unknown as WireRun
  assert.equal(mostTelling(run(statement(rows), statement({ state: 'failed' }), statement(rows))), 1)
  assert.equal(mostTelling(run(statement(rows), statement(rows), statement({}))), 1)
  assert.equal(mostTelling(run(statement({}), statement({}))), 1)
})
