import type { ColumnReader } from '../arrow/column-reader.ts'
import { type SqlFlavour, sqlLiteral } from '../dialect/sql-literal.ts'
import { TuskError } from '../errors.ts'

/** Writes a column's values as SQL literals that the database reads back exactly into a column of the same type. */
export function literalWriter(column: ColumnReader, flavour: SqlFlavour): (row: number) => string {
  const quote = (text: string): string => quoteText(text, flavour, column.field.name)
  return row => (column.isNull(row) ? 'NULL' : sqlLiteral(flavour, column.field, column.text(row)!, quote))
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
