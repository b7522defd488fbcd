import { bitAt } from '../bitmap.ts'
import type { ColumnData } from '../column-data.ts'
import type { DataField } from '../data-type.ts'
import { NullableReader } from './nullable-reader.ts'

export class BooleanReader extends NullableReader {
  readonly #bits: Uint8Array

  constructor(field: DataField, data: ColumnData) {
    super(field, data)
    this.#bits = data.values
  }

  protected valueOf(row: number): boolean {
    return bitAt(this.#bits, row)
  }

  protected textOf(row: number): string {
    return bitAt(this.#bits, row) ? 'true' : 'false'
  }

  protected override jsonOf(row: number): string {
    return this.textOf(row)
  }

  protected byteLengthOf(): number {
    return 1
  }
}
