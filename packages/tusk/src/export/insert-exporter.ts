import type { Schema } from '../arrow/schema.ts'
import { uniqueNames } from '../arrow/text/json-text.ts'
import { writeText } from './chunks.ts'
import type { Exporter } from './exporter.ts'
import { quoteName } from './quote-name.ts'
import { literalWriter } from './sql-literals.ts'
import { tableOptions, tableTarget } from './table-options.ts'

/** INSERT statements of up to 100 rows. Lists are arrays in PostgreSQL, nested values literals in DuckDB; all others are their JSON as text. */
export const insertExporter: Exporter = {
  format: 'insert',
  label: 'SQL INSERT',
  extension: 'sql',
  mimeType: 'application/sql; charset=utf-8',
  options: tableOptions,
  write(schema, batches, given) {
    const { target, flavour } = tableTarget(given)
    const insert = `INSERT INTO ${target} (${columnNames(schema).map(quoteName).join(', ')}) VALUES\n`
    return writeText(schema, batches, {
      before: '',
      *rows(columns, rowCount) {
        const writers = columns.map(column => literalWriter(column, flavour))
        for (let row = 0; row < rowCount && writers.length !== 0; row++) {
          const place = row % rowsPerStatement
          const last = place === rowsPerStatement - 1 || row === rowCount - 1
          const values = writers.map(write => write(row)).join(', ')
          yield `${place === 0 ? insert : ''}  (${values})${last ? ';\n' : ',\n'}`
        }
      },
      after: () => '',
    })
  },
}

const rowsPerStatement = 100

/** Names that a table could have: empty ones by their position, repeated ones told apart. */
function columnNames(schema: Schema): readonly string[] {
  return uniqueNames(schema.fields.map(({ name }, index) => (name === '' ? `column${index + 1}` : name)))
}
