import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'

/** Rows that can be read again and again by position and column: a stored result, a plugin's dataset. Reads are synchronous. */
export interface TableSource {
  readonly schema: Schema
  readonly batchCount: number
  readonly rowCount: number
  /** First row of each batch; `batchStarts[batchCount]` is the row count. */
  readonly batchStarts: readonly number[]
  /** One batch with the given columns only (positions in the schema, in that order). The schema of the batch is the projected one. */
  readBatch(index: number, columns: readonly number[]): RecordBatch
}
