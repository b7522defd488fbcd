import type { ColumnValue } from './builder.ts'
import type { DataField } from './data-type.ts'

/** Reads one column of one batch by row, exactly, without copying the batch. */
export interface ColumnReader {
  readonly field: DataField
  readonly length: number
  isNull(row: number): boolean
  value(row: number): ColumnValue
  /**
   * The value as exact text, the same in grid, copy, CSV and CLI; null for NULL. Numbers in shortest exact form, decimals with their
   * scale, `infinity`, `NaN`, timestamps `2026-11-23 20:15:00.123456` (UTC instants end in `+00`), years BC as `0044-03-15 BC`,
   * binary as `\x0a0b`, lists and structs as JSON with exact numbers.
   */
  text(row: number): string | null
  /** The value as JSON text: int64 and decimals as exact number literals, NaN and infinities as strings, binary as `"\\x…"`, json columns verbatim. */
  json(row: number): string
  /** Size in bytes of the value as stored: how long a cut cell really is. 0 for NULL. */
  byteLength(row: number): number
  /** Nested types only: readers of the items (list), of the keys and the values (map), of the fields (struct). */
  readonly children?: readonly ColumnReader[]
  /** Nested types only: the rows of `children` that belong to this row, from inclusive, to exclusive. */
  childRows?(row: number): { readonly from: number; readonly to: number }
}
