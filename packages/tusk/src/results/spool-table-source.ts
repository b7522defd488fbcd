import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { TableSource } from '../engine/table-source.ts'
import { SpoolReader } from './spool-reader.ts'

/** A stored result as a table to compute on: the batches that are there when it is opened, read column by column, undecoded. */
export class SpoolTableSource implements TableSource, Disposable {
  readonly schema: Schema
  readonly batchCount: number
  readonly rowCount: number
  readonly batchStarts: readonly number[]
  readonly #reader: SpoolReader

  /** RESULT_DAMAGED when there are no readable rows in `directory`. */
  constructor(directory: string) {
    this.#reader = SpoolReader.whole(directory)
    this.schema = this.#reader.schema
    this.batchCount = this.#reader.batchCount
    this.rowCount = this.#reader.rowCount
    this.batchStarts = [...this.#reader.batchStarts]
  }

  readBatch(index: number, columns: readonly number[]): RecordBatch {
    return this.#reader.readBatch(index, columns)
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
  }
}
