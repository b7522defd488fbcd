import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { DataField } from '../../arrow/data-type.ts'
import type { Schema } from '../../arrow/schema.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { mountedColumnNames, mountedColumns } from '../../engines/duckdb/mount.ts'
import { mountedInOrder, rowGroupMarks } from '../../engines/duckdb/row-groups.ts'
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
  const sql = viewSql(mountedResult, result.schema, view)
  await checkValues(session, sql.checks, signal)
  const richer = await richerTypes(session, result.schema, signal)
  const columns = mountedColumnNames(result.schema).map((name, column) => {
    const type = richer.get(column)
    const value = type === undefined ? `c${column}` : `CAST(c${column} AS ${type})`
    return `${value} AS ${duckdbDialect.quoteIdentifier(name)}`
  })
  const id = randomBytes(6).toString('hex')
  const temporary = `${path}.${id}.tmp`
  const copy = (rows: string) =>
    session.rows(
      `COPY (SELECT ${columns.join(', ')} ${rows}) TO ${duckdbDialect.quoteLiteral(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
      { signal },
    )
  try {
    if (view.sort.length !== 0) await copy(`${sql.from(result.schema.fields.keys().toArray())} ${sql.orderBy}`)
    else {
      await withRowGroupMarks(session, `row groups ${id}`, signal, marks =>
        copy(`FROM ${mountedInOrder(result.schema, marks)} ${sql.where}`),
      )
    }
    await using file = await open(temporary, 'r')
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The table lasts as long as `work`; when the session is lost it is gone with it. */
async function withRowGroupMarks(
  session: HostSession,
  marks: string,
  signal: AbortSignal,
  work: (marks: string) => Promise<unknown>,
): Promise<void> {
  const table = `temp.main.${duckdbDialect.quoteIdentifier(marks)}`
  await session.rows(`CREATE TEMP TABLE ${table} AS ${rowGroupMarks(mountedResult)}`, { signal })
  await work(marks)
  await session.rows(`DROP TABLE ${table}`, { signal })
}

/** Types that Parquet knows and text stands for with us, for the columns all of whose values are of them. */
async function richerTypes(
  session: HostSession,
  schema: Schema,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, string>> {
  const wanted = schema.fields.flatMap((field, column) => {
    const type = richerType(field)
    return type === undefined ? [] : [{ column, type }]
  })
  if (wanted.length === 0) return new Map()
  const fits = wanted.map(({ column, type }) => {
    const holds = type === 'JSON' ? `json_valid(c${column})` : `TRY_CAST(c${column} AS ${type}) IS NOT NULL`
    return `bool_and(c${column} IS NULL OR ${holds})`
  })
  const from = mountedColumns(
    mountedResult,
    wanted.map(({ column }) => column),
  )
  const [row = []] = await session.rows(`SELECT ${fits.join(', ')} FROM ${from}`, { signal })
  return new Map(wanted.flatMap(({ column, type }, index) => (row[index] === 'true' ? [[column, type] as const] : [])))
}

function richerType(field: DataField): string | undefined {
  switch (field.logical) {
    case 'uuid':
      return 'UUID'
    case 'json':
      return 'JSON'
    case 'enum': {
      const labels = field.labels ?? []
      if (labels.length === 0 || labels.length > 10_000) return undefined
      return `ENUM (${labels.map(label => duckdbDialect.quoteLiteral(label)).join(', ')})`
    }
    default:
      return undefined
  }
}
