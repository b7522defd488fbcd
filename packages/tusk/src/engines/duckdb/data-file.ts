import { basename } from 'node:path'
import { duckdbDialect } from '../../dialect/duckdb.ts'

/**
 * A data file as a view of a DuckDB session: the name it is asked for by, and the statement that makes it. Undefined for files that
 * DuckDB cannot read by itself. The name is the file's, made to one that needs no quotes.
 */
export function dataFileView(path: string): { readonly name: string; readonly sql: string } | undefined {
  const match = /^(.*?)\.([a-z]+)(\.gz|\.zst)?$/i.exec(basename(path))
  const reader = match === null ? undefined : readers[match[2]!.toLowerCase()]
  if (match === null || reader === undefined) return undefined
  const word = match[1]!.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(?=\p{N})|^$/u, 't_')
  const name = duckdbDialect.quoteIdentifier(word)
  return { name, sql: `CREATE OR REPLACE VIEW ${name} AS SELECT * FROM ${reader}(${duckdbDialect.quoteLiteral(path)})` }
}

const readers: Readonly<Record<string, string>> = {
  csv: 'read_csv',
  tsv: 'read_csv',
  txt: 'read_csv',
  parquet: 'read_parquet',
  json: 'read_json',
  jsonl: 'read_json',
  ndjson: 'read_json',
  geojson: 'read_json',
}
