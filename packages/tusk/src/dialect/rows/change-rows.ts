import type { RelationName } from '../../engine/introspector.ts'
import { TuskError } from '../../errors.ts'
import { joinSql, type SafeSql, type SqlParts, sql } from '../safe-sql.ts'
import { isComparable, keySql, seenSql, type ValueColumn, valueSql } from './seen-value.ts'

/** A value as exact text, null for NULL, or what the column has by default. */
export type NewValue = { readonly value: string | null } | { readonly default: true }

/** What happens to one row. `seen`: its exact values as they were shown, by column. */
export type RowChange =
  | { readonly kind: 'insert'; readonly set: Readonly<Record<string, NewValue>> }
  | {
      readonly kind: 'update'
      readonly seen: Readonly<Record<string, string | null>>
      readonly set: Readonly<Record<string, NewValue>>
    }
  | { readonly kind: 'delete'; readonly seen: Readonly<Record<string, string | null>> }

export interface ChangedTable {
  readonly name: RelationName
  /** By name. */
  readonly columns: ReadonlyMap<string, ChangedColumn>
  /** The columns that tell rows apart. */
  readonly key: readonly string[]
}

export interface ChangedColumn extends ValueColumn {
  readonly default?: string
  /** Why it takes no value: the database makes it. */
  readonly fixed?: string
}

/**
 * The statement of one change. It gives a row when it did its work: none says that the row is gone or no longer what was seen, several that
 * the key is none. BAD_REQUEST for columns that are not there or take no value, and for a row whose key was not seen.
 */
export function changeSql(parts: SqlParts, table: ChangedTable, change: RowChange): SafeSql {
  const name = parts.relation(table.name)
  switch (change.kind) {
    case 'insert':
      return sql`${insertSql(parts, table, name, change.set)} RETURNING 1`
    case 'delete':
      return sql`DELETE FROM ${name} WHERE ${rowSql(parts, table, change.seen)} RETURNING 1`
    case 'update': {
      const set = Object.entries(change.set)
      if (set.length === 0) throw new TuskError('BAD_REQUEST', 'This change changes nothing.')
      const assigned = set.map(([column, value]) => {
        const known = changeable(table, column)
        return sql`${parts.name(known.name)} = ${'default' in value ? defaultSql(parts, known) : valueSql(parts, known, value.value)}`
      })
      return sql`UPDATE ${name} SET ${joinSql(assigned, sql`, `)} WHERE ${rowSql(parts, table, change.seen)} RETURNING 1`
    }
  }
}

/** The row with this key, if it is still as it was seen. */
function rowSql(parts: SqlParts, table: ChangedTable, seen: Readonly<Record<string, string | null>>): SafeSql {
  if (table.key.length === 0) throw new TuskError('BAD_REQUEST', 'The rows of this table cannot be told apart.')
  const key = table.key.map(column => {
    const text = seen[column]
    if (text === undefined) throw new TuskError('BAD_REQUEST', `The value of the key ${column} was not given.`)
    return keySql(parts, columnOf(table, column), text)
  })
  const others = Object.entries(seen)
    .filter(([column]) => !table.key.includes(column))
    .map(([column, text]) => seenSql(parts, columnOf(table, column), text))
    .filter(condition => condition !== undefined)
  return joinSql([...key, ...others], sql` AND `)
}

function insertSql(
  parts: SqlParts,
  table: ChangedTable,
  name: SafeSql,
  set: Readonly<Record<string, NewValue>>,
): SafeSql {
  const given = Object.entries(set).flatMap(([column, value]) =>
    'default' in value ? [] : [[column, value.value] as const],
  )
  if (given.length === 0) return sql`INSERT INTO ${name} DEFAULT VALUES`
  const columns = parts.names(given.map(([column]) => changeable(table, column).name))
  const values = given.map(([column, value]) => valueSql(parts, columnOf(table, column), value))
  return sql`INSERT INTO ${name} (${columns}) VALUES (${joinSql(values, sql`, `)})`
}

/** SQLite knows no DEFAULT in an UPDATE. */
function defaultSql(parts: SqlParts, { name, default: initial }: ChangedColumn): SafeSql {
  if (parts.flavour !== 'sqlite') return sql`DEFAULT`
  return initial === undefined ? sql`NULL` : sql`(${parts.written(initial, `The default of ${name}`)})`
}

function columnOf(table: ChangedTable, name: string): ChangedColumn {
  const column = table.columns.get(name)
  if (column === undefined) throw new TuskError('BAD_REQUEST', `There is no column ${name} in this table.`)
  return column
}

function changeable(table: ChangedTable, name: string): ChangedColumn {
  const column = columnOf(table, name)
  if (column.fixed !== undefined) throw new TuskError('BAD_REQUEST', `${name} takes no value: ${column.fixed}`)
  if (!isComparable(column))
    throw new TuskError('BAD_REQUEST', `${name} cannot be edited here: values of ${column.type} are not exact as text.`)
  return column
}
