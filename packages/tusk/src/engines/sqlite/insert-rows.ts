import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { setImmediate as macrotask } from 'node:timers/promises'
import { type ColumnReader, readColumns } from '../../arrow/index.ts'
import { sqliteDialect } from '../../dialect/sqlite.ts'
import { type LoadOptions, type LoadRequest, pieces } from '../../engine/load.ts'
import { TuskError } from '../../errors.ts'
import { throwIfAborted } from './result-stream.ts'
import { sqliteError } from './sqlite-error.ts'

/** Inserts each row by a prepared statement, in the transaction that is open → how many. What SQLite refuses says which row it was. */
export async function insertRows(
  database: DatabaseSync,
  { table, columns, source }: LoadRequest,
  { signal, onProgress }: LoadOptions,
): Promise<number> {
  const { quoteIdentifier } = sqliteDialect
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
  const places = columns.map(() => '?').join(', ')
  const sql = `INSERT INTO ${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)} (${names}) VALUES (${places})`
  const insert = prepare(database, sql)
  const positions = columns.map(({ from }) => from)
  let told = 0
  for (const { first, count } of pieces(source)) {
    throwIfAborted(signal)
    const values = readColumns(source.readRows(first, count, positions)).map(sqliteValues)
    for (let row = 0; row < count; row++) {
      try {
        insert.run(...values.map(value => value(row)))
      } catch (error) {
        throw rowRefused(error, first + row)
      }
    }
    // A running statement holds the thread: between two pieces a cancel is heard.
    await macrotask()
    if (performance.now() - told < 50) continue
    told = performance.now()
    onProgress?.(first + count)
  }
  throwIfAborted(signal)
  return source.rowCount
}

function prepare(database: DatabaseSync, sql: string) {
  try {
    return database.prepare(sql)
  } catch (error) {
    throw sqliteError(error, {})
  }
}

function rowRefused(error: unknown, row: number): TuskError {
  const known = sqliteError(error, {})
  return new TuskError(known.code, known.message, {
    detail: `Row ${(row + 1).toLocaleString('en')} of the rows to load.`,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    ...(known.sourceCode === undefined ? {} : { sourceCode: known.sourceCode }),
    cause: error,
  })
}

/**
 * A column's values as SQLite keeps them: numbers as INTEGER and REAL, bytes as BLOB, everything else as its exact text. SQLite has no NaN,
 * which becomes NULL, and no integers beyond int64, which stay text.
 */
function sqliteValues(column: ColumnReader): (row: number) => SQLInputValue {
  const { type } = column.field
  switch (type.kind) {
    case 'bool':
      return row => (column.isNull(row) ? null : column.value(row) === true ? 1 : 0)
    case 'int':
      return type.bits === 64 && !type.signed
        ? row => bigOrText(column, row)
        : row => column.value(row) as number | bigint | null
    case 'float':
      // As double a float has other digits than the ones that are shown.
      if (type.bits === 32) return row => numberOrNull(column.text(row))
      return row => {
        const value = column.value(row) as number | null
        return Number.isNaN(value) ? null : value
      }
    case 'binary':
      return row => column.value(row) as Uint8Array | null
    default:
      return row => column.text(row)
  }
}

function bigOrText(column: ColumnReader, row: number): SQLInputValue {
  const value = column.value(row) as bigint | null
  return value === null || value < 2n ** 63n ? value : String(value)
}

function numberOrNull(text: string | null): number | null {
  const value = text === null ? null : Number(text)
  return Number.isNaN(value) ? null : value
}
