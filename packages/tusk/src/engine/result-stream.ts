import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'

/**
 * Rows of one statement, pulled as they are asked for, read once. Leaving the loop early, aborting the query's signal or
 * disposing cancels the rest at the source and leaves the connection usable. The first batch is small (about 200 rows)
 * so that it comes soon; later ones hold 8 k to 64 k rows, fewer when rows are wide (a batch stays below about 32 MB where
 * a single row allows it).
 */
export interface ResultStream extends AsyncIterable<RecordBatch>, AsyncDisposable {
  /** Columns as known before the first row. No fields: the statement returns no rows. */
  readonly schema: Schema
  /** Rows inserted, updated, deleted; known after the last batch. Undefined where it means nothing. */
  readonly affectedRows?: number | undefined
  /** What the database calls the thing done: `SELECT`, `CREATE TABLE`; known after the last batch. */
  readonly command?: string | undefined
}
