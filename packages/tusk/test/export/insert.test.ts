import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gatherRows, projectBatch, type RecordBatch, readColumns, sliceBatch } from '../../src/arrow/index.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import type { Connection } from '../../src/engine/connection.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { insertExporter } from '../../src/export/index.ts'
import { run } from '../contract/read-all.ts'
import { hostileBatch, hostileColumns } from '../support/hostile-values.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { exportText } from './export-text.ts'

/** Hostile column → type of the table's column. Each is written by the exporter and read back through the engine. */
const postgresTypes = {
  bool: 'bool',
  int8: 'int2',
  int32: 'int4',
  int64: 'int8',
  uint64: 'numeric(20,0)',
  float64: 'float8',
  float32: 'float4',
  decimal: 'numeric(38,10)',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  numeric: 'numeric',
  interval: 'interval',
  timetz: 'timetz',
  bit: 'varbit',
  xml: 'xml',
  binary: 'bytea',
  'list of int64': 'int8[]',
  'list of text': 'text[]',
  'list of float': 'float8[]',
}

const duckdbTypes = {
  bool: 'BOOLEAN',
  int64: 'BIGINT',
  uint64: 'UBIGINT',
  float64: 'DOUBLE',
  float32: 'FLOAT',
  decimal: 'DECIMAL(38,10)',
  'decimal whole': 'DECIMAL(38,0)',
  date: 'DATE',
  time: 'TIME',
  'time ns': 'TIME_NS',
  timestamptz: 'TIMESTAMPTZ',
  'timestamp ns': 'TIMESTAMP_NS',
  text: 'VARCHAR',
  uuid: 'UUID',
  binary: 'BLOB',
  'list of int64': 'BIGINT[]',
}

const sqliteTypes = {
  int64: 'INTEGER',
  float64: 'REAL',
  text: 'TEXT',
  binary: 'BLOB',
  decimal: 'TEXT',
  date: 'TEXT',
  uint64: 'TEXT',
}

describe('INSERT statements, run by the database they are written for', () => {
  test('PostgreSQL has the same values', { skip: skipWithoutPostgres(15) }, async () => {
    await using server = await startTestPostgres(15)
    const { host, port, user } = server
    await using connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
    for (const [name, type] of Object.entries(postgresTypes)) await check(connection, name, type, 'postgres')
    await check(connection, 'text', 'text', 'postgres', text => !text.includes('\0'))
  })

  test('DuckDB has the same values', async () => {
    await using connection = await duckdbEngine.open({ path: ':memory:' })
    for (const [name, type] of Object.entries(duckdbTypes)) await check(connection, name, type, 'duckdb')
  })

  test('SQLite has the same values, but no NaN and no -0', async () => {
    await using connection = await sqliteEngine.open({ path: ':memory:' })
    for (const [name, type] of Object.entries(sqliteTypes)) {
      await check(connection, name, type, 'sqlite', text => text !== 'NaN' && text !== '-0')
    }
  })

  test('text with a NUL character is refused for PostgreSQL, which has none', async () => {
    const batch = rowsOf('text', () => true)
    await assert.rejects(
      async () => exportText(insertExporter, batch.schema, [batch]),
      (error: unknown) => error instanceof TuskError && error.code === 'VALUE_OUT_OF_RANGE',
    )
  })

  test('a statement has at most 100 rows', async () => {
    const batch = rowsOf('int64', () => true)
    const batches = Array.from({ length: 3 }, () => sliceBatch(batch, 0, 5))
    const text = await exportText(insertExporter, batch.schema, batches, { table: 't' })
    assert.equal(postgresDialect.split(text).length, 3)
  })
})

async function check(
  connection: Connection,
  name: string,
  type: string,
  dialect: string,
  accepts: (text: string) => boolean = () => true,
): Promise<void> {
  const batch = rowsOf(name, accepts)
  const table = `rows of ${name}`
  await run(connection, `CREATE TABLE "${table}" ("${name}" ${type})`)
  await run(
    connection,
    (await exportText(insertExporter, batch.schema, [batch], { table, dialect })).trimEnd().slice(0, -1),
  )
  const { rows } = await run(connection, `SELECT * FROM "${table}"`)
  assert.deepEqual(
    rows.map(([text]) => text),
    textsOf(batch),
    `${dialect} ${name}`,
  )
}

/** The column of the golden table, with the NULL and the texts that the database has. */
function rowsOf(name: string, accepts: (text: string) => boolean): RecordBatch {
  const index = hostileColumns.findIndex(({ field }) => field.name === name)
  const batch = projectBatch(hostileBatch(), [index])
  const keep = textsOf(batch).flatMap((text, row) =>
    row < hostileColumns[index]!.cells.length && accepts(text ?? '') ? [row] : [],
  )
  return gatherRows(batch, Uint32Array.from(keep))
}

function textsOf(batch: RecordBatch): readonly (string | null)[] {
  const [column] = readColumns(batch)
  return Array.from({ length: batch.rowCount }, (_, row) => column!.text(row))
}
