import type { ColumnValue } from '../builder.ts'
import type { ColumnData } from '../column-data.ts'
import type { ColumnReader } from '../column-reader.ts'
import type { DataField } from '../data-type.ts'
import { NullableReader } from './nullable-reader.ts'

/** Lists, as arrays. */
export class ListReader extends NullableReader {
  readonly #offsets: Int32Array
  readonly #items: ColumnReader

  constructor(field: DataField, data: ColumnData, items: ColumnReader) {
    super(field, data)
    this.#offsets = data.offsets
    this.#items = items
  }

  get children(): readonly ColumnReader[] {
    return [this.#items]
  }

  childRows(row: number): { readonly from: number; readonly to: number } {
    return { from: this.#offsets[row]!, to: this.#offsets[row + 1]! }
  }

  protected valueOf(row: number): readonly ColumnValue[] {
    const values: ColumnValue[] = []
    for (let item = this.#offsets[row]!; item < this.#offsets[row + 1]!; item++) values.push(this.#items.value(item))
    return values
  }

  protected textOf(row: number): string {
    return this.jsonOf(row)
  }

  protected override jsonOf(row: number): string {
    const texts: string[] = []
    for (let item = this.#offsets[row]!; item < this.#offsets[row + 1]!; item++) texts.push(this.#items.json(item))
    return `[${texts.join(',')}]`
  }

  protected byteLengthOf(row: number): number {
    let sum = 0
    for (let item = this.#offsets[row]!; item < this.#offsets[row + 1]!; item++) sum += this.#items.byteLength(item)
    return sum
  }
}
