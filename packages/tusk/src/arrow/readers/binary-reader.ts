import type { ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { hexText } from '../text/hex-text.ts'
import { NullableReader } from './nullable-reader.ts'

/** Bytes; values are views of the batch. */
export class BinaryReader extends NullableReader {
  readonly #bytes: Uint8Array
  readonly #offsets: Int32Array

  constructor(field: DataField, data: ColumnData) {
    super(field, data)
    const { buffer, byteOffset, byteLength } = data.values
    // A plain view, also when the batch lies in a Node Buffer.
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength)
    this.#offsets = data.offsets
  }

  protected valueOf(row: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[row]!, this.#offsets[row + 1]!)
  }

  protected textOf(row: number): string {
    return hexText(this.valueOf(row))
  }

  protected override jsonOf(row: number): string {
    return `"\\${this.textOf(row)}"`
  }

  protected byteLengthOf(row: number): number {
    return this.#offsets[row + 1]! - this.#offsets[row]!
  }
}
