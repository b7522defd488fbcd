import type { ColumnBuilder, ColumnValue } from '../builder.ts'
import type { DataField } from '../data-type.ts'
import type { FieldNode } from '../record-batch.ts'
import { BuilderState, outOfRange } from './builder-state.ts'

/**
 * Builds struct columns. A hot path appends one value to each of `children` and raises `length`. The children have no
 * limit: they grow. After an `append` that threw, the builder cannot go on.
 */
export class StructBuilder extends BuilderState {
  readonly children: readonly ColumnBuilder[]

  constructor(field: DataField, capacity: number, children: readonly ColumnBuilder[]) {
    super(field, capacity)
    this.children = children
  }

  get byteLength(): number {
    return this.children.reduce((sum, child) => sum + child.byteLength, this.length >> 3)
  }

  /** Null in the struct and in each child. */
  override appendNull(): void {
    super.appendNull()
    for (const child of this.children) child.appendNull()
  }

  append(value: ColumnValue): void {
    if (value === null) {
      this.appendNull()
      return
    }
    if (!Array.isArray(value) || value.length !== this.children.length) throw outOfRange(this.field, value)
    this.startRow()
    for (const [index, child] of this.children.entries()) child.append(value[index] as ColumnValue)
    this.length++
  }

  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] } {
    const { node, validity } = this.finishRows()
    const children = this.children.map(child => child.finish())
    return {
      nodes: [node, ...children.flatMap(child => child.nodes)],
      buffers: [validity, ...children.flatMap(child => child.buffers)],
    }
  }

  protected override resize(): void {}
}
