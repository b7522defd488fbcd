import type { ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { NullableReader } from './nullable-reader.ts'
import { WideIntegers } from './wide-integers.ts'

/** int64 and uint64, as bigints. */
export class WideIntegerReader extends NullableReader {
  readonly #integers: WideIntegers

  constructor(field: DataField, data: ColumnData, signed: boolean) {
    super(field, data)
    this.#integers = new WideIntegers(data, signed)
  }

  protected valueOf(row: number): bigint {
    return this.#integers.exact(row)
  }

  protected textOf(row: number): string {
    return String(this.#integers.short(row))
  }

  protected override jsonOf(row: number): string {
    return this.textOf(row)
  }

  protected byteLengthOf(): number {
    return 8
  }
}
