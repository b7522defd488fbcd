import type { Schema } from '../../arrow/schema.ts'
import { mountedColumns, rowNumberColumn } from '../../engines/duckdb/mount.ts'
import { sortKeys } from '../../engines/duckdb/sort-keys.ts'
import { type ConditionSql, conditionSql, searchSql } from './condition-sql.ts'
import type { CanonicalView } from './view-request.ts'

/** Parts of SQL about a view over the result mounted as `mounted`; the columns are called `c<position>`. */
export interface ViewSql {
  /** What DuckDB is asked before: see `ConditionSql`. */
  readonly checks: ConditionSql['checks']
  /** FROM and WHERE: the rows that pass, with `columns` and those of the filter, in no order. */
  from(columns: readonly number[]): string
  /** WHERE … over any table with these columns, or nothing. */
  readonly where: string
  /** ORDER BY …: equal rows keep their stored order. */
  readonly orderBy: string
  /** Columns that filter and order need. */
  readonly columns: readonly number[]
}

export const rowNumber = `"${rowNumberColumn}"`

export function viewSql(
  mounted: string,
  schema: Schema,
  view: CanonicalView,
  nameOf: (column: number) => string = column => `c${column}`,
): ViewSql {
  const conditions = view.filter.map(condition =>
    conditionSql(condition, schema.fields[condition.column]!, nameOf(condition.column)),
  )
  const keys = view.sort.flatMap(({ column, descending, nullsFirst }) =>
    sortKeys(schema.fields[column]!, nameOf(column)).map(
      key => `${key} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
    ),
  )
  const tests = conditions.map(({ sql }) => sql)
  if (view.search !== undefined) tests.push(searchSql(view.search, schema.fields, nameOf))
  const where = tests.length === 0 ? '' : `WHERE ${tests.join(' AND ')}`
  const filtered =
    view.search === undefined ? view.filter.map(({ column }) => column) : schema.fields.map((_, column) => column)
  return {
    checks: conditions.flatMap(({ checks }) => checks),
    from: columns => `FROM ${mountedColumns(mounted, [...columns, ...filtered])} ${where}`,
    where,
    orderBy: `ORDER BY ${[...keys, rowNumber].join(', ')}`,
    columns: [...new Set([...view.sort.map(({ column }) => column), ...filtered])],
  }
}
