import type { ColumnBuilder } from '../../arrow/builder.ts'
import type { BooleanBuilder, FixedWidthBuilder, ListBuilder, VariableWidthBuilder } from '../../arrow/builders.ts'
import type { DataField } from '../../arrow/data-type.ts'
import type { WireFormat } from './protocol-messages.ts'
import { writeDecimal } from './values/numeric.ts'

/** How the bytes of one value become a value of its Arrow column. */
export type Decoding =
  | { readonly kind: 'bool' | 'int16' | 'int32' | 'int64' | 'float32' | 'float64' | 'date' | 'timestamp' }
  | { readonly kind: 'decimal'; readonly scale: number }
  /** Text or bytes as they come, without the first `skip`. */
  | { readonly kind: 'bytes'; readonly skip: number }
  | { readonly kind: 'text'; readonly toText: ToText }
  | { readonly kind: 'list'; readonly item: Decoding }

/** `length` bytes from `position` on of both views of the same memory. */
export type ToText = (bytes: Buffer, view: DataView, position: number, length: number) => string

/** All there is to know to ask for a column and to read it. */
export interface ColumnPlan {
  readonly field: DataField
  readonly format: WireFormat
  readonly decoding: Decoding
  /** The same column, read from the same bytes, when a value does not fit: NaN among decimals, an array of two dimensions. */
  readonly widened?: ColumnPlan
}

const daysTo2000 = 10957
const lowTo2000 = Number(946684800000000n & 0xffffffffn)
const highTo2000 = Number(946684800000000n >> 32n)
const largest = 2147483647
const smallest = -2147483648
const largestWord = 4294967295

/** Days since 1970 from days since 2000; the server's marks of infinity become ours. */
export function dateOf(days: number): number {
  if (days === largest) return largest
  return days === smallest ? -largest : days + daysTo2000
}

/** Microseconds since 1970 into two words at `at`, from those since 2000. False past the year 294246. */
export function writeTimestamp(high: number, low: number, out: Int32Array, at: number): boolean {
  if (high === largest && low === largestWord) {
    out[at] = -1
    out[at + 1] = largest
    return true
  }
  if (high === smallest && low === 0) {
    out[at] = 1
    out[at + 1] = smallest
    return true
  }
  const sum = low + lowTo2000
  const newHigh = high + highTo2000 + (sum > largestWord ? 1 : 0)
  if (newHigh >= largest && (newHigh > largest || (sum | 0) === -1)) return false
  out[at] = sum
  out[at + 1] = newHigh
  return true
}

/** Appends one value that is not null. False when it does not fit the column: see `ColumnPlan.widened`. */
export function appendValue(
  decoding: Decoding,
  builder: ColumnBuilder,
  bytes: Buffer,
  view: DataView,
  position: number,
  length: number,
): boolean {
  switch (decoding.kind) {
    case 'text':
      builder.append(decoding.toText(bytes, view, position, length))
      return true
    case 'bytes':
      ;(builder as VariableWidthBuilder).append(bytes.subarray(position + decoding.skip, position + length))
      return true
    case 'bool':
      ;(builder as BooleanBuilder).append(bytes[position] !== 0)
      return true
    case 'list':
      return appendList(decoding.item, builder as ListBuilder, bytes, view, position)
    default:
      return appendFixed(decoding, builder as FixedWidthBuilder, view, position)
  }
}

function appendFixed(
  decoding: Exclude<Decoding, { readonly kind: 'text' | 'bytes' | 'bool' | 'list' }>,
  builder: FixedWidthBuilder,
  view: DataView,
  position: number,
): boolean {
  const row = builder.length
  builder.ensureCapacity(row + 1)
  switch (decoding.kind) {
    case 'int16':
      builder.i16[row] = view.getInt16(position)
      break
    case 'int32':
      builder.i32[row] = view.getInt32(position)
      break
    case 'int64':
      builder.i64[row] = view.getBigInt64(position)
      break
    case 'float32':
      builder.f32[row] = view.getFloat32(position)
      break
    case 'float64':
      builder.f64[row] = view.getFloat64(position)
      break
    case 'date':
      builder.i32[row] = dateOf(view.getInt32(position))
      break
    case 'timestamp':
      if (!writeTimestamp(view.getInt32(position), view.getUint32(position + 4), builder.i32, row * 2)) return false
      break
    case 'decimal':
      if (!writeDecimal(view, position, builder.i32, row * 4, decoding.scale)) return false
      break
  }
  builder.length++
  return true
}

/** Only arrays of one dimension that start at 1, and empty ones, are lists. */
function appendList(item: Decoding, builder: ListBuilder, bytes: Buffer, view: DataView, position: number): boolean {
  const array = readArrayHeader(view, position)
  if (array.dimensions.length > 1 || array.dimensions.some(dimension => dimension.lowerBound !== 1)) return false
  let at = array.firstItem
  for (let left = array.dimensions[0]?.length ?? 0; left > 0; left--) {
    const length = view.getInt32(at)
    at += 4
    if (length < 0) builder.child.appendNull()
    else {
      if (!appendValue(item, builder.child, bytes, view, at, length)) return false
      at += length
    }
  }
  builder.closeRow()
  return true
}

export interface ArrayHeader {
  /** None: an empty array. */
  readonly dimensions: readonly { readonly length: number; readonly lowerBound: number }[]
  readonly firstItem: number
}

export function readArrayHeader(view: DataView, position: number): ArrayHeader {
  const count = view.getInt32(position)
  const dimensions = Array.from({ length: count }, (_, index) => ({
    length: view.getInt32(position + 12 + index * 8),
    lowerBound: view.getInt32(position + 16 + index * 8),
  }))
  return { dimensions, firstItem: position + 12 + count * 8 }
}
