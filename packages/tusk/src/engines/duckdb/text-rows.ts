import type { Connection as Handle } from '@duckdb/node-bindings'
import { bitAt } from '../../arrow/bitmap.ts'
import { columnsOf } from '../../arrow/column-data.ts'
import { BatchReader } from './batch-reader.ts'
import type { Bindings } from './bindings.ts'
import { duckdbError } from './duckdb-error.ts'
import { shapeOf } from './types.ts'

/** Runs a query of our own with a small answer, whose columns are all VARCHAR. */
export async function runTextRows(
  duckdb: Bindings,
  handle: Handle,
  sql: string,
): Promise<readonly (readonly (string | null)[])[]> {
  const rows: (string | null)[][] = []
  try {
    const result = await duckdb.query(handle, sql)
    if (duckdb.result_return_type(result) !== duckdb.ResultType.QUERY_RESULT) return rows
    const shapes = Array.from({ length: duckdb.column_count(result) }, (_, index) =>
      shapeOf(duckdb, duckdb.column_name(result, index), duckdb.column_logical_type(result, index)),
    )
    const reader = new BatchReader(duckdb, { fields: shapes.map(shape => shape.field) }, shapes)
    for (;;) {
      const chunk = await duckdb.fetch_chunk(result)
      if (chunk === null || duckdb.data_chunk_get_size(chunk) === 0) break
      for (const batch of [...reader.add(chunk), ...reader.rest()]) {
        const columns = columnsOf(batch)
        for (let row = 0; row < batch.rowCount; row++) {
          rows.push(
            columns.map(column =>
              column.nullCount !== 0 && !bitAt(column.validity, row)
                ? null
                : textDecoder.decode(column.values.subarray(column.offsets[row]!, column.offsets[row + 1]!)),
            ),
          )
        }
      }
    }
  } catch (error) {
    throw duckdbError(error, sql)
  }
  return rows
}

const textDecoder = new TextDecoder()
