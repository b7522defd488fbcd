import { setBit } from '../bitmap.ts'
import type { ColumnValue } from '../builder.ts'
import type { DataField } from '../data-type.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/** Builds bool columns: one bit a row in `bits`, all zeros at first. */
export class BooleanBuilder extends BuilderState {
  bits: Uint8Array

  constructor(field: DataField, capacity: number) {
    super(field, capacity)
    this.bits = new Uint8Array((this.capacity + 7) >> 3)
  }

  get byteLength(): number {
    return this.length >> 2
  }

  append(value: ColumnValue): void {
    if (value === null) {
      this.appendNull()
      return
    }
    if (typeof value !== 'boolean') throw outOfRange(this.field, value)
    const row = this.startRow()
    if (value) setBit(this.bits, row)
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const values = this.bits.subarray(0, (this.length + 7) >> 3)
    const { node, validity } = this.finishRows()
    if (node.length !== 0) this.bits = new Uint8Array((this.capacity + 7) >> 3)
    return { nodes: [node], buffers: [validity, values] }
  }

  protected override resize(capacity: number): void {
    const bits = new Uint8Array((capacity + 7) >> 3)
    bits.set(this.bits)
    this.bits = bits
  }
}
