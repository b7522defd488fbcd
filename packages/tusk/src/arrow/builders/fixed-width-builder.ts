import type { ColumnValue } from '../builder.ts'
import type { DataField, DataType } from '../data-type.ts'
import { byteWidth } from '../layout.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/**
 * Builds int, float, decimal, date, time and timestamp columns. `bytes` holds `stride` bytes a row; the typed arrays are
 * views of the same memory (unsigned values are stored through the signed ones). A null row's bytes are zero unless written.
 */
export class FixedWidthBuilder extends BuilderState {
  readonly stride: number
  bytes: Uint8Array
  i8: Int8Array
  i16: Int16Array
  i32: Int32Array
  i64: BigInt64Array
  f32: Float32Array
  f64: Float64Array
  readonly #write: (builder: FixedWidthBuilder, row: number, value: ColumnValue) => void

  constructor(field: DataField, capacity: number) {
    super(field, capacity)
    this.stride = byteWidth(field.type)!
    this.#write = writerOf(field.type)
    const memory = allocate(this.capacity * this.stride)
    this.bytes = new Uint8Array(memory)
    this.i8 = new Int8Array(memory)
    this.i16 = new Int16Array(memory)
    this.i32 = new Int32Array(memory)
    this.i64 = new BigInt64Array(memory)
    this.f32 = new Float32Array(memory)
    this.f64 = new Float64Array(memory)
  }

  get byteLength(): number {
    return this.length * this.stride + (this.length >> 3)
  }

  /** Whole numbers may come as number or bigint whatever the width. */
  append(value: ColumnValue): void {
    if (value === null) {
      this.appendNull()
      return
    }
    this.#write(this, this.startRow(), value)
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const values = this.bytes.subarray(0, this.length * this.stride)
    const { node, validity } = this.finishRows()
    if (node.length !== 0) this.#use(allocate(this.capacity * this.stride))
    return { nodes: [node], buffers: [validity, values] }
  }

  protected override resize(capacity: number): void {
    const memory = allocate(capacity * this.stride)
    new Uint8Array(memory).set(this.bytes)
    this.#use(memory)
  }

  #use(memory: ArrayBuffer): void {
    this.bytes = new Uint8Array(memory)
    this.i8 = new Int8Array(memory)
    this.i16 = new Int16Array(memory)
    this.i32 = new Int32Array(memory)
    this.i64 = new BigInt64Array(memory)
    this.f32 = new Float32Array(memory)
    this.f64 = new Float64Array(memory)
  }
}

/** A multiple of 8, so that every view fits. */
function allocate(byteLength: number): ArrayBuffer {
  return new ArrayBuffer(Math.ceil(byteLength / 8) * 8)
}

function writerOf(type: DataType): (builder: FixedWidthBuilder, row: number, value: ColumnValue) => void {
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? wideIntWriter(type.signed) : intWriter(type.bits, type.signed)
    case 'float':
      return type.bits === 32 ? writeFloat32 : writeFloat64
    case 'decimal':
      return decimalWriter(10n ** BigInt(type.precision))
    case 'date':
      return intWriter(32, true)
    default:
      return wideIntWriter(true)
  }
}

function intWriter(bits: 8 | 16 | 32, signed: boolean) {
  const min = signed ? -(2 ** (bits - 1)) : 0
  const max = min + 2 ** bits - 1
  return (builder: FixedWidthBuilder, row: number, value: ColumnValue): void => {
    const whole = typeof value === 'bigint' ? Number(value) : value
    if (typeof whole !== 'number' || !Number.isInteger(whole) || whole < min || whole > max) {
      throw outOfRange(builder.field, value)
    }
    if (bits === 8) builder.i8[row] = whole
    else if (bits === 16) builder.i16[row] = whole
    else builder.i32[row] = whole
  }
}

function wideIntWriter(signed: boolean) {
  return (builder: FixedWidthBuilder, row: number, value: ColumnValue): void => {
    const whole = toBigInt(builder.field, value)
    if ((signed ? BigInt.asIntN(64, whole) : BigInt.asUintN(64, whole)) !== whole) {
      throw outOfRange(builder.field, value)
    }
    builder.i64[row] = whole
  }
}

function decimalWriter(limit: bigint) {
  return (builder: FixedWidthBuilder, row: number, value: ColumnValue): void => {
    const unscaled = toBigInt(builder.field, value)
    if (unscaled >= limit || unscaled <= -limit) throw outOfRange(builder.field, value)
    builder.i64[row * 2] = unscaled
    builder.i64[row * 2 + 1] = unscaled >> 64n
  }
}

/** Rounds to the nearest float32; a finite value that would become infinite does not fit. */
function writeFloat32(builder: FixedWidthBuilder, row: number, value: ColumnValue): void {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Number.isFinite(Math.fround(value)))) {
    throw outOfRange(builder.field, value)
  }
  builder.f32[row] = value
}

function writeFloat64(builder: FixedWidthBuilder, row: number, value: ColumnValue): void {
  if (typeof value !== 'number') throw outOfRange(builder.field, value)
  builder.f64[row] = value
}

function toBigInt(field: DataField, value: ColumnValue): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw outOfRange(field, value)
}
