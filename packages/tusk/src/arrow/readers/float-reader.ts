import { alignedTo, type ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { float32Text, float64Text } from '../text/float-text.ts'
import { NullableReader } from './nullable-reader.ts'

export class FloatReader extends NullableReader {
  readonly #values: Float32Array | Float64Array
  readonly #width: number

  constructor(field: DataField, data: ColumnData, bits: 32 | 64) {
    super(field, data)
    this.#width = bits / 8
    const { buffer, byteOffset } = alignedTo(data.values, this.#width)
    this.#values =
      bits === 32
        ? new Float32Array(buffer, byteOffset, data.length)
        : new Float64Array(buffer, byteOffset, data.length)
  }

  protected valueOf(row: number): number {
    return this.#values[row]!
  }

  protected textOf(row: number): string {
    const value = this.#values[row]!
    return this.#width === 4 ? float32Text(value) : float64Text(value)
  }

  protected override jsonOf(row: number): string {
    const text = this.textOf(row)
    return Number.isFinite(this.#values[row]!) ? text : `"${text}"`
  }

  protected byteLengthOf(): number {
    return this.#width
  }
}
