import { duckdbDialect } from '../../../dialect/duckdb.ts'
import type { WireImportOptions } from '../../../wire.ts'
import type { FileFormat } from './file-format.ts'

const { quoteIdentifier, quoteLiteral } = duckdbDialect

/** Columns of a file with their types, as DuckDB finds them in all of it. Answers column_name, column_type. */
export function describeSql(path: string, format: FileFormat, options: WireImportOptions): string {
  return `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${reader(path, format, options)})`
}

/** How a text is written: delimiter, quote, and whether its first line has the names. */
export function sniffSql(path: string): string {
  return `SELECT Delimiter, Quote, HasHeader FROM sniff_csv(${quoteLiteral(path)}, ignore_errors = true, sample_size = ${sampled})`
}

/** All rows that fit the types. */
export function rowsSql(path: string, format: FileFormat, options: WireImportOptions): string {
  const from = reader(path, format, options)
  if (format === 'csv') return `SELECT * FROM ${from}`
  const types = changedTypes(options)
  if (types.length === 0) return `SELECT * FROM ${from}`
  const casts = types.map(
    ({ name, type }) => `TRY_CAST(${quoteIdentifier(name)} AS ${type}) AS ${quoteIdentifier(name)}`,
  )
  return `SELECT * REPLACE (${casts.join(', ')}) FROM ${from} WHERE NOT (${misfits(options)})`
}

/** What did not fit, with the reason; undefined: everything does. Of a text it is there after `rowsSql` ran in the same session. */
export function rejectedSql(path: string, format: FileFormat, options: WireImportOptions): string | undefined {
  if (format === 'csv')
    return 'SELECT line, column_name AS "column", error_message AS reason, csv_line AS text FROM reject_errors ORDER BY line, column_idx'
  if (changedTypes(options).length === 0) return undefined
  return `SELECT * FROM ${reader(path, format, options)} WHERE ${misfits(options)}`
}

/** Rows of a text that are looked at for its types: all of them. */
const sampled = -1

function reader(
  path: string,
  format: FileFormat,
  { delimiter, quote, header, encoding, nullText, columns }: WireImportOptions,
): string {
  const file = quoteLiteral(path)
  if (format === 'parquet') return `read_parquet(${file})`
  if (format === 'json') return `read_json(${file}, sample_size = ${sampled})`
  const types = (columns ?? []).map(({ name, type }) => `${quoteLiteral(name)}: ${quoteLiteral(type)}`)
  const given = [
    ['delim', delimiter === undefined || delimiter === '' ? undefined : quoteLiteral(delimiter)],
    ['quote', quote === undefined ? undefined : quoteLiteral(quote)],
    ['header', header === undefined ? undefined : String(header)],
    ['encoding', encoding === undefined ? undefined : quoteLiteral(encoding)],
    ['nullstr', nullText === undefined || nullText === '' ? undefined : `['', ${quoteLiteral(nullText)}]`],
    ['types', types.length === 0 ? undefined : `{${types.join(', ')}}`],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]))
  return `read_csv(${[file, 'store_rejects = true', `sample_size = ${sampled}`, ...given].join(', ')})`
}

function changedTypes({ columns }: WireImportOptions): readonly { readonly name: string; readonly type: string }[] {
  return columns ?? []
}

function misfits(options: WireImportOptions): string {
  return changedTypes(options)
    .map(({ name, type }) => {
      const column = quoteIdentifier(name)
      return `(${column} IS NOT NULL AND TRY_CAST(${column} AS ${type}) IS NULL)`
    })
    .join(' OR ')
}
