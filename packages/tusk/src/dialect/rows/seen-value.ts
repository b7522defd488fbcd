import type { DataField } from '../../arrow/data-type.ts'
import { TuskError } from '../../errors.ts'
import { type SafeSql, type SqlParts, sql } from '../safe-sql.ts'
import { postgresInput, sqlLiteral } from '../sql-literal.ts'

/** A column of a table: its name, the type as the catalog writes it, and the field that its values are read as. */
export interface ValueColumn {
  readonly name: string
  readonly type: string
  readonly field: DataField
}

/** A value from its exact text as the literal that the database reads back exactly into this column. What is no value of its type goes as text, and the database says so. */
export function valueSql(parts: SqlParts, { name, field }: ValueColumn, text: string | null): SafeSql {
  if (text === null) return sql`NULL`
  const { kind } = field.type
  // SQLite keeps texts with a NUL inside, which no literal of its can hold.
  if (parts.flavour === 'sqlite' && text.includes('\0') && kind === 'utf8')
    return sql`CAST(${parts.literal(() => `X'${hexOf(text)}'`)} AS TEXT)`
  const isNested = kind === 'list' || kind === 'struct' || kind === 'map'
  try {
    if (isNested && !/^(?:\[-?\d+:-?\d+\])+=/.test(text)) JSON.parse(text)
    if (parts.flavour === 'postgres') return parts.literal(quote => quote(postgresInput(field, text)))
    return parts.literal(quote => sqlLiteral(parts.flavour, field, text, quote))
  } catch (error) {
    if (!isNested || (error instanceof TuskError && error.code !== 'BAD_REQUEST')) throw error
    throw new TuskError('BAD_REQUEST', `The value for ${name} is not one of its type.`, {
      detail: error instanceof Error ? error.message : String(error),
      hint: 'It is written as JSON: lists as [1, 2], structures as {"name": "value"}.',
      cause: error,
    })
  }
}

/** Whether the row still has this value in the column; NULL is a value like others here. Undefined where values cannot be compared exactly. */
export function seenSql(parts: SqlParts, column: ValueColumn, text: string | null): SafeSql | undefined {
  const name = parts.name(column.name)
  if (text === null) return sql`${name} IS NULL`
  if (!isComparable(column)) return undefined
  const value = valueSql(parts, column, text)
  if (parts.flavour === 'sqlite') return seenInSqlite(parts, column, name, text, value)
  const type = parts.written(column.type, `The type of ${column.name}`)
  // Types without an equality of their own (json, point) have their text, and what is equal but looks otherwise was changed.
  if (parts.flavour === 'postgres') return sql`${name}::text IS NOT DISTINCT FROM CAST(${value} AS ${type})::text`
  return sql`${name} IS NOT DISTINCT FROM CAST(${value} AS ${type})`
}

/** A key column as an index can find it. */
export function keySql(parts: SqlParts, column: ValueColumn, text: string | null): SafeSql {
  const name = parts.name(column.name)
  if (text === null) return sql`${name} IS NULL`
  if (parts.flavour === 'sqlite') return seenInSqlite(parts, column, name, text, valueSql(parts, column, text))
  const type = parts.written(column.type, `The type of ${column.name}`)
  return sql`${name} = CAST(${valueSql(parts, column, text)} AS ${type})`
}

/** Geometries are read as bytes that no literal of the database is; unions and variants lose which of their types a value has. */
export function isComparable({ field, type }: Pick<ValueColumn, 'field' | 'type'>): boolean {
  return field.logical !== 'wkb' && !/^(?:UNION|VARIANT|geometry|geography)\b/i.test(type)
}

/** Its columns hold values of any type: a text that was read may be that of a number or of bytes. */
function seenInSqlite(parts: SqlParts, { field }: ValueColumn, name: SafeSql, text: string, value: SafeSql): SafeSql {
  if (field.logical === 'mixed' || field.logical === 'json') {
    const asText = sql`CAST(${name} AS TEXT) IS ${value}`
    const other = sqliteNumberOrBytes(parts, text)
    return other === undefined ? asText : sql`(${asText} OR ${name} IS ${other})`
  }
  // Numbers compare as what they are, whichever of its two kinds of them the column was read as.
  const isNumber = field.type.kind === 'int' || field.type.kind === 'float'
  return sql`${name} IS ${(isNumber ? sqliteNumberOrBytes(parts, text) : undefined) ?? value}`
}

function sqliteNumberOrBytes(parts: SqlParts, text: string): SafeSql | undefined {
  const kind = /^\\x(?:[0-9a-f]{2})*$/i.test(text)
    ? ({ kind: 'binary' } as const)
    : /^-?\d+$/.test(text)
      ? ({ kind: 'int', bits: 64, signed: true } as const)
      : /^-?(?:Infinity|\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.test(text)
        ? ({ kind: 'float', bits: 64 } as const)
        : undefined
  if (kind === undefined) return undefined
  const field: DataField = { name: '', type: kind, nullable: true }
  return parts.literal(quote => sqlLiteral('sqlite', field, text, quote))
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
