import type { ColumnValue } from '../builder.ts'
import type { ColumnData } from '../column-data.ts'
import type { ColumnReader } from '../column-reader.ts'
import type { DataField } from '../data-type.ts'
import { uniqueNames } from '../text/json-text.ts'
import { NullableReader } from './nullable-reader.ts'

/** Structs: the value has the fields in order, JSON has them by name. */
export class StructReader extends NullableReader {
  readonly children: readonly ColumnReader[]
  readonly #keys: readonly string[]

  constructor(field: DataField, data: ColumnData, children: readonly ColumnReader[]) {
    super(field, data)
    this.children = children
    this.#keys = uniqueNames(children.map(child => child.field.name)).map(name => JSON.stringify(name))
  }

  childRows(row: number): { readonly from: number; readonly to: number } {
    return { from: row, to: row + 1 }
  }

  protected valueOf(row: number): readonly ColumnValue[] {
    return this.children.map(child => child.value(row))
  }

  protected textOf(row: number): string {
    return this.jsonOf(row)
  }

  protected override jsonOf(row: number): string {
    return `{${this.children.map((child, index) => `${this.#keys[index]}:${child.json(row)}`).join(',')}}`
  }

  protected byteLengthOf(row: number): number {
    return this.children.reduce((sum, child) => sum + child.byteLength(row), 0)
  }
}
