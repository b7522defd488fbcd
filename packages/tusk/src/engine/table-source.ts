import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'

/** Rows that can be read again and again by position and column: a stored result, a plugin's dataset. Reads are synchronous. */
export interface TableSource {
  readonly schema: Schema
  readonly batchCount: number
  readonly rowCount: number
  /** First row of each batch; `batchStarts[batchCount]` is the row count. */
  readonly batchStarts: readonly number[]
  /** The rows in groups that fit into memory well, of at most `mostGroupRows`: first row of each, and at the end the row count. */
  readonly groupStarts: readonly number[]
  /** One batch with the given columns only (positions in the schema, in that order). The schema of the batch is the projected one. */
  readBatch(index: number, columns: readonly number[]): RecordBatch
  /** Neighbouring rows as one batch, wherever batches begin and end. */
  readRows(first: number, count: number, columns: readonly number[]): RecordBatch
}

/** Rows of a row group as DuckDB makes them, in its tables and in Parquet. */
export const mostGroupRows = 122_880
