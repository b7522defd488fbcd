import { concatBatches, sliceBatch } from '../../../src/arrow/index.ts'
import { projectBatch } from '../../../src/arrow/project-batch.ts'
import type { RecordBatch } from '../../../src/arrow/record-batch.ts'
import type { Schema } from '../../../src/arrow/schema.ts'
import type { TableSource } from '../../../src/engine/table-source.ts'

/** Batches in memory as something that can be mounted; `read` hears which columns are asked for. */
export function sourceOf(
  schema: Schema,
  batches: readonly RecordBatch[],
  read: (columns: readonly number[]) => void = () => undefined,
): TableSource {
  const batchStarts = [0]
  for (const batch of batches) batchStarts.push(batchStarts.at(-1)! + batch.rowCount)
  const rowCount = batchStarts.at(-1)!
  return {
    schema,
    batchCount: batches.length,
    rowCount,
    batchStarts,
    // Groups begin and end elsewhere than batches.
    groupStarts: [
      ...Array.from({ length: Math.ceil(rowCount / groupRows) }, (_, group) => group * groupRows),
      rowCount,
    ],
    readBatch(index, columns) {
      read(columns)
      return projectBatch(batches[index]!, columns)
    },
    readRows(first, count, columns) {
      read(columns)
      const all = projectBatch(batches.length === 1 ? batches[0]! : concatBatches(batches), columns)
      return sliceBatch(all, first, count)
    },
  }
}

const groupRows = 7_001
