import type { ColumnReader } from '../arrow/column-reader.ts'
import type { Schema } from '../arrow/schema.ts'
import { uniqueNames } from '../arrow/text/json-text.ts'
import { writeText } from './chunks.ts'
import type { Exporter } from './exporter.ts'

/** One array of objects. Values are `ColumnReader.json`; a column whose name repeats gets ` (2)` after it. */
export const jsonExporter: Exporter = {
  format: 'json',
  label: 'JSON',
  extension: 'json',
  mimeType: 'application/json',
  options: [],
  write(schema, batches) {
    const keys = jsonKeys(schema)
    return writeText(schema, batches, {
      before: '[',
      *rows(columns, rowCount, firstRow) {
        for (let row = 0; row < rowCount; row++) {
          yield (firstRow + row === 0 ? '\n' : ',\n') + jsonObject(keys, columns, row)
        }
      },
      after: rowCount => (rowCount === 0 ? ']\n' : '\n]\n'),
    })
  },
}

/** `"name":` of each column. */
export function jsonKeys(schema: Schema): readonly string[] {
  return uniqueNames(schema.fields.map(field => field.name)).map(name => `${JSON.stringify(name)}:`)
}

export function jsonObject(keys: readonly string[], columns: readonly ColumnReader[], row: number): string {
  let object = '{'
  for (let index = 0; index < columns.length; index++) {
    object += (index === 0 ? '' : ',') + keys[index]! + columns[index]!.json(row)
  }
  return `${object}}`
}
