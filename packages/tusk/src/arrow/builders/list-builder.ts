import type { ColumnBuilder, ColumnValue } from '../builder.ts'
import { bytesOf } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/**
 * Builds list columns. A hot path appends the items of a row to `child`, then calls `closeRow`. The child has no limit: it
 * grows. After an `append` that threw, the builder cannot go on.
 */
export class ListBuilder extends BuilderState {
  offsets: Int32Array
  readonly child: ColumnBuilder

  constructor(field: DataField, capacity: number, child: ColumnBuilder) {
    super(field, capacity)
    this.offsets = new Int32Array(this.capacity + 1)
    this.child = child
  }

  get byteLength(): number {
    return this.length * 4 + (this.length >> 3) + this.child.byteLength
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
    for (const item of value) this.child.append(item)
    this.closeRow()
  }

  /** Ends the row whose items are all those appended to `child` since the row before. */
  closeRow(): void {
    const row = this.startRow()
    this.offsets[row + 1] = this.child.length
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const offsets = bytesOf(this.offsets.subarray(0, this.length + 1))
    const { node, validity } = this.finishRows()
    const child = this.child.finish()
    if (node.length !== 0) this.offsets = new Int32Array(this.capacity + 1)
    return { nodes: [node, ...child.nodes], buffers: [validity, offsets, ...child.buffers] }
  }

  protected override resize(capacity: number): void {
    const offsets = new Int32Array(capacity + 1)
    offsets.set(this.offsets)
    this.offsets = offsets
  }
}
