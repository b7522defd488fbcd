import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { ColumnValue } from '../../../src/arrow/builder.ts'
import type { RecordBatch } from '../../../src/arrow/record-batch.ts'
import type { Schema } from '../../../src/arrow/schema.ts'
import type { Connection } from '../../../src/engine/connection.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { insertExporter, reconcileExporter } from '../../../src/export/index.ts'
import type { StoredResult } from '../../../src/results/result-store.ts'
import { run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { batchOf, field } from '../../support/spool-fixture.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ComputeRig, owner } from './compute-rig.ts'

const schema: Schema = {
  fields: [
    field('k', { kind: 'int', bits: 64, signed: true }),
    field('part', { kind: 'utf8' }),
    field('the "text"', { kind: 'utf8' }),
    field('amount', { kind: 'decimal', precision: 30, scale: 10 }),
    field('ratio', { kind: 'float', bits: 64 }),
    field('day', { kind: 'date' }),
    field('at', { kind: 'timestamp', unit: 'us', timezone: null }),
    field('flag', { kind: 'bool' }),
    field('bytes', { kind: 'binary' }),
  ],
}
const types = {
  postgres: ['bigint', 'text', 'text', 'numeric(30,10)', 'double precision', 'date', 'timestamp', 'boolean', 'bytea'],
  duckdb: ['BIGINT', 'VARCHAR', 'VARCHAR', 'DECIMAL(30,10)', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN', 'BLOB'],
} as const

const hostile = fc.oneof(
  fc.constantFrom('', "it's", '"', '\\', "\\'", '\n', "'); DROP TABLE t; --", 'NULL', '$$', 'ü'),
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter(text => !text.includes('\0')),
)
const int64 = fc.oneof(fc.bigInt({ min: -3n, max: 9n }), fc.constantFrom(2n ** 63n - 1n, 1n - 2n ** 63n))
const row = fc.tuple(
  fc.option(int64),
  fc.option(fc.constantFrom('a', 'A', '', "'")),
  fc.option(hostile),
  fc.option(fc.oneof(fc.bigInt({ min: -100n, max: 100n }), fc.constantFrom(10n ** 30n - 1n, 1n - 10n ** 30n))),
  fc.option(
    fc.oneof(
      fc.constantFrom(0, 0.1, 1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY), // Minus zero equals zero, and is not worth an UPDATE.
      fc.double({ noNaN: true }).map(value => value + 0),
    ),
  ),
  fc.option(fc.constantFrom(0, -1, 19_782, -719_163, 2_932_896)),
  fc.option(fc.constantFrom(0n, -1n, 1_795_464_900_123_456n)),
  fc.option(fc.boolean()),
  fc.option(fc.uint8Array({ maxLength: 4 })),
)
type Row = readonly ColumnValue[]
/** The key is of two columns, either of which may be NULL. */
const rows = fc.uniqueArray(row, { selector: ([k, part]) => `${k} ${part === null} ${part}`, maxLength: 10 })

describe('the SQL that reconciles makes the rows of the first those of the second', () => {
  const directory = temporaryDirectory({ after })
  let rig: ComputeRig
  before(async () => {
    rig = await ComputeRig.open(directory)
  })
  after(() => rig[Symbol.asyncDispose]())

  test('DuckDB', async () => {
    await using connection = await duckdbEngine.open({ path: ':memory:' })
    await holds(connection, 'duckdb')
  })

  for (const version of [15, 18] as const)
    test(`PostgreSQL ${version}`, { skip: skipWithoutPostgres(version) }, async () => {
      await using server = await startTestPostgres(version)
      const { host, port, user } = server
      await using connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
      await holds(connection, 'postgres')
    })

  async function holds(connection: Connection, dialect: 'postgres' | 'duckdb'): Promise<void> {
    const columns = schema.fields.map(({ name }, index) => `"${name.replaceAll('"', '""')}" ${types[dialect][index]}`)
    for (const table of ['t', 'wanted']) await run(connection, `CREATE TABLE ${table} (${columns.join(', ')})`)
    await fc.assert(
      fc.asyncProperty(rows, rows, async (from, to) => {
        const [one, other] = [await stored(from), await stored(to)]
        const { result, summary } = await rig.compute.diff(owner, one.id, other.id, { key: ['k', 'part'] })
        assert.equal(summary.added + summary.changed + summary.same, to.length)
        assert.equal(summary.removed + summary.changed + summary.same, from.length)
        for (const [table, values] of [
          ['t', one],
          ['wanted', other],
        ] as const) {
          await run(connection, `DELETE FROM ${table}`)
          await execute(connection, await text(insertExporter, values, { table, dialect }))
        }
        const sql = await text(reconcileExporter, result, { table: 't', dialect })
        await execute(connection, sql)
        const read = async (table: string): Promise<unknown> =>
          (await run(connection, `SELECT * FROM ${table} ORDER BY k, part`)).rows
        assert.deepEqual(await read('t'), await read('wanted'), sql)
        for (const made of [one, other, result]) await rig.store.remove(owner, made.id)
      }),
      { numRuns: 25 },
    )
  }

  const stored = (values: readonly Row[]): Promise<StoredResult> =>
    rig.stored(schema, values.length === 0 ? [] : [batchOf(schema, values)])
})

async function text(
  exporter: typeof insertExporter,
  result: StoredResult,
  options: Readonly<Record<string, string>>,
): Promise<string> {
  const decoder = new TextDecoder()
  let written = ''
  for await (const chunk of exporter.write(result.schema, batchesOf(result), options))
    written += decoder.decode(chunk, { stream: true })
  return written
}

async function* batchesOf(result: StoredResult): AsyncGenerator<RecordBatch> {
  yield* result.read()
}

async function execute(connection: Connection, script: string): Promise<void> {
  const { split } = (connection.version?.startsWith('PostgreSQL') === true ? postgresEngine : duckdbEngine).dialect
  for (const statement of split(script)) await run(connection, statement.text)
}
