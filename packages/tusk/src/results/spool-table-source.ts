import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { mostGroupRows, type TableSource } from '../engine/table-source.ts'
import { readRuns, runsOfRange } from './read-rows.ts'
import { SpoolReader } from './spool-reader.ts'

/** A stored result as a table to compute on: the batches that are there when it is opened, read column by column, undecoded. */
export class SpoolTableSource implements TableSource, Disposable {
  readonly schema: Schema
  readonly batchCount: number
  readonly rowCount: number
  readonly batchStarts: readonly number[]
  readonly groupStarts: readonly number[]
  readonly #reader: SpoolReader

  /** RESULT_DAMAGED when there are no readable rows in `directory`. */
  constructor(directory: string) {
    this.#reader = SpoolReader.whole(directory)
    this.schema = this.#reader.schema
    this.batchCount = this.#reader.batchCount
    this.rowCount = this.#reader.rowCount
    this.batchStarts = [...this.#reader.batchStarts]
    this.groupStarts = groupsOf(this.#reader)
  }

  readBatch(index: number, columns: readonly number[]): RecordBatch {
    return this.#reader.readBatch(index, columns)
  }

  readRows(first: number, count: number, columns: readonly number[]): RecordBatch {
    return readRuns(this.#reader, columns, runsOfRange(this.#reader, first, count), { maxBytes: Infinity }).batch
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
  }
}

/** Groups end where they hold enough, taking the rows of one batch for equally long. */
function groupsOf(reader: SpoolReader): readonly number[] {
  const starts: number[] = []
  let rows = mostGroupRows
  let bytes = 0
  for (let batch = 0; batch < reader.batchCount; batch++) {
    const end = reader.batchStarts[batch + 1]!
    let row = reader.batchStarts[batch]!
    const rowBytes = reader.bodyLength(batch) / Math.max(1, end - row)
    while (row < end) {
      if (rows >= mostGroupRows || bytes >= groupBytes) {
        starts.push(row)
        rows = bytes = 0
      }
      const fitting = Math.max(1, Math.floor((groupBytes - bytes) / Math.max(1, rowBytes)))
      const taken = Math.min(end - row, mostGroupRows - rows, fitting)
      row += taken
      rows += taken
      bytes += taken * rowBytes
      // What is left over of a group is less than a row.
      if (taken === fitting) bytes = groupBytes
    }
  }
  return [...starts, reader.rowCount]
}

const groupBytes = 64 * 2 ** 20
