import { TuskError } from '../errors.ts'
import { copyBits } from './bitmap.ts'
import { batchOf, type ColumnData, columnsOf, noBytes, noOffsets } from './column-data.ts'
import type { DataType } from './data-type.ts'
import { byteWidth, childFields, hasOffsets } from './layout.ts'
import type { RecordBatch } from './record-batch.ts'
import { sliceColumn } from './slice-batch.ts'
import { widenBatch } from './widen-batch.ts'

/**
 * All rows in one batch. Batches before a widening are widened: the result has the schema of the last batch. At least one
 * batch. TOO_LARGE when a column would pass 2 GiB.
 */
export function concatBatches(batches: readonly RecordBatch[]): RecordBatch {
  const last = batches.at(-1)
  if (last === undefined) throw new TuskError('BAD_REQUEST', 'There are no batches to join.')
  if (batches.length === 1) return last
  const { schema } = last
  const parts = batches.map(batch => columnsOf(batch.schema === schema ? batch : widenBatch(batch, schema)))
  const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0)
  return batchOf(
    schema,
    rowCount,
    schema.fields.map((field, index) =>
      concatColumns(
        field.type,
        parts.map((columns, part) => cutTo(columns[index]!, batches[part]!.rowCount)),
      ),
    ),
  )
}

function concatColumns(type: DataType, parts: readonly ColumnData[]): ColumnData {
  const length = sum(parts, part => part.length)
  const nullCount = sum(parts, part => part.nullCount)
  return {
    type,
    length,
    nullCount,
    validity: nullCount === 0 ? noBytes : concatValidity(parts, length),
    offsets: hasOffsets(type) ? concatOffsets(parts, length) : noOffsets,
    values: concatValues(type, parts, length),
    children: childFields(type).map((child, index) =>
      concatColumns(
        child.type,
        parts.map(part => cutTo(part.children[index]!, itemCount(part))),
      ),
    ),
  }
}

function concatValidity(parts: readonly ColumnData[], length: number): Uint8Array {
  const validity = new Uint8Array((length + 7) >> 3).fill(255)
  let row = 0
  for (const part of parts) {
    if (part.nullCount !== 0) copyBits(part.validity, 0, validity, row, part.length)
    row += part.length
  }
  return validity
}

function concatOffsets(parts: readonly ColumnData[], length: number): Int32Array {
  const total = sum(parts, part => part.offsets[part.length]!)
  if (total > 2 ** 31 - 1) throw new TuskError('TOO_LARGE', 'A column holds too much for one batch.')
  const offsets = new Int32Array(length + 1)
  let row = 0
  let base = 0
  for (const part of parts) {
    for (let index = 1; index <= part.length; index++) offsets[row + index] = base + part.offsets[index]!
    row += part.length
    base += part.offsets[part.length]!
  }
  return offsets
}

function concatValues(type: DataType, parts: readonly ColumnData[], length: number): Uint8Array {
  if (type.kind === 'bool') {
    const bits = new Uint8Array((length + 7) >> 3)
    let row = 0
    for (const part of parts) {
      copyBits(part.values, 0, bits, row, part.length)
      row += part.length
    }
    return bits
  }
  const width = byteWidth(type)
  if (width === undefined && type.kind !== 'utf8' && type.kind !== 'binary') return noBytes
  const sizeOf = (part: ColumnData): number => (width === undefined ? part.offsets[part.length]! : part.length * width)
  const bytes = new Uint8Array(sum(parts, sizeOf))
  let position = 0
  for (const part of parts) {
    const size = sizeOf(part)
    bytes.set(part.values.subarray(0, size), position)
    position += size
  }
  return bytes
}

/** Children may be longer than their parent needs. */
function cutTo(column: ColumnData, length: number): ColumnData {
  return column.length === length ? column : sliceColumn(column, 0, length)
}

function itemCount(column: ColumnData): number {
  return column.type.kind === 'struct' ? column.length : column.offsets[column.length]!
}

function sum<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  return items.reduce((total, item) => total + measure(item), 0)
}
