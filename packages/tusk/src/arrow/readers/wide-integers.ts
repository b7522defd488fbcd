import { alignedTo, type ColumnData } from '../column-data.ts'

/** Whole numbers of 64 bits: as a plain number where that is exact, which is much faster than a bigint. */
export class WideIntegers {
  readonly #halves: Int32Array
  readonly #values: BigInt64Array | BigUint64Array
  readonly #signed: boolean

  constructor(data: ColumnData, signed: boolean) {
    const { buffer, byteOffset } = alignedTo(data.values, 8)
    this.#halves = new Int32Array(buffer, byteOffset, data.length * 2)
    this.#values = signed
      ? new BigInt64Array(buffer, byteOffset, data.length)
      : new BigUint64Array(buffer, byteOffset, data.length)
    this.#signed = signed
  }

  exact(row: number): bigint {
    return this.#values[row]!
  }

  short(row: number): bigint | number {
    const high = this.#halves[row * 2 + 1]!
    const small = high < highLimit && high >= (this.#signed ? -highLimit : 0)
    return small ? high * 0x1_0000_0000 + (this.#halves[row * 2]! >>> 0) : this.#values[row]!
  }
}

/** Above it a number of 64 bits has more than the 53 that a double holds. */
const highLimit = 2 ** 21
