import type { DataField } from '../../arrow/data-type.ts'
import type { Schema } from '../../arrow/schema.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import { sortKeys } from '../../engines/duckdb/sort-keys.ts'
import { TuskError } from '../../errors.ts'
import type { Aggregate, Grouping, GroupKey } from '../grouping.ts'
import { textOf } from './column-sql.ts'
import type { NumberTypes } from './number-types.ts'
import { checkColumn } from './view-request.ts'

/** Values of `across` that get columns of their own. */
const mostAcross = 100

export function acrossLimit({ acrossLimit: wanted = mostAcross }: Grouping): number {
  return Math.max(1, Math.min(mostAcross, wanted))
}

/** A grouping as SQL over a FROM item whose columns are called `c<position>`. */
export interface GroupSql {
  readonly sql: string
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[]
}

/** BAD_REQUEST for columns that are not there and functions that make no sense of them. */
export function checkGrouping(schema: Schema, grouping: Grouping): void {
  for (const { column } of grouping.by) checkColumn(column, schema)
  for (const { column } of grouping.values) if (column !== undefined) checkColumn(column, schema)
  if (grouping.across !== undefined) checkColumn(grouping.across, schema)
  if (grouping.by.length + grouping.values.length === 0) throw new TuskError('BAD_REQUEST', 'Choose what to group by.')
}

/** Columns that the rows must have. */
export function groupedColumns(grouping: Grouping): readonly number[] {
  const across = grouping.across === undefined ? [] : [grouping.across]
  return [
    ...new Set([
      ...grouping.by.map(({ column }) => column),
      ...grouping.values.flatMap(({ column }) => column ?? []),
      ...across,
    ]),
  ]
}

/** `acrossValues`: of the column `across`, as text, the most frequent ones first; null is NULL. */
export function groupSql(
  schema: Schema,
  grouping: Grouping,
  from: string,
  numbers: NumberTypes,
  acrossValues: readonly (string | null)[] = [],
): GroupSql {
  const keys = grouping.by.map((key, index) => keySql(schema.fields[key.column]!, key, `k${index}`, numbers))
  const values = grouping.values.map(aggregate => aggregateSql(schema, aggregate, numbers))
  const inner = [
    ...keys.map(({ sql, alias }) => `${sql} AS ${alias}`),
    ...groupedColumns(grouping).map(column => `c${column}`),
  ]
  const cells =
    grouping.across === undefined ? values : spread(schema.fields[grouping.across]!, grouping, values, acrossValues)
  const columns = [...keys.map(({ name, isNumber }) => ({ name, isNumber })), ...cells]
  const names = distinctNames(columns.map(({ name }) => name))
  const selected = [...keys.map(({ alias }) => alias), ...cells.map(({ sql }) => sql)].map(
    (sql, index) => `${sql} AS ${duckdbDialect.quoteIdentifier(names[index]!)}`,
  )
  const byValue = grouping.order === 'value' && values[0] !== undefined ? [`${values[0].sql} DESC NULLS LAST`] : []
  const byKeys = keys.flatMap(({ alias, orderedAs }) => sortKeys(orderedAs, alias).map(key => `${key} NULLS LAST`))
  const order = [...byValue, ...byKeys]
  const groups = keys.length === 0 ? '' : `GROUP BY ${keys.map(({ alias }) => alias).join(', ')}`
  return {
    sql: `SELECT ${selected.join(', ')} FROM (SELECT ${inner.length === 0 ? '1' : inner.join(', ')} ${from}) ${groups} ${order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`}`,
    columns: columns.map(({ isNumber }, index) => ({ name: names[index]!, isNumber })),
  }
}

interface KeySql {
  readonly sql: string
  readonly alias: string
  readonly name: string
  readonly isNumber: boolean
  /** What the key sorts like. */
  readonly orderedAs: DataField
}

function keySql(field: DataField, { column, unit, width }: GroupKey, alias: string, numbers: NumberTypes): KeySql {
  const value = `c${column}`
  const { kind } = field.type
  const plain = { alias, name: field.name, orderedAs: field }
  if (unit !== undefined) {
    if (kind !== 'date' && kind !== 'timestamp')
      throw new TuskError('BAD_REQUEST', `Column “${field.name}” holds no dates: it cannot be grouped by ${unit}.`)
    const moment =
      field.type.kind === 'timestamp' && field.type.unit !== 'us' ? `TRY_CAST(${value} AS TIMESTAMP)` : value
    const rounded = `date_trunc('${unit}', ${moment})`
    // DuckDB rounds by way of a timestamp, which days of the far past and future are not: those stay what they are.
    const date = `CASE WHEN year(${value}) BETWEEN -290000 AND 290000 THEN ${rounded}::DATE ELSE ${value} END`
    return {
      ...plain,
      sql: kind === 'date' ? date : rounded,
      name: `${field.name} (${unit})`,
      isNumber: false,
    }
  }
  const number = numbers.of(column)
  if (width !== undefined) {
    if (number === undefined || !(width > 0) || !Number.isFinite(width))
      throw new TuskError('BAD_REQUEST', `Column “${field.name}” cannot be grouped in steps of ${width}.`)
    const double = `(${number})::DOUBLE`
    const step = `'${width}'::DOUBLE`
    return { ...plain, sql: `floor(${double} / ${step}) * ${step}`, isNumber: true, orderedAs: doubleField(field.name) }
  }
  if (field.logical === 'decimal' && number !== undefined && numbers.isExact(column))
    return { ...plain, sql: number, isNumber: true, orderedAs: doubleField(field.name) }
  const labels = field.logical === 'enum' ? (field.labels ?? []) : []
  if (labels.length > 0 && labels.length <= 10_000) {
    const type = `ENUM (${labels.map(label => duckdbDialect.quoteLiteral(label)).join(', ')})`
    return { ...plain, sql: `CAST(${value} AS ${type})`, isNumber: false, orderedAs: doubleField(field.name) }
  }
  return { ...plain, sql: value, isNumber: number !== undefined && kind !== 'utf8' && kind !== 'bool' }
}

/** Something that DuckDB itself orders rightly. */
function doubleField(name: string): DataField {
  return { name, type: { kind: 'float', bits: 64 }, nullable: true }
}

interface ValueSql {
  readonly sql: string
  readonly name: string
  readonly isNumber: boolean
}

const numberWords: Partial<Record<Aggregate['function'], readonly [name: string, sql: (value: string) => string]>> = {
  sum: ['sum', value => `sum(${value})`],
  average: ['average', value => `avg(${value})`],
  median: ['median', value => `quantile_cont((${value})::DOUBLE, 0.5)`],
  lowerQuartile: ['lower quartile', value => `quantile_cont((${value})::DOUBLE, 0.25)`],
  upperQuartile: ['upper quartile', value => `quantile_cont((${value})::DOUBLE, 0.75)`],
}

function aggregateSql(schema: Schema, { function: wanted, column }: Aggregate, numbers: NumberTypes): ValueSql {
  if (column === undefined) {
    if (wanted === 'count') return { sql: 'count(*)', name: 'count', isNumber: true }
    throw new TuskError('BAD_REQUEST', `“${wanted}” needs a column.`)
  }
  const field = schema.fields[column]!
  const value = `c${column}`
  const number = numbers.of(column)
  switch (wanted) {
    case 'count':
      return { sql: `count(${value})`, name: `count(${field.name})`, isNumber: true }
    case 'countDistinct':
      return { sql: `count(DISTINCT ${value})`, name: `distinct(${field.name})`, isNumber: true }
    case 'distinctEstimate':
      return { sql: `approx_count_distinct(${value})`, name: `about distinct(${field.name})`, isNumber: true }
    case 'min':
    case 'max': {
      const name = `${wanted}(${field.name})`
      if (number !== undefined && numbers.isExact(column)) return { sql: `${wanted}(${number})`, name, isNumber: true }
      const key = sortKeys(field, value)[0]!
      return { sql: key === value ? `${wanted}(${value})` : `arg_${wanted}(${value}, ${key})`, name, isNumber: false }
    }
    default: {
      const [word, sql] = numberWords[wanted]!
      if (number === undefined)
        throw new TuskError('BAD_REQUEST', `Column “${field.name}” holds no numbers: it has no ${word}.`)
      return { sql: sql(number), name: `${word}(${field.name})`, isNumber: true }
    }
  }
}

function spread(
  field: DataField,
  grouping: Grouping,
  values: readonly ValueSql[],
  found: readonly (string | null)[],
): readonly ValueSql[] {
  const { across, values: aggregates } = grouping
  const text = textOf(field, `c${across}`)
  const shown = found.slice(0, acrossLimit(grouping))
  const equals = (value: string | null): string =>
    value === null ? `c${across} IS NULL` : `${text} = ${duckdbDialect.quoteLiteral(value)}`
  const parts = shown.map(value => ({ label: value ?? 'NULL', where: equals(value) }))
  if (found.length > shown.length)
    parts.push({
      label: 'other',
      where: `NOT (${shown.map(value => `coalesce(${equals(value)}, false)`).join(' OR ')})`,
    })
  return parts.flatMap(({ label, where }) =>
    values.map(({ sql, name, isNumber }) => ({
      sql: `${sql} FILTER (WHERE ${where})`,
      name: aggregates.length === 1 ? label : `${label} ${name}`,
      isNumber,
    })),
  )
}

/** DuckDB takes names that differ in case only for the same. */
function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return names.map((name, index) => {
    const base = name === '' ? `column${index + 1}` : name.replaceAll('\0', '␀')
    let distinct = base
    for (let count = 2; taken.has(distinct.toLowerCase()); count++) distinct = `${base} (${count})`
    taken.add(distinct.toLowerCase())
    return distinct
  })
}
