import { readColumns } from '../../arrow/index.ts'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import { postgresInput } from '../../dialect/sql-literal.ts'
import type { LoadColumn } from '../../engine/load.ts'
import { TuskError } from '../../errors.ts'

/** Rows in the text format of COPY (sql-copy.html, “Text Format”). VALUE_OUT_OF_RANGE for a text that holds the character NUL. */
export function copyText(batch: RecordBatch, firstRow: number, targets: readonly LoadColumn[]): string {
  const columns = readColumns(batch)
  const asArray = targets.map(({ type }) => type === undefined || type.endsWith('[]'))
  const lines: string[] = []
  for (let row = 0; row < batch.rowCount; row++) {
    const cells = columns.map((column, place) => {
      const text = column.text(row)
      if (text === null) return '\\N'
      const input = asArray[place] ? postgresInput(column.field, text) : text
      return needsEscape.test(input) ? escaped(input, column.field.name, firstRow + row) : input
    })
    lines.push(cells.join('\t'), '\n')
  }
  return lines.join('')
}

const needsEscape = /[\\\t\n\r\0]/

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escaped(text: string, column: string, row: number): string {
  if (text.includes('\0'))
    throw new TuskError(
      'VALUE_OUT_OF_RANGE',
      `Row ${(row + 1).toLocaleString('en')} has the character NUL in “${column}”.`,
      {
        detail: 'PostgreSQL has no text with NUL characters.',
        hint: 'Load the column as bytes, or remove the character in a query first.',
      },
    )
  return text.replaceAll(/[\\\t\n\r]/g, character => escapes[character]!)
}
