import type { ColumnBuilder, ColumnValue } from './builder.ts'
import { createBuilder } from './builders.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/** Builds batches of one schema, row by row or column by column through `columns`. */
export class BatchBuilder {
  readonly schema: Schema
  readonly columns: readonly ColumnBuilder[]
  #rowCount = 0

  /** `capacity`: rows that fit without growing. */
  constructor(schema: Schema, capacity = 1024) {
    this.schema = schema
    this.columns = schema.fields.map(field => createBuilder(field, capacity))
  }

  /** Rows so far: those of the first column, so that columns may also be filled by themselves. */
  get rowCount(): number {
    return this.columns[0]?.length ?? this.#rowCount
  }

  /** Bytes held by now. Sums over all columns: ask every so many rows. */
  get byteLength(): number {
    let sum = 0
    for (const column of this.columns) sum += column.byteLength
    return sum
  }

  /** One value for each column. After a value that does not fit (VALUE_OUT_OF_RANGE) the builder cannot go on. */
  appendRow(values: readonly ColumnValue[]): void {
    for (let index = 0; index < this.columns.length; index++) this.columns[index]!.append(values[index] ?? null)
    this.#rowCount++
  }

  /** The rows so far; afterwards the builder is empty. */
  finish(): RecordBatch {
    const rowCount = this.rowCount
    const columns = this.columns.map(column => column.finish())
    this.#rowCount = 0
    return {
      schema: this.schema,
      rowCount,
      nodes: columns.flatMap(column => column.nodes),
      buffers: columns.flatMap(column => column.buffers),
    }
  }
}
