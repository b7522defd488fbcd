import { TuskError } from '../errors.ts'
import { batchOf, columnsOf } from './column-data.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/** The columns at these positions, in this order; a position may come twice. Shares memory. BAD_REQUEST for one that is not there. */
export function projectBatch(batch: RecordBatch, columns: readonly number[]): RecordBatch {
  const all = columnsOf(batch)
  const schema = projectSchema(batch.schema, columns)
  return batchOf(
    schema,
    batch.rowCount,
    columns.map(position => all[position]!),
  )
}

export function projectSchema(schema: Schema, columns: readonly number[]): Schema {
  return {
    fields: columns.map(position => {
      const field = schema.fields[position]
      if (field === undefined) throw new TuskError('BAD_REQUEST', `There is no column ${position}.`)
      return field
    }),
  }
}
