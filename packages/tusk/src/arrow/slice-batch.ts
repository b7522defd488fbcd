import { countZeros, sliceBits } from './bitmap.ts'
import { batchOf, type ColumnData, columnsOf, noBytes } from './column-data.ts'
import { byteWidth, hasOffsets } from './layout.ts'
import type { RecordBatch } from './record-batch.ts'

/** Rows `offset` to `offset + length` as a batch of their own; rows past the end are not there. Shares memory where it can. */
export function sliceBatch(batch: RecordBatch, offset: number, length: number): RecordBatch {
  const from = Math.min(Math.max(0, offset), batch.rowCount)
  const rowCount = Math.min(Math.max(0, length), batch.rowCount - from)
  return batchOf(
    batch.schema,
    rowCount,
    columnsOf(batch).map(column => sliceColumn(column, from, rowCount)),
  )
}

export function sliceColumn(column: ColumnData, offset: number, length: number): ColumnData {
  const { type } = column
  const bits = column.nullCount === 0 ? noBytes : sliceBits(column.validity, offset, length)
  const nullCount = column.nullCount === 0 ? 0 : countZeros(bits, length)
  let { offsets, values, children } = column
  if (hasOffsets(type)) {
    const start = offsets[offset]!
    const end = offsets[offset + length]!
    offsets = offsets.subarray(offset, offset + length + 1)
    if (start !== 0) offsets = offsets.map(position => position - start)
    if (children.length === 0) values = values.subarray(start, end)
    else children = children.map(child => sliceColumn(child, start, end - start))
  } else if (type.kind === 'struct') children = children.map(child => sliceColumn(child, offset, length))
  else if (type.kind === 'bool') values = sliceBits(values, offset, length)
  else {
    const width = byteWidth(type)!
    values = values.subarray(offset * width, (offset + length) * width)
  }
  return { type, length, nullCount, validity: nullCount === 0 ? noBytes : bits, offsets, values, children }
}
