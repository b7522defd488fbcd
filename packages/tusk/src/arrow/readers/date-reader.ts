import { asInt32, type ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { dateText } from '../text/date-time-text.ts'
import { NullableReader } from './nullable-reader.ts'

/** Dates, as days since 1970-01-01. */
export class DateReader extends NullableReader {
  readonly #days: Int32Array

  constructor(field: DataField, data: ColumnData) {
    super(field, data)
    this.#days = asInt32(data.values, data.length)
  }

  protected valueOf(row: number): number {
    return this.#days[row]!
  }

  protected textOf(row: number): string {
    return dateText(this.#days[row]!)
  }

  protected byteLengthOf(): number {
    return 4
  }
}
