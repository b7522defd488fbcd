import { readColumns } from '../../src/arrow/read-columns.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import type { Connection, QueryOptions } from '../../src/engine/connection.ts'
import type { ResultStream } from '../../src/engine/result-stream.ts'

export interface ReadResult {
  /** Of the last batch, so after every widening. */
  readonly schema: Schema
  readonly rows: readonly (readonly (string | null)[])[]
  readonly batches: readonly RecordBatch[]
  readonly affectedRows: number | undefined
  readonly command: string | undefined
}

/** All rows of a stream, every cell as its exact text. */
export async function readAll(stream: ResultStream): Promise<ReadResult> {
  const batches: RecordBatch[] = []
  const rows: (string | null)[][] = []
  for await (const batch of stream) {
    batches.push(batch)
    const columns = readColumns(batch)
    for (let row = 0; row < batch.rowCount; row++) rows.push(columns.map(column => column.text(row)))
  }
  const { affectedRows, command } = stream
  return { schema: batches.at(-1)?.schema ?? stream.schema, rows, batches, affectedRows, command }
}

/** Runs one statement to its end. */
export async function run(connection: Connection, sql: string, options?: QueryOptions): Promise<ReadResult> {
  await using stream = await connection.query(sql, options)
  return await readAll(stream)
}
