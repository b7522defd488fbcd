import type { RelationName } from '../../engine/introspector.ts'
import { TuskError } from '../../errors.ts'
import { joinSql, type SafeSql, type SqlParts, sql } from '../safe-sql.ts'

/** A column as a person describes it; type and default are SQL that they write. */
export interface ColumnDraft {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  readonly default?: string
  readonly primaryKey?: boolean
  readonly unique?: boolean
}

/** BAD_REQUEST without columns, for two of one name, and for what is no type or expression. */
export function createTableSql(parts: SqlParts, table: RelationName, columns: readonly ColumnDraft[]): SafeSql {
  if (columns.length === 0) throw new TuskError('BAD_REQUEST', 'A table has at least one column.')
  checkNames(columns)
  const keys = columns.filter(({ primaryKey }) => primaryKey === true)
  const lines = columns.map(column => columnSql(parts, column, keys.length === 1))
  if (keys.length > 1) lines.push(sql`PRIMARY KEY (${parts.names(keys.map(({ name }) => name))})`)
  return sql`CREATE TABLE ${parts.relation(table)} (
  ${joinSql(
    lines,
    sql`,
  `,
  )}
)`
}

export interface IndexDraft {
  readonly name: string
  readonly table: RelationName
  /** Names of columns. */
  readonly columns: readonly string[]
  readonly unique: boolean
  /** Only rows of which this holds; SQL. */
  readonly where?: string
}

/** UNSUPPORTED for a condition in DuckDB, whose indexes are of all rows. */
export function createIndexSql(parts: SqlParts, { name, table, columns, unique, where = '' }: IndexDraft): SafeSql {
  if (columns.length === 0) throw new TuskError('BAD_REQUEST', 'Choose at least one column.')
  if (where.trim() !== '' && parts.flavour === 'duckdb')
    throw new TuskError('UNSUPPORTED', 'DuckDB has no indexes of some rows only: leave the condition out.')
  const what = unique ? sql`UNIQUE INDEX` : sql`INDEX`
  const condition = where.trim() === '' ? sql`` : sql` WHERE ${parts.written(where, 'The condition')}`
  // An index lies in the schema of its table; SQLite names that before the index.
  const names =
    parts.flavour === 'sqlite'
      ? sql`${parts.relation({ schema: table.schema, name })} ON ${parts.name(table.name)}`
      : sql`${parts.name(name)} ON ${parts.relation(table)}`
  return sql`CREATE ${what} ${names} (${parts.names(columns)})${condition}`
}

export function createViewSql(parts: SqlParts, view: RelationName, query: string): SafeSql {
  const body = parts.written(query.trim().replace(/;$/, ''), 'The query')
  const kind = parts.dialect.classify(body.text)
  if (kind !== 'select') throw new TuskError('BAD_REQUEST', 'A view is made of a SELECT.')
  return sql`CREATE VIEW ${parts.relation(view)} AS
${body}`
}

export type Droppable = 'table' | 'view' | 'materialized view' | 'index'

export function dropSql(parts: SqlParts, kind: Droppable, name: RelationName): SafeSql {
  const word = {
    table: sql`TABLE`,
    view: sql`VIEW`,
    'materialized view': sql`MATERIALIZED VIEW`,
    index: sql`INDEX`,
  }[kind]
  return sql`DROP ${word} ${parts.relation(name)}`
}

export function columnSql(parts: SqlParts, column: ColumnDraft, withKey = false): SafeSql {
  const { name, type, nullable, unique, primaryKey } = column
  const words: SafeSql[] = [parts.name(name)]
  // Only SQLite has columns without a type.
  if (type.trim() !== '' || parts.flavour !== 'sqlite') words.push(parts.written(type, `The type of ${name}`))
  if (withKey && primaryKey === true) words.push(sql`PRIMARY KEY`)
  if (!nullable) words.push(sql`NOT NULL`)
  if (unique === true && !(withKey && primaryKey === true)) words.push(sql`UNIQUE`)
  const initial = defaultSql(parts, column)
  if (initial !== undefined) words.push(sql`DEFAULT ${initial}`)
  return joinSql(words, sql` `)
}

/** In parentheses where the dialect wants more than a literal to stand in them. */
export function defaultSql(parts: SqlParts, { name, default: initial = '' }: ColumnDraft): SafeSql | undefined {
  if (initial.trim() === '') return undefined
  const written = parts.written(initial, `The default of ${name}`)
  const isLiteral = /^(?:[-+]?[\d.]+|'(?:[^']|'')*'|NULL|TRUE|FALSE|CURRENT_\w+|\(.*\))$/is.test(written.text)
  return isLiteral || parts.flavour !== 'sqlite' ? written : sql`(${written})`
}

function checkNames(columns: readonly ColumnDraft[]): void {
  const names = new Set<string>()
  for (const { name } of columns) {
    if (name.trim() === '') throw new TuskError('BAD_REQUEST', 'Give each column a name.')
    if (names.has(name.toLowerCase())) throw new TuskError('BAD_REQUEST', `Two columns are called ${name}.`)
    names.add(name.toLowerCase())
  }
}
