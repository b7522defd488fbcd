import type { ColumnValue } from '../builder.ts'
import type { ColumnData } from '../column-data.ts'
import type { ColumnReader } from '../column-reader.ts'
import type { DataField } from '../data-type.ts'

/** The part of reading that is the same for each type: null first, then the value of the type. */
export abstract class NullableReader implements ColumnReader {
  readonly field: DataField
  readonly length: number
  readonly #nullCount: number
  readonly #validity: Uint8Array

  constructor(field: DataField, data: ColumnData) {
    this.field = field
    this.length = data.length
    this.#nullCount = data.nullCount
    this.#validity = data.validity
  }

  isNull(row: number): boolean {
    return this.#nullCount !== 0 && (this.#validity[row >> 3]! & (1 << (row & 7))) === 0
  }

  value(row: number): ColumnValue {
    return this.isNull(row) ? null : this.valueOf(row)
  }

  text(row: number): string | null {
    return this.isNull(row) ? null : this.textOf(row)
  }

  json(row: number): string {
    return this.isNull(row) ? 'null' : this.jsonOf(row)
  }

  byteLength(row: number): number {
    return this.isNull(row) ? 0 : this.byteLengthOf(row)
  }

  protected abstract valueOf(row: number): ColumnValue
  protected abstract textOf(row: number): string
  protected abstract byteLengthOf(row: number): number

  /** A JSON string of the text, unless the type says otherwise. Such texts need no escapes. */
  protected jsonOf(row: number): string {
    return `"${this.textOf(row)}"`
  }
}
