import { readColumns } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'

/** Rows looked at to find the width of columns; later, longer cells stick out rather than be cut. */
const SAMPLE_ROWS = 1_000
const MAX_WIDTH = 60

/** An aligned table for a terminal: numbers to the right, NULL as such, long and many-line cells marked as cut. */
export async function* writeTable(schema: Schema, batches: AsyncIterable<RecordBatch>): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder()
  const right = schema.fields.map(
    ({ type, logical }) => ['int', 'float', 'decimal'].includes(type.kind) || logical === 'decimal',
  )
  let widths: number[] | undefined
  let sample: string[][] = []
  let count = 0
  const flush = (): string => {
    let text = ''
    if (widths === undefined) {
      const headers = schema.fields.map(field => field.name)
      widths = headers.map((header, column) =>
        Math.max(width(header), ...sample.map(row => width(row[column] ?? '')), 1),
      )
      text += `${line(headers, widths, right)}\n${widths.map(w => '─'.repeat(w)).join('─┼─')}\n`
    }
    const known = widths
    text += sample.map(row => `${line(row, known, right)}\n`).join('')
    sample = []
    return text
  }
  for await (const batch of batches) {
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++) {
      sample.push(columns.map(column => cell(column.text(row))))
      count++
      if (sample.length >= SAMPLE_ROWS) yield encoder.encode(flush())
    }
    if (widths !== undefined && sample.length > 0) yield encoder.encode(flush())
  }
  yield encoder.encode(`${flush()}(${count} ${count === 1 ? 'row' : 'rows'})\n`)
}

function cell(text: string | null): string {
  if (text === null) return 'NULL'
  const oneLine = text.replace(/[\r\n\t\u0000-\u001f\u007f]/g, character =>
    character === '\n' ? '↵' : character === '\t' ? '⇥' : '·',
  )
  const characters = [...oneLine]
  return characters.length > MAX_WIDTH ? `${characters.slice(0, MAX_WIDTH - 1).join('')}…` : oneLine
}

function line(cells: readonly string[], widths: readonly number[], right: readonly boolean[]): string {
  return cells
    .map((text, column) => {
      const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(text)))
      return right[column] === true ? space + text : text + space
    })
    .join(' │ ')
    .trimEnd()
}

function width(text: string): number {
  return [...text].length
}
