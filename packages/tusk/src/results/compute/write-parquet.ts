import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { DataField } from '../../arrow/data-type.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { mountedColumnNames } from '../../engines/duckdb/mount.ts'
import type { HostSession } from '../../host/host-pool.ts'
import type { StoredResult } from '../result-store.ts'
import { checkValues } from './check-values.ts'
import { mountedResult } from './compute-hosts.ts'
import type { CanonicalView } from './view-request.ts'
import { viewSql } from './view-sql.ts'

/**
 * Writes the rows of a view to a Parquet file, there whole or not at all. Names are the result's own, told apart where they
 * repeat; UUIDs, JSON and enums get the Parquet types of those names, other text stays text.
 */
export async function writeParquet(
  session: HostSession,
  result: StoredResult,
  view: CanonicalView,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const names = mountedColumnNames(result.schema)
  const quoted = names.map(name => `"${name.replaceAll('"', '""')}"`)
  const sql = viewSql(mountedResult, result.schema, view, column => quoted[column]!)
  await checkValues(session, sql.checks, signal)
  const columns = result.schema.fields.map(
    (field, index) => `${parquetValue(field, quoted[index]!)} AS ${quoted[index]}`,
  )
  const ordered = view.sort.length === 0 ? '' : sql.orderBy
  const rows = `SELECT ${columns.join(', ')} FROM ${mountedResult} ${sql.where} ${ordered}`
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await session.rows(
      `COPY (${rows}) TO ${duckdbDialect.quoteLiteral(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
      {
        signal,
      },
    )
    await using file = await open(temporary, 'r')
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function parquetValue(field: DataField, column: string): string {
  switch (field.logical) {
    case 'uuid':
      return `CAST(${column} AS UUID)`
    case 'json':
      return `CAST(${column} AS JSON)`
    case 'enum': {
      const labels = field.labels ?? []
      if (labels.length === 0 || labels.length > 10_000) return column
      return `CAST(${column} AS ENUM (${labels.map(label => duckdbDialect.quoteLiteral(label)).join(', ')}))`
    }
    default:
      return column
  }
}
