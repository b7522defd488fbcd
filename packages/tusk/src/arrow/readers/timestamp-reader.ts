import type { ColumnData } from '../column-data.ts'
import type { DataField, TimeUnit } from '../data-type.ts'
import { timestampText } from '../text/date-time-text.ts'
import { NullableReader } from './nullable-reader.ts'
import { WideIntegers } from './wide-integers.ts'

/** Timestamps, as units since 1970-01-01 00:00. */
export class TimestampReader extends NullableReader {
  readonly #timestamps: WideIntegers
  readonly #unit: TimeUnit
  readonly #instant: boolean

  constructor(field: DataField, data: ColumnData, unit: TimeUnit, instant: boolean) {
    super(field, data)
    this.#timestamps = new WideIntegers(data, true)
    this.#unit = unit
    this.#instant = instant
  }

  protected valueOf(row: number): bigint {
    return this.#timestamps.exact(row)
  }

  protected textOf(row: number): string {
    return timestampText(this.#timestamps.short(row), this.#unit, this.#instant)
  }

  protected byteLengthOf(): number {
    return 8
  }
}
