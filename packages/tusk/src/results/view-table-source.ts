import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { TableSource } from '../engine/table-source.ts'
import { readRows } from './read-rows.ts'
import { readRowNumbers, viewRowCount } from './row-numbers.ts'
import { SpoolReader } from './spool-reader.ts'

/** Rows of a batch: gathered one by one, so few enough to be held twice. */
const batchRows = 16_384

/** The rows of a view of a stored result, in its order, as a table that is read from its first row to its last. */
export class ViewTableSource implements TableSource, Disposable {
  readonly schema: Schema
  readonly batchCount: number
  readonly rowCount: number
  readonly batchStarts: readonly number[]
  readonly groupStarts: readonly number[]
  readonly #reader: SpoolReader
  readonly #rowNumbersFile: string

  /** RESULT_DAMAGED when there are no readable rows in `directory`; NOT_FOUND without the file of row numbers. */
  constructor(directory: string, rowNumbersFile: string) {
    this.rowCount = viewRowCount(rowNumbersFile)
    this.#reader = SpoolReader.whole(directory)
    this.#rowNumbersFile = rowNumbersFile
    this.schema = this.#reader.schema
    this.batchCount = Math.ceil(this.rowCount / batchRows)
    this.batchStarts = [...Array.from({ length: this.batchCount }, (_, index) => index * batchRows), this.rowCount]
    this.groupStarts = this.batchStarts
  }

  readBatch(index: number, columns: readonly number[]): RecordBatch {
    const first = this.batchStarts[index]!
    return this.readRows(first, this.batchStarts[index + 1]! - first, columns)
  }

  readRows(first: number, count: number, columns: readonly number[]): RecordBatch {
    return readRows(this.#reader, columns, readRowNumbers(this.#rowNumbersFile, first, count) ?? new Uint32Array())
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
  }
}
