import { readColumns } from '../arrow/index.ts'
import { TuskError } from '../errors.ts'
import type { ColumnPlace } from './column-place.ts'
import { columnsOrAll, readRuns } from './read-rows.ts'
import type { CellRequest } from './result-store.ts'
import { readViewRows } from './row-numbers.ts'
import type { SpoolReader, StoredBatch } from './spool-reader.ts'

/** One whole cell: its bytes, or where they lie in the file when there are many. */
export type LocatedCell =
  | { readonly kind: 'null' }
  | { readonly kind: 'bytes'; readonly content: 'text' | 'binary'; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly kind: 'range'
      readonly content: 'text' | 'binary'
      readonly inode: number
      readonly position: number
      readonly byteLength: number
    }

/** NOT_FOUND for a row that is not there. */
export function locateCell(reader: SpoolReader, request: CellRequest): LocatedCell {
  const [column] = columnsOrAll(reader.schema, [request.column])
  const place = reader.columns[column!]!
  const row = storedRow(reader, request)
  const index = reader.batchOf(row)
  const batch = reader.batch(index)
  const start = row - reader.batchStarts[index]!
  if (isNull(reader, batch, place, start)) return { kind: 'null' }
  if (place.type.kind === 'utf8' || place.type.kind === 'binary') {
    const offsets = new DataView(reader.file.read(batch.positions[place.buffer + 1]! + start * 4, 8).buffer)
    const from = offsets.getInt32(0, true)
    return {
      kind: 'range',
      content: place.type.kind === 'utf8' ? 'text' : 'binary',
      inode: reader.file.inode,
      position: batch.positions[place.buffer + 2]! + from,
      byteLength: offsets.getInt32(4, true) - from,
    }
  }
  const cell = readRuns(reader, [column!], [{ batch, start, count: 1 }]).batch
  const text = readColumns(cell)[0]!.text(0)
  if (text === null) return { kind: 'null' }
  return { kind: 'bytes', content: 'text', bytes: new TextEncoder().encode(text) }
}

function storedRow(reader: SpoolReader, { row, view }: CellRequest): number {
  if (!Number.isSafeInteger(row) || row < 0) throw new TuskError('BAD_REQUEST', 'A row is a whole number from 0 on.')
  const stored = view === undefined ? row : readViewRows(reader.directory, view, row, 1)[0]
  if (stored === undefined || stored >= reader.rowCount) throw new TuskError('NOT_FOUND', `There is no row ${row}.`)
  return stored
}

function isNull(reader: SpoolReader, batch: StoredBatch, place: ColumnPlace, row: number): boolean {
  if (batch.nullCounts[place.node] === 0) return false
  const [byte] = reader.file.read(batch.positions[place.buffer]! + (row >> 3), 1)
  return (byte! & (1 << (row & 7))) === 0
}
