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
  return {
    schema,
    batchCount: batches.length,
    rowCount: batchStarts.at(-1)!,
    batchStarts,
    readBatch(index, columns) {
      read(columns)
      return projectBatch(batches[index]!, columns)
    },
  }
}
