import type { ColumnValue } from '../builder.ts'
import type { ColumnData } from '../column-data.ts'
import type { ColumnReader } from '../column-reader.ts'
import type { DataField } from '../data-type.ts'
import { NullableReader } from './nullable-reader.ts'

/** Maps, as pairs; in JSON an object when the keys are text, otherwise an array of pairs. */
export class MapReader extends NullableReader {
  readonly #offsets: Int32Array
  readonly #keys: ColumnReader
  readonly #values: ColumnReader
  readonly #textKeys: boolean

  constructor(field: DataField, data: ColumnData, keys: ColumnReader, values: ColumnReader) {
    super(field, data)
    this.#offsets = data.offsets
    this.#keys = keys
    this.#values = values
    this.#textKeys = keys.field.type.kind === 'utf8'
  }

  get children(): readonly ColumnReader[] {
    return [this.#keys, this.#values]
  }

  childRows(row: number): { readonly from: number; readonly to: number } {
    return { from: this.#offsets[row]!, to: this.#offsets[row + 1]! }
  }

  protected valueOf(row: number): readonly ColumnValue[] {
    return this.#entries(row, entry => [this.#keys.value(entry), this.#values.value(entry)])
  }

  protected textOf(row: number): string {
    return this.jsonOf(row)
  }

  protected override jsonOf(row: number): string {
    if (!this.#textKeys) {
      return `[${this.#entries(row, entry => `[${this.#keys.json(entry)},${this.#values.json(entry)}]`).join(',')}]`
    }
    const pairs = this.#entries(
      row,
      entry => `${JSON.stringify(this.#keys.text(entry) ?? '')}:${this.#values.json(entry)}`,
    )
    return `{${pairs.join(',')}}`
  }

  protected byteLengthOf(row: number): number {
    return this.#entries(row, entry => this.#keys.byteLength(entry) + this.#values.byteLength(entry)).reduce(
      (sum, size) => sum + size,
      0,
    )
  }

  #entries<Entry>(row: number, read: (entry: number) => Entry): Entry[] {
    const entries: Entry[] = []
    for (let entry = this.#offsets[row]!; entry < this.#offsets[row + 1]!; entry++) entries.push(read(entry))
    return entries
  }
}
