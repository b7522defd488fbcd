import { TuskError } from '../errors.ts'
import { bitAt, clearBit, setBit } from './bitmap.ts'
import { batchOf, type ColumnData, columnsOf, noBytes } from './column-data.ts'
import { byteWidth, hasOffsets } from './layout.ts'
import type { RecordBatch } from './record-batch.ts'

/** The rows with these numbers, in this order; a row may come twice. BAD_REQUEST for one that is not there. */
export function gatherRows(batch: RecordBatch, rows: Uint32Array): RecordBatch {
  for (const row of rows) if (row >= batch.rowCount) throw new TuskError('BAD_REQUEST', `There is no row ${row}.`)
  return batchOf(
    batch.schema,
    rows.length,
    columnsOf(batch).map(column => gatherColumn(column, rows)),
  )
}

function gatherColumn(column: ColumnData, rows: Uint32Array): ColumnData {
  const { type } = column
  const { validity, nullCount } = gatherValidity(column, rows)
  let { offsets, values, children } = column
  if (hasOffsets(type)) {
    offsets = gatherOffsets(column.offsets, rows)
    if (children.length === 0) values = gatherRanges(column, rows, offsets)
    else {
      const items = itemNumbers(column.offsets, rows, offsets)
      children = children.map(child => gatherColumn(child, items))
    }
  } else if (type.kind === 'struct') children = children.map(child => gatherColumn(child, rows))
  else if (type.kind === 'bool') values = gatherBits(column.values, rows)
  else values = gatherFixed(column.values, byteWidth(type)!, rows)
  return { type, length: rows.length, nullCount, validity, offsets, values, children }
}

function gatherValidity(column: ColumnData, rows: Uint32Array): { validity: Uint8Array; nullCount: number } {
  if (column.nullCount === 0) return { validity: noBytes, nullCount: 0 }
  const validity = new Uint8Array((rows.length + 7) >> 3).fill(255)
  let nullCount = 0
  for (let index = 0; index < rows.length; index++) {
    if (bitAt(column.validity, rows[index]!)) continue
    clearBit(validity, index)
    nullCount++
  }
  return { validity: nullCount === 0 ? noBytes : validity, nullCount }
}

function gatherBits(bits: Uint8Array, rows: Uint32Array): Uint8Array {
  const gathered = new Uint8Array((rows.length + 7) >> 3)
  for (let index = 0; index < rows.length; index++) if (bitAt(bits, rows[index]!)) setBit(gathered, index)
  return gathered
}

function gatherFixed(values: Uint8Array, width: number, rows: Uint32Array): Uint8Array {
  const gathered = new Uint8Array(rows.length * width)
  let at = 0
  for (const row of rows) {
    const from = row * width
    for (let byte = 0; byte < width; byte++) gathered[at++] = values[from + byte]!
  }
  return gathered
}

function gatherOffsets(offsets: Int32Array, rows: Uint32Array): Int32Array {
  const gathered = new Int32Array(rows.length + 1)
  let end = 0
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    end += offsets[row + 1]! - offsets[row]!
    if (end > 2 ** 31 - 1) throw new TuskError('TOO_LARGE', 'A column holds too much for one batch.')
    gathered[index + 1] = end
  }
  return gathered
}

function gatherRanges(column: ColumnData, rows: Uint32Array, offsets: Int32Array): Uint8Array {
  const gathered = new Uint8Array(offsets[rows.length]!)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    const range = column.values.subarray(column.offsets[row]!, column.offsets[row + 1]!)
    gathered.set(range, offsets[index]!)
  }
  return gathered
}

function itemNumbers(offsets: Int32Array, rows: Uint32Array, gathered: Int32Array): Uint32Array {
  const items = new Uint32Array(gathered[rows.length]!)
  let at = 0
  for (const row of rows) for (let item = offsets[row]!; item < offsets[row + 1]!; item++) items[at++] = item
  return items
}
