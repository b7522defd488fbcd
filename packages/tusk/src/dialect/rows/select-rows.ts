import type { RelationName } from '../../engine/introspector.ts'
import { joinSql, type SafeSql, type SqlParts, sql } from '../safe-sql.ts'

/** A value that rows have in a column, as text; the type is the catalog's. */
export interface RowFilter {
  readonly column: string
  readonly type: string
  readonly value: string
}

export interface SelectRows {
  readonly table: RelationName
  /** All of them must hold. */
  readonly filter: readonly RowFilter[]
  /** The rows come in the order of these columns. */
  readonly order: readonly string[]
  /** Absent: all rows. */
  readonly limit?: number
}

/** The rows of a table as the table page reads them. */
export function selectRowsSql(parts: SqlParts, { table, filter, order, limit }: SelectRows): SafeSql {
  const where =
    filter.length === 0
      ? sql``
      : sql` WHERE ${joinSql(
          filter.map(one => filterSql(parts, one)),
          sql` AND `,
        )}`
  const ordered = order.length === 0 ? sql`` : sql` ORDER BY ${parts.names(order)}`
  const limited =
    limit === undefined ? sql`` : sql` LIMIT ${parts.written(String(Math.max(0, Math.floor(limit))), 'The limit')}`
  return sql`SELECT * FROM ${parts.relation(table)}${where}${ordered}${limited}`
}

function filterSql(parts: SqlParts, { column, type, value }: RowFilter): SafeSql {
  const name = parts.name(column)
  const text = parts.text(value)
  const hex = /^\\x((?:[0-9a-f]{2})*)$/i.exec(value)?.[1]
  switch (parts.flavour) {
    case 'postgres':
      return sql`${name} = CAST(${text} AS ${parts.written(type, `The type of ${column}`)})`
    case 'duckdb':
      if (hex !== undefined && type === 'BLOB') return sql`${name} = unhex(${parts.text(hex)})`
      return sql`${name} = CAST(${text} AS ${parts.written(type, `The type of ${column}`)})`
    case 'sqlite':
      // Columns with a type turn the text into what they keep; others keep what came.
      if (hex !== undefined) return sql`(${name} = ${text} OR ${name} = unhex(${parts.text(hex)}))`
      return type === '' ? sql`(${name} = ${text} OR ${name} = CAST(${text} AS NUMERIC))` : sql`${name} = ${text}`
  }
}
