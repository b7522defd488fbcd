import type { DataType } from '../arrow/data-type.ts'
import { writeText } from './chunks.ts'
import { optionValue } from './export-options.ts'
import type { Exporter, ExportOption } from './exporter.ts'

const options: readonly ExportOption[] = [
  { key: 'nullText', label: 'NULL is written as', kind: 'text', default: 'NULL' },
]

/** A table as GitHub and most others draw it: what Markdown or HTML would act on is escaped, line ends become `<br>`. */
export const markdownExporter: Exporter = {
  format: 'markdown',
  label: 'Markdown',
  extension: 'md',
  mimeType: 'text/markdown; charset=utf-8',
  options,
  write(schema, batches, given) {
    const nullText = escapeMarkdown(String(optionValue(options, given, 'nullText')))
    const names = schema.fields.map(field => escapeMarkdown(field.name))
    const rules = schema.fields.map(field => (isNumber(field.type) ? '---:' : '---'))
    return writeText(schema, batches, {
      before: names.length === 0 ? '' : tableLine(names) + tableLine(rules),
      *rows(columns, rowCount) {
        for (let row = 0; row < rowCount && columns.length !== 0; row++) {
          const cells = columns.map(column => {
            const text = column.text(row)
            return text === null ? nullText : escapeMarkdown(text)
          })
          yield tableLine(cells)
        }
      },
      after: () => '',
    })
  },
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

function isNumber(type: DataType): boolean {
  return type.kind === 'int' || type.kind === 'float' || type.kind === 'decimal'
}

function escapeMarkdown(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*|[\]~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
    .replaceAll(/\r\n|\r|\n/g, '<br>')
}
