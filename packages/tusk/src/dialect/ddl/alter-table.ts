import type { RelationName } from '../../engine/introspector.ts'
import type { TableDetails } from '../../engine/table-details.ts'
import { TuskError } from '../../errors.ts'
import { type SafeSql, type SqlParts, sql } from '../safe-sql.ts'
import { rebuildSqlite } from './rebuild-sqlite.ts'
import { type ColumnDraft, columnSql, defaultSql } from './table-ddl.ts'

/** What a column of a table is to become; `was` is its name now, absent: it is new. */
export interface ColumnChange extends ColumnDraft {
  readonly was?: string
}

export interface TableChange {
  /** Its name afterwards. */
  readonly name: string
  /** All columns that it shall have; those that are not among them are dropped. */
  readonly columns: readonly ColumnChange[]
}

/**
 * The statements that make a table so, in order; none when it is so already. Run them in one session, stopping at the first that fails: nothing of them stays
 * then. SQLite makes the table anew where its ALTER TABLE cannot. BAD_REQUEST for what is no type or expression; UNSUPPORTED, with what to do instead.
 */
export function alterTableSql(parts: SqlParts, details: TableDetails, change: TableChange): readonly SafeSql[] {
  const { catalog, schema, name } = details
  const table: RelationName = { ...(catalog === undefined ? {} : { catalog }), schema, name }
  const before = new Map(details.columns.map(column => [column.name, column]))
  const kept = new Set(change.columns.map(({ was }) => was).filter(was => was !== undefined))
  if (change.columns.length === 0) throw new TuskError('BAD_REQUEST', 'A table has at least one column.')
  const alter = sql`ALTER TABLE ${parts.relation(table)}`
  const redefined = change.columns.filter(column => {
    const old = column.was === undefined ? undefined : before.get(column.was)
    return (
      old !== undefined &&
      (!isSameType(old.type, column.type) || old.nullable !== column.nullable || isOther(old.default, column.default))
    )
  })
  const statements: SafeSql[] = []
  if (parts.flavour === 'sqlite' && redefined.length > 0) statements.push(...rebuildSqlite(parts, details, redefined))
  else for (const column of redefined) statements.push(...redefine(parts, alter, before.get(column.was!)!, column))
  for (const column of details.columns)
    if (!kept.has(column.name)) statements.push(sql`${alter} DROP COLUMN ${parts.name(column.name)}`)
  for (const { was, name: now } of change.columns)
    if (was !== undefined && was !== now)
      statements.push(sql`${alter} RENAME COLUMN ${parts.name(was)} TO ${parts.name(now)}`)
  for (const column of change.columns) if (column.was === undefined) statements.push(...added(parts, alter, column))
  if (change.name !== name) statements.push(sql`${alter} RENAME TO ${parts.name(change.name)}`)
  return statements
}

/** The statements as a script: one transaction, and around it what SQLite needs for making a table anew. */
export function ddlScript(parts: SqlParts, statements: readonly SafeSql[]): string {
  if (statements.length === 0) return ''
  const ended = (text: string): string => `${text};`
  const isRebuilt = parts.flavour === 'sqlite' && statements.some(({ text }) => text.startsWith('INSERT INTO'))
  // DuckDB changes a table once in a transaction; each of its statements is one.
  const isOne = statements.length === 1 || parts.flavour === 'duckdb'
  const lines = statements.map(({ text }) => ended(text))
  if (isOne) return lines.join('\n')
  const inside = ['BEGIN;', ...lines, 'COMMIT;']
  // It cannot be changed inside of a transaction.
  return (isRebuilt ? ['PRAGMA foreign_keys = OFF;', ...inside, 'PRAGMA foreign_keys = ON;'] : inside).join('\n')
}

/** PostgreSQL and DuckDB. */
function redefine(
  parts: SqlParts,
  alter: SafeSql,
  old: TableDetails['columns'][number],
  column: ColumnChange,
): readonly SafeSql[] {
  const name = parts.name(column.was!)
  const statements: SafeSql[] = []
  const isOtherDefault = isOther(old.default, column.default)
  const isOtherType = !isSameType(old.type, column.type)
  // A default of the old type may be none of the new one.
  if (isOtherDefault && old.default !== undefined) statements.push(sql`${alter} ALTER COLUMN ${name} DROP DEFAULT`)
  if (isOtherType) {
    const type = parts.written(column.type, `The type of ${column.name}`)
    statements.push(sql`${alter} ALTER COLUMN ${name} TYPE ${type} USING CAST(${name} AS ${type})`)
  }
  const initial = defaultSql(parts, column)
  if (isOtherDefault && initial !== undefined)
    statements.push(sql`${alter} ALTER COLUMN ${name} SET DEFAULT ${initial}`)
  if (old.nullable !== column.nullable)
    statements.push(
      column.nullable
        ? sql`${alter} ALTER COLUMN ${name} DROP NOT NULL`
        : sql`${alter} ALTER COLUMN ${name} SET NOT NULL`,
    )
  return statements
}

function added(parts: SqlParts, alter: SafeSql, column: ColumnChange): readonly SafeSql[] {
  if (parts.flavour !== 'duckdb') {
    if (parts.flavour === 'sqlite' && column.unique === true)
      throw new TuskError('UNSUPPORTED', 'SQLite adds no unique columns: add it, then make a unique index.')
    if (parts.flavour === 'sqlite' && !column.nullable && (column.default ?? '').trim() === '')
      throw new TuskError('UNSUPPORTED', `SQLite adds a NOT NULL column only with a default: give ${column.name} one.`)
    return [sql`${alter} ADD COLUMN ${columnSql(parts, column)}`]
  }
  if (column.unique === true)
    throw new TuskError('UNSUPPORTED', 'DuckDB adds no unique columns: add it, then make a unique index.')
  const plain = sql`${alter} ADD COLUMN ${columnSql(parts, { ...column, nullable: true })}`
  return column.nullable ? [plain] : [plain, sql`${alter} ALTER COLUMN ${parts.name(column.name)} SET NOT NULL`]
}

function isOther(one: string | undefined, other: string | undefined): boolean {
  return (one ?? '').trim() !== (other ?? '').trim()
}

function isSameType(one: string, other: string): boolean {
  const plain = (type: string): string => type.trim().replaceAll(/\s+/g, ' ').toLowerCase()
  return plain(one) === plain(other)
}
