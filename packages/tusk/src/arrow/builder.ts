import type { DataField } from './data-type.ts'
import type { FieldNode } from './record-batch.ts'

/**
 * Fills one column of one batch, row by row, straight into Arrow buffers. Engines with a hot path write to the exposed
 * typed arrays themselves and keep `length` and `nullCount` right. `finish` hands the buffers on and starts anew.
 */
export interface ColumnBuilder {
  readonly field: DataField
  readonly capacity: number
  readonly length: number
  appendNull(): void
  /** Takes the value as the column holds it: see `ColumnValue`. Throws VALUE_OUT_OF_RANGE when it does not fit. */
  append(value: ColumnValue): void
  /** Bytes held by now, to keep batches below their size. */
  readonly byteLength: number
  /** Nodes and buffers of the rows so far in IPC order; afterwards the builder is empty with fresh buffers. */
  finish(): { readonly nodes: readonly FieldNode[]; readonly buffers: readonly Uint8Array[] }
}

/**
 * One value as plain JavaScript, exact: bool → boolean · int up to 32 bits, float → number · int64, decimal (unscaled),
 * time, timestamp → bigint · date (days) → number · utf8 → string · binary → Uint8Array · list → array · struct → array in
 * field order · map → array of [key, value] · null → null.
 */
export type ColumnValue = null | boolean | number | bigint | string | Uint8Array | readonly ColumnValue[]
