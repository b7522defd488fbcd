import { TuskError } from '../../errors.ts'
import { clearBit } from '../bitmap.ts'
import type { ColumnBuilder, ColumnValue } from '../builder.ts'
import { noBytes } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { typeName } from '../layout.ts'
import type { FieldNode } from '../record-batch.ts'

/**
 * What all builders share. A hot path may write rows itself: it fills the exposed arrays up to `capacity` (see
 * `ensureCapacity`), marks nulls with `setNull` and sets `length`; `nullCount` follows `setNull`.
 */
export abstract class BuilderState implements ColumnBuilder {
  readonly field: DataField
  capacity: number
  length = 0
  nullCount = 0
  /** One bit a row, all ones at first. */
  validity: Uint8Array

  constructor(field: DataField, capacity: number) {
    this.field = field
    this.capacity = Math.max(1, capacity)
    this.validity = allOnes(this.capacity)
  }

  abstract readonly byteLength: number
  abstract append(value: ColumnValue): void
  abstract finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] }
  protected abstract resize(capacity: number): void

  appendNull(): void {
    this.setNull(this.startRow())
    this.length++
  }

  /** Clears the row's validity bit and counts it, once a row. Writes nothing else: offsets are the caller's to set. */
  setNull(row: number): void {
    clearBit(this.validity, row)
    this.nullCount++
  }

  /** Room for at least `rows` rows in all; may replace the exposed arrays. */
  ensureCapacity(rows: number): void {
    if (rows <= this.capacity) return
    this.capacity = Math.max(rows, this.capacity * 2)
    const validity = allOnes(this.capacity)
    validity.set(this.validity.subarray(0, (this.length + 7) >> 3))
    this.validity = validity
    this.resize(this.capacity)
  }

  /** The row that the next append writes, with room for it. */
  protected startRow(): number {
    if (this.length === this.capacity) this.ensureCapacity(this.length + 1)
    return this.length
  }

  /** Node and validity of the rows so far; then the state is as new. */
  protected finishRows(): { readonly node: FieldNode; readonly validity: Uint8Array } {
    const node = { length: this.length, nullCount: this.nullCount }
    const validity = this.nullCount === 0 ? noBytes : this.validity.subarray(0, (this.length + 7) >> 3)
    if (this.nullCount !== 0) this.validity = allOnes(this.capacity)
    this.length = 0
    this.nullCount = 0
    return { node, validity }
  }
}

export function outOfRange(field: DataField, value: unknown): TuskError {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return new TuskError('VALUE_OUT_OF_RANGE', `A value of column "${field.name}" does not fit its type.`, {
    detail: `${shown} is not a value of ${typeName(field.type)}.`,
  })
}

function allOnes(rows: number): Uint8Array {
  return new Uint8Array((rows + 7) >> 3).fill(255)
}
