import type { ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { timeText } from '../text/date-time-text.ts'
import { NullableReader } from './nullable-reader.ts'
import { WideIntegers } from './wide-integers.ts'

/** Times of day, as units since midnight. */
export class TimeReader extends NullableReader {
  readonly #times: WideIntegers
  readonly #unit: 'us' | 'ns'

  constructor(field: DataField, data: ColumnData, unit: 'us' | 'ns') {
    super(field, data)
    this.#times = new WideIntegers(data, true)
    this.#unit = unit
  }

  protected valueOf(row: number): bigint {
    return this.#times.exact(row)
  }

  protected textOf(row: number): string {
    return timeText(this.#times.short(row), this.#unit)
  }

  protected byteLengthOf(): number {
    return 8
  }
}
