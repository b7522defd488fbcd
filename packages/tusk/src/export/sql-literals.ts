import type { ColumnReader } from '../arrow/column-reader.ts'
import { isJsonNumber } from '../arrow/text/json-text.ts'
import { TuskError } from '../errors.ts'

export type SqlFlavour = 'postgres' | 'duckdb' | 'sqlite'

/** Writes a column's values as SQL literals that the database reads back exactly into a column of the same type. */
export function literalWriter(column: ColumnReader, flavour: SqlFlavour): (row: number) => string {
  const literal = literalOf(column, flavour)
  return row => (column.isNull(row) ? 'NULL' : literal(row))
}

function literalOf(column: ColumnReader, flavour: SqlFlavour): (row: number) => string {
  const text = (row: number): string => column.text(row)!
  const quoted = (row: number): string => quoteText(text(row), flavour, column.field.name)
  const { type, logical } = column.field
  switch (type.kind) {
    case 'bool':
      return row => text(row).toUpperCase()
    case 'int':
      // SQLite reads integers beyond int64 as floats.
      return flavour === 'sqlite' && type.bits === 64 && !type.signed ? quoted : text
    case 'float':
      return row => floatLiteral(text(row), flavour)
    case 'decimal':
      return flavour === 'sqlite' ? quoted : text
    case 'date':
    case 'timestamp':
      return flavour === 'duckdb' ? row => `'${duckDbEra(text(row))}'` : quoted
    case 'utf8':
      if (logical === 'decimal' && flavour === 'postgres')
        return row => (isJsonNumber(text(row)) ? text(row) : quoted(row))
      return quoted
    case 'binary':
      return row => binaryLiteral(text(row).slice(2), flavour)
    case 'list':
      return flavour === 'postgres' ? row => quoteText(arrayText(column, row), flavour, column.field.name) : quoted
    default:
      return quoted
  }
}

function floatLiteral(text: string, flavour: SqlFlavour): string {
  if (text === 'NaN') return flavour === 'postgres' ? `'NaN'` : flavour === 'duckdb' ? `'NaN'::DOUBLE` : 'NULL'
  if (text.endsWith('Infinity')) {
    if (flavour === 'sqlite') return text.startsWith('-') ? '-9e999' : '9e999'
    return flavour === 'postgres' ? `'${text}'` : `'${text}'::DOUBLE`
  }
  // Without an exponent DuckDB reads a decimal and SQLite perhaps an integer. PostgreSQL loses the sign of -0 otherwise.
  if (flavour === 'postgres') return text === '-0' ? `'-0'` : text
  return text.includes('e') ? text : `${text}e0`
}

function binaryLiteral(hex: string, flavour: SqlFlavour): string {
  if (flavour === 'postgres') return `'\\x${hex}'`
  return flavour === 'duckdb' ? `unhex('${hex}')` : `X'${hex}'`
}

/** `0044-03-15 10:00:00+00 BC` is `0044-03-15 (BC) 10:00:00+00` there. */
function duckDbEra(text: string): string {
  if (!text.endsWith(' BC')) return text
  const [date, ...clock] = text.slice(0, -3).split(' ')
  return [date, '(BC)', ...clock].join(' ')
}

/** `{1,NULL,"a \"b\""}`. */
function arrayText(list: ColumnReader, row: number): string {
  const items = list.children![0]!
  const { from, to } = list.childRows!(row)
  const texts: string[] = []
  for (let item = from; item < to; item++) {
    if (items.isNull(item)) texts.push('NULL')
    else if (items.field.type.kind === 'list') texts.push(arrayText(items, item))
    else texts.push(`"${items.text(item)!.replaceAll(/["\\]/g, '\\$&')}"`)
  }
  return `{${texts.join(',')}}`
}

function quoteText(text: string, flavour: SqlFlavour, column: string): string {
  const literal = `'${text.replaceAll("'", "''")}'`
  if (!text.includes('\0')) return literal
  if (flavour === 'postgres') {
    throw new TuskError('VALUE_OUT_OF_RANGE', `A value of column "${column}" holds a NUL character.`, {
      detail: 'PostgreSQL has no text with NUL characters.',
    })
  }
  return `(${literal.replaceAll('\0', flavour === 'duckdb' ? `' || chr(0) || '` : `' || char(0) || '`)})`
}
