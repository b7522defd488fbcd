import type { DataField } from '../../arrow/data-type.ts'
import { duckdbDialect } from '../../dialect/duckdb.ts'

/**
 * SQL expressions which sort a mounted column as its source does, most weighty first; `column` is an expression that gives the
 * column. NULL stays NULL in all of them. Two values are equal to the source exactly when all expressions are.
 *
 * Text of decimals sorts as numbers of any length with -Infinity first, then Infinity, then NaN last; intervals as in PostgreSQL (a month
 * is 30 days, a day 24 hours); enums by their labels; columns of several types as in SQLite, numbers before text; all other
 * text by its bytes. Floats sort NaN last, as DuckDB and PostgreSQL do.
 */
export function sortKeys(field: DataField, column: string): readonly string[] {
  if (field.type.kind === 'map') return [`map_entries(${column})`]
  if (field.type.kind !== 'utf8') return [column]
  switch (field.logical) {
    case 'decimal':
      return [decimalKey(field, column)]
    case 'interval':
      return [intervalKey(column)]
    case 'timetz':
      return [`TRY_CAST(${column} AS TIMETZ)`, column]
    case 'enum':
      return field.labels === undefined ? [column] : [`${labelList(field.labels)}[${column}]`, column]
    case 'mixed':
      return [
        `CASE WHEN ${column} IS NOT NULL THEN TRY_CAST(${column} AS DOUBLE) IS NULL END`,
        `CASE WHEN TRY_CAST(${column} AS DOUBLE) IS NOT NULL THEN ${decimalText(column)} END`,
        column,
      ]
    default:
      return [column]
  }
}

/** Hugeints are cast, which is fast; other numbers may have a thousand digits and become text that sorts like them. */
function decimalKey(field: DataField, column: string): string {
  if (field.sourceType === 'HUGEINT' || field.sourceType === 'UHUGEINT') return `CAST(${column} AS ${field.sourceType})`
  return `CASE ${column} WHEN 'NaN' THEN '4' WHEN 'Infinity' THEN '3' WHEN '-Infinity' THEN '0' ELSE ${decimalText(column)} END`
}

/**
 * `2`, the length of the whole part, its digits, the digits after the point. Negative numbers: `1`, and everything inverted, with an
 * end mark above all digits, because a longer fraction is a smaller number there.
 */
function decimalText(column: string): string {
  const whole = `ltrim(split_part(ltrim(${column}, '+-'), '.', 1), '0')`
  const fraction = `rtrim(split_part(${column}, '.', 2), '0')`
  const digits = `${whole} || ${fraction}`
  return `CASE WHEN ${column}[1] = '-' AND ${digits} <> '' THEN '1' || lpad((999999 - length(${whole}))::VARCHAR, 6, '0') || translate(${digits}, '0123456789', '9876543210') || '~' ELSE '2' || lpad(length(${whole})::VARCHAR, 6, '0') || ${digits} END`
}

function intervalKey(column: string): string {
  const interval = `TRY_CAST(replace(${column}, '+', '') AS INTERVAL)`
  const part = (name: string) => `datepart('${name}', ${interval})::HUGEINT`
  const days = `(${part('year')} * 12 + ${part('month')}) * 30 + ${part('day')}`
  const micros = `${part('hour')} * 3600000000 + ${part('minute')} * 60000000 + ${part('microsecond')}`
  return `CASE ${column} WHEN 'infinity' THEN ${largest}::HUGEINT WHEN '-infinity' THEN -${largest}::HUGEINT ELSE (${days}) * 86400000000 + ${micros} END`
}

const largest = '100000000000000000000000000000000000000'

function labelList(labels: readonly string[]): string {
  const entries = labels.map((label, index) => `${duckdbDialect.quoteLiteral(label)}: ${index}`)
  return `MAP {${entries.join(', ')}}`
}
