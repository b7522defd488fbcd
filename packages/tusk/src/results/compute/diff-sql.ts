import type { DataField } from '../../arrow/data-type.ts'
import type { Schema } from '../../arrow/schema.ts'
import { diffColumns } from '../../dialect/diff-columns.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { mountedColumns } from '../../engines/duckdb/mount.ts'
import { TuskError } from '../../errors.ts'
import type { DiffRequest } from '../diff.ts'
import { textOf } from './column-sql.ts'

/** A column that both results have, with its position in each. */
export interface SharedColumn {
  readonly name: string
  readonly before: number
  readonly after: number
}

export interface DiffPlan {
  readonly key: readonly SharedColumn[]
  readonly compared: readonly SharedColumn[]
  /** Columns of one of them alone, and ignored ones. */
  readonly left: readonly string[]
}

/** A side of the diff: the name under which it is mounted, and its columns. */
export interface Side {
  readonly mounted: string
  readonly schema: Schema
}

/** Columns that both have, by name; of repeated names the first. */
export function sharedColumns(before: Schema, after: Schema): readonly SharedColumn[] {
  const positions = new Map<string, number>()
  for (const [index, { name }] of after.fields.entries())
    if (!positions.has(name.toLowerCase())) positions.set(name.toLowerCase(), index)
  return before.fields.flatMap(({ name }, index) => {
    const found = positions.get(name.toLowerCase())
    positions.delete(name.toLowerCase())
    return found === undefined ? [] : [{ name, before: index, after: found }]
  })
}

/** BAD_REQUEST for a key that is none of the shared columns. */
export function diffPlan(
  before: Schema,
  after: Schema,
  key: readonly string[],
  { ignore = [] }: DiffRequest,
): DiffPlan {
  const shared = sharedColumns(before, after)
  const named = (name: string): SharedColumn | undefined =>
    shared.find(column => column.name.toLowerCase() === name.toLowerCase())
  const keys = key.map(name => {
    const column = named(name)
    if (column === undefined) throw new TuskError('BAD_REQUEST', `Not both results have a column “${name}”.`)
    return column
  })
  const ignored = new Set(ignore.map(name => name.toLowerCase()))
  const compared = shared.filter(column => !keys.includes(column) && !ignored.has(column.name.toLowerCase()))
  const used = new Set([...keys, ...compared].map(({ name }) => name.toLowerCase()))
  const left = [...before.fields, ...after.fields].map(({ name }) => name).filter(name => !used.has(name.toLowerCase()))
  return { key: keys, compared, left: [...new Set(left)] }
}

/** Whether a column has no value twice: `true` or `false`. */
export function uniqueSql({ mounted, schema }: Side, columns: readonly number[]): string {
  const values = columns.map(column => comparable(schema.fields[column]!, `c${column}`))
  return `SELECT count(*) = count(DISTINCT (${values.join(', ')})) FROM ${mountedColumns(mounted, columns)}`
}

/** A key that comes more than once, as text, with how many rows have it; no row: there is none. */
export function repeatedSql({ mounted, schema }: Side, columns: readonly number[]): string {
  const texts = columns.map(column => `any_value(${textOf(schema.fields[column]!, `c${column}`)})`)
  // As they are compared: 1.5 and 1.50 are one number.
  const keys = columns.map(column => comparable(schema.fields[column]!, `c${column}`))
  return `SELECT ${texts.join(', ')}, count(*) FROM ${mountedColumns(mounted, columns)} GROUP BY ${keys.join(', ')} HAVING count(*) > 1 LIMIT 1`
}

/** All rows that are not the same on both sides, in the order of the key. */
export function diffSql(before: Side, after: Side, plan: DiffPlan, tolerance: number): string {
  const { key, compared } = plan
  const name = duckdbDialect.quoteIdentifier
  const keys = key.map(column => `coalesce(b.c${column.before}, a.c${column.after}) AS ${name(column.name)}`)
  const mixedKeys = key.map((column, index) => {
    const [one, other] = [before.schema.fields[column.before]!, after.schema.fields[column.after]!]
    return isSameType(one, other)
      ? keys[index]
      : `coalesce(${textOf(one, `b.c${column.before}`)}, ${textOf(other, `a.c${column.after}`)}) AS ${name(column.name)}`
  })
  const values = compared.flatMap(column => [
    `b.c${column.before} AS ${name(diffColumns.before(column.name))}`,
    `a.c${column.after} AS ${name(diffColumns.after(column.name))}`,
  ])
  const order = key.map((_, index) => String(index + 3)).join(', ')
  return `SELECT ${[
    `${change} AS ${name(diffColumns.change)}`,
    `CASE WHEN ${change} = 'changed' THEN ${differing(before, after, plan, tolerance)} END AS ${name(diffColumns.changed)}`,
    ...mixedKeys,
    ...values,
  ].join(', ')} ${joined(before, after, plan)} WHERE ${isDifferent(before, after, plan, tolerance)} ORDER BY ${order}`
}

/** How many rows were added, removed and changed, of the stored rows of `diffSql`. */
export function countSql(mounted: string): string {
  const counts = ['added', 'removed', 'changed'].map(word => `count(*) FILTER (c0 = '${word}')`)
  return `SELECT ${counts.join(', ')} FROM ${mountedColumns(mounted, [0])}`
}

const change = `CASE WHEN b."tusk:row" IS NULL THEN 'added' WHEN a."tusk:row" IS NULL THEN 'removed' ELSE 'changed' END`

function joined(before: Side, after: Side, { key, compared }: DiffPlan): string {
  const columns = [...key, ...compared]
  const on = key.map(
    column =>
      `${keyOf(before, column.before, after, column.after, 'b')} IS NOT DISTINCT FROM ${keyOf(after, column.after, before, column.before, 'a')}`,
  )
  return `FROM ${mountedColumns(
    before.mounted,
    columns.map(column => column.before),
  )} b FULL JOIN ${mountedColumns(
    after.mounted,
    columns.map(column => column.after),
  )} a ON ${on.join(' AND ')}`
}

/** As it is where both are of one type, so that nothing is converted; otherwise as a text that equal values share. */
function keyOf(side: Side, column: number, other: Side, otherColumn: number, alias: string): string {
  const field = side.schema.fields[column]!
  const sql = `${alias}.c${column}`
  return isSameType(field, other.schema.fields[otherColumn]!) ? comparable(field, sql) : canonicalText(field, sql)
}

function isDifferent(before: Side, after: Side, plan: DiffPlan, tolerance: number): string {
  const tests = plan.compared.map(column => differs(before, after, column, tolerance))
  return `(b."tusk:row" IS NULL OR a."tusk:row" IS NULL${tests.map(test => ` OR ${test}`).join('')})`
}

function differing(before: Side, after: Side, plan: DiffPlan, tolerance: number): string {
  const names = plan.compared.map(
    column =>
      `CASE WHEN ${differs(before, after, column, tolerance)} THEN ${duckdbDialect.quoteLiteral(column.name)} END`,
  )
  return names.length === 0 ? `''` : `concat_ws(', ', ${names.join(', ')})`
}

function differs(before: Side, after: Side, column: SharedColumn, tolerance: number): string {
  const one = before.schema.fields[column.before]!
  const other = after.schema.fields[column.after]!
  const [b, a] = [`b.c${column.before}`, `a.c${column.after}`]
  const exact = isSameType(one, other)
    ? `${comparable(one, b)} IS DISTINCT FROM ${comparable(other, a)}`
    : `${canonicalText(one, b)} IS DISTINCT FROM ${canonicalText(other, a)}`
  if (!isNumber(one) || !isNumber(other)) return `(${exact})`
  const difference = `abs(TRY_CAST(${b} AS DOUBLE) - TRY_CAST(${a} AS DOUBLE))`
  // A float has no more digits than a double: what is equal as such is equal.
  const most =
    one.type.kind === 'float' || other.type.kind === 'float' ? tolerance : tolerance === 0 ? undefined : tolerance
  return most === undefined ? `(${exact})` : `(${exact} AND coalesce(NOT ${difference} <= ${most}, true))`
}

function isSameType(one: DataField, other: DataField): boolean {
  return JSON.stringify([one.type, one.logical]) === JSON.stringify([other.type, other.logical])
}

function isNumber({ type, logical }: DataField): boolean {
  return ['int', 'float', 'decimal'].includes(type.kind) || logical === 'decimal'
}

/** Numbers of any length came as text, in which 1.5 and 1.50 are two. */
function comparable(field: DataField, sql: string): string {
  return field.logical === 'decimal' ? canonicalText(field, sql) : sql
}

/** Equal numbers of different types have one text: no zeros at the end, no minus before zero. */
function canonicalText(field: DataField, sql: string): string {
  const text = textOf(field, sql)
  if (!isNumber(field)) return text
  return `regexp_replace(regexp_replace(regexp_replace(${text}, '(\\.\\d*?)0+$', '\\1'), '\\.$', ''), '^-0$', '0')`
}
