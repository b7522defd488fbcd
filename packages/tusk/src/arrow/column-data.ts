import { TuskError } from '../errors.ts'
import type { DataType } from './data-type.ts'
import { byteWidth, childFields, hasOffsets } from './layout.ts'
import type { FieldNode, RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/** One column of a batch as a tree: what the flat lists of a `RecordBatch` mean. Buffers are views, never copies. */
export interface ColumnData {
  readonly type: DataType
  readonly length: number
  readonly nullCount: number
  /** Empty when nothing is null. */
  readonly validity: Uint8Array
  /** `length + 1` positions for utf8, binary, list and map; empty for others. */
  readonly offsets: Int32Array
  /** Values of fixed width, bits of bool, bytes of utf8 and binary; empty for nested types. */
  readonly values: Uint8Array
  readonly children: readonly ColumnData[]
}

export const noBytes: Uint8Array = new Uint8Array(0)
export const noOffsets: Int32Array = new Int32Array(0)

/** The columns of a batch. RESULT_DAMAGED when a buffer is shorter than its rows need. */
export function columnsOf(batch: RecordBatch): readonly ColumnData[] {
  const cursor = { node: 0, buffer: 0 }
  return batch.schema.fields.map(field => {
    const column = columnAt(field.type, batch, cursor)
    if (column.length < batch.rowCount) throw damaged('A column has fewer rows than its batch.')
    return column
  })
}

/** The batch of these columns. `columns` are in the order of the schema, each with `rowCount` rows. */
export function batchOf(schema: Schema, rowCount: number, columns: readonly ColumnData[]): RecordBatch {
  const nodes: FieldNode[] = []
  const buffers: Uint8Array[] = []
  for (const column of columns) addColumn(column, nodes, buffers)
  return { schema, rowCount, nodes, buffers }
}

/** The bytes as a view of a wider type; copied only when they do not lie at a multiple of its width. */
export function asInt32(bytes: Uint8Array, length = bytes.byteLength >> 2): Int32Array {
  const aligned = alignedTo(bytes, 4)
  return new Int32Array(aligned.buffer, aligned.byteOffset, length)
}

export function alignedTo(bytes: Uint8Array, width: number): Uint8Array {
  // Not `slice`: that of a Node Buffer does not copy.
  return bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes)
}

export function bytesOf(array: Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function columnAt(type: DataType, batch: RecordBatch, cursor: { node: number; buffer: number }): ColumnData {
  const node = batch.nodes[cursor.node++]
  if (node === undefined) throw damaged('It has fewer columns than its schema.')
  const { length, nullCount } = node
  if (length < 0 || nullCount < 0 || nullCount > length) throw damaged('A column has an impossible number of rows.')
  const validity = nullCount === 0 ? noBytes : bufferAt(batch, cursor.buffer, Math.ceil(length / 8))
  cursor.buffer++
  let offsets = noOffsets
  let values = noBytes
  if (hasOffsets(type)) {
    // Arrow allows an empty offsets buffer for no rows.
    offsets = length === 0 ? oneZero : asInt32(bufferAt(batch, cursor.buffer, (length + 1) * 4), length + 1)
    cursor.buffer++
  }
  if (type.kind === 'utf8' || type.kind === 'binary') values = bufferAt(batch, cursor.buffer++, offsets[length]!)
  else if (type.kind === 'bool') values = bufferAt(batch, cursor.buffer++, Math.ceil(length / 8))
  else {
    const width = byteWidth(type)
    if (width !== undefined) values = bufferAt(batch, cursor.buffer++, length * width)
  }
  const children = childFields(type).map(child => columnAt(child.type, batch, cursor))
  if (children.length !== 0 && !ascends(offsets)) throw damaged('The items of a nested column are out of order.')
  const needed = type.kind === 'struct' ? length : children.length === 0 ? 0 : offsets[length]!
  if (children.some(child => child.length < needed)) throw damaged('A nested column has too few items.')
  return { type, length, nullCount, validity, offsets, values, children }
}

function bufferAt(batch: RecordBatch, index: number, byteLength: number): Uint8Array {
  const buffer = batch.buffers[index]
  if (buffer === undefined || byteLength < 0 || buffer.byteLength < byteLength)
    throw damaged('A column has fewer bytes than its rows need.')
  return buffer
}

function addColumn(column: ColumnData, nodes: FieldNode[], buffers: Uint8Array[]): void {
  nodes.push({ length: column.length, nullCount: column.nullCount })
  buffers.push(column.validity)
  if (hasOffsets(column.type)) buffers.push(bytesOf(column.offsets))
  if (column.type.kind !== 'struct' && column.type.kind !== 'list' && column.type.kind !== 'map') {
    buffers.push(column.values)
  }
  for (const child of column.children) addColumn(child, nodes, buffers)
}

function ascends(offsets: Int32Array): boolean {
  for (let index = 1; index < offsets.length; index++) if (offsets[index]! < offsets[index - 1]!) return false
  return offsets.length === 0 || offsets[0]! >= 0
}

function damaged(detail: string): TuskError {
  return new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail })
}

const oneZero = new Int32Array(1)
