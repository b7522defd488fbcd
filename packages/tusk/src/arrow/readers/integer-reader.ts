import { alignedTo, type ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { NullableReader } from './nullable-reader.ts'

/** Integers of up to 32 bits, as numbers. */
export class IntegerReader extends NullableReader {
  readonly #values: Integers
  readonly #width: number

  constructor(field: DataField, data: ColumnData, bits: 8 | 16 | 32, signed: boolean) {
    super(field, data)
    this.#width = bits / 8
    this.#values = viewOf(alignedTo(data.values, this.#width), data.length, bits, signed)
  }

  protected valueOf(row: number): number {
    return this.#values[row]!
  }

  protected textOf(row: number): string {
    return String(this.#values[row]!)
  }

  protected override jsonOf(row: number): string {
    return String(this.#values[row]!)
  }

  protected byteLengthOf(): number {
    return this.#width
  }
}

type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array

function viewOf({ buffer, byteOffset }: Uint8Array, length: number, bits: 8 | 16 | 32, signed: boolean): Integers {
  switch (bits) {
    case 8:
      return signed ? new Int8Array(buffer, byteOffset, length) : new Uint8Array(buffer, byteOffset, length)
    case 16:
      return signed ? new Int16Array(buffer, byteOffset, length) : new Uint16Array(buffer, byteOffset, length)
    case 32:
      return signed ? new Int32Array(buffer, byteOffset, length) : new Uint32Array(buffer, byteOffset, length)
  }
}
