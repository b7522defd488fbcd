import type { ColumnBuilder, ColumnValue } from '../builder.ts'
import { bytesOf, noBytes } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/**
 * Builds map columns. A hot path appends each entry of a row to `keys` and `values`, then calls `closeRow`. Both grow
 * without limit. Keys must not be null. After an `append` that threw, the builder cannot go on.
 */
export class MapBuilder extends BuilderState {
  offsets: Int32Array
  readonly keys: ColumnBuilder
  readonly values: ColumnBuilder

  constructor(field: DataField, capacity: number, keys: ColumnBuilder, values: ColumnBuilder) {
    super(field, capacity)
    this.offsets = new Int32Array(this.capacity + 1)
    this.keys = keys
    this.values = values
  }

  get byteLength(): number {
    return this.length * 4 + (this.length >> 3) + this.keys.byteLength + this.values.byteLength
  }

  override appendNull(): void {
    this.setNull(this.startRow())
    this.closeRow()
  }

  append(value: ColumnValue): void {
    if (value === null) {
      this.appendNull()
      return
    }
    if (!Array.isArray(value)) throw outOfRange(this.field, value)
    for (const entry of value) {
      if (!Array.isArray(entry) || entry.length !== 2 || entry[0] === null) throw outOfRange(this.field, entry)
      this.keys.append(entry[0] as ColumnValue)
      this.values.append(entry[1] as ColumnValue)
    }
    this.closeRow()
  }

  /** Ends the row whose entries are all those appended to `keys` and `values` since the row before. */
  closeRow(): void {
    const row = this.startRow()
    this.offsets[row + 1] = this.keys.length
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const offsets = bytesOf(this.offsets.subarray(0, this.length + 1))
    const { node, validity } = this.finishRows()
    const entries = { length: this.keys.length, nullCount: 0 }
    const keys = this.keys.finish()
    const values = this.values.finish()
    if (node.length !== 0) this.offsets = new Int32Array(this.capacity + 1)
    return {
      nodes: [node, entries, ...keys.nodes, ...values.nodes],
      buffers: [validity, offsets, noBytes, ...keys.buffers, ...values.buffers],
    }
  }

  protected override resize(capacity: number): void {
    const offsets = new Int32Array(capacity + 1)
    offsets.set(this.offsets)
    this.offsets = offsets
  }
}
