import { alignedTo, type ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { decimalText } from '../text/decimal-text.ts'
import { NullableReader } from './nullable-reader.ts'

/** Decimals of 128 bits: the value is the unscaled bigint. */
export class DecimalReader extends NullableReader {
  readonly #scale: number
  readonly #words: Int32Array
  readonly #halves: BigInt64Array

  constructor(field: DataField, data: ColumnData, scale: number) {
    super(field, data)
    this.#scale = scale
    const bytes = alignedTo(data.values, 8)
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, data.length * 4)
    this.#halves = new BigInt64Array(bytes.buffer, bytes.byteOffset, data.length * 2)
  }

  protected valueOf(row: number): bigint {
    return (this.#halves[row * 2 + 1]! << 64n) | BigInt.asUintN(64, this.#halves[row * 2]!)
  }

  protected textOf(row: number): string {
    const at = row * 4
    const high = this.#words[at + 1]!
    const sign = high >> 31
    const small = this.#words[at + 2] === sign && this.#words[at + 3] === sign && high < 2 ** 21 && high >= -(2 ** 21)
    return decimalText(small ? high * 0x1_0000_0000 + (this.#words[at]! >>> 0) : this.valueOf(row), this.#scale)
  }

  protected override jsonOf(row: number): string {
    return this.textOf(row)
  }

  protected byteLengthOf(): number {
    return 16
  }
}
