import { readColumns } from '../../arrow/read-columns.ts'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import { TuskError } from '../../errors.ts'
import { split, underSchema } from '../chunks.ts'
import type { Exporter } from '../exporter.ts'
import { cellWriter, columnLetters, textCell } from './cell-writer.ts'
import { cellStyle, sheetEnd, sheetStart, workbookParts } from './workbook-parts.ts'
import { ZipWriter } from './zip-writer.ts'

/** Rows of a sheet, the header among them. */
const sheetRows = 1_048_576
const sheetColumns = 16_384
/** A file of a workbook has less than 4 GB before it is packed. */
const sheetCharacters = 1_000_000_000
/** Packed piece by piece. */
const pieceCharacters = 128 * 1024

/**
 * Excel workbooks, written as a stream. NULL is no cell, empty text is a cell. What does not fit one sheet goes on on the next; cells that hold more
 * than a spreadsheet does are cut and say so; TOO_LARGE for more columns than a sheet has. How values become cells: cell-writer.ts.
 */
export const xlsxExporter: Exporter = {
  format: 'xlsx',
  label: 'Excel',
  extension: 'xlsx',
  mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  options: [],
  write: (schema, batches) => workbook(schema, batches, sheetRows),
}

/** `mostRows`: of one sheet, the header among them. */
export async function* workbook(
  schema: Schema,
  batches: AsyncIterable<RecordBatch>,
  mostRows: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (schema.fields.length > sheetColumns)
    throw new TuskError('TOO_LARGE', `A sheet has ${sheetColumns} columns, the result has ${schema.fields.length}.`, {
      hint: 'Select fewer columns, or export as Parquet or CSV.',
    })
  const zip = new ZipWriter()
  const letters = schema.fields.map((_, index) => columnLetters(index))
  const header = rowXml(1, letters, index => textCell(schema.fields[index]!.name, cellStyle.header))
  const names: string[] = []
  let pending = ''
  let row = 0
  let characters = 0
  function* flush(): Generator<Uint8Array, void, undefined> {
    if (pending !== '') yield* split(zip.piece(encoder.encode(pending)))
    characters += pending.length
    pending = ''
  }
  function* beginSheet(): Generator<Uint8Array, void, undefined> {
    if (names.length > 0) yield* endSheet()
    names.push(names.length === 0 ? 'Rows' : `Rows (${names.length + 1})`)
    yield zip.begin(`xl/worksheets/sheet${names.length}.xml`)
    pending = sheetStart + header
    row = 1
    characters = 0
  }
  function* endSheet(): Generator<Uint8Array, void, undefined> {
    pending += sheetEnd
    yield* flush()
    yield zip.end()
  }
  yield* beginSheet()
  for await (const batch of batches) {
    const writers = readColumns(underSchema(batch, schema)).map(cellWriter)
    for (let at = 0; at < batch.rowCount; at++) {
      if (row === mostRows || characters > sheetCharacters) yield* beginSheet()
      row++
      pending += rowXml(row, letters, index => writers[index]!(at))
      if (pending.length > pieceCharacters) yield* flush()
    }
    yield* flush()
  }
  yield* endSheet()
  for (const [name, xml] of workbookParts(names)) {
    yield zip.begin(name)
    yield zip.piece(encoder.encode(xml))
    yield zip.end()
  }
  yield* split(zip.finish())
}

function rowXml(row: number, letters: readonly string[], cell: (index: number) => string): string {
  let cells = ''
  for (let index = 0; index < letters.length; index++) {
    const written = cell(index)
    if (written !== '') cells += `<c r="${letters[index]}${row}"${written}`
  }
  return `<row r="${row}">${cells}</row>`
}

const encoder = new TextEncoder()
