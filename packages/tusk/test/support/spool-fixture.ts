import { BatchBuilder } from '../../src/arrow/batch-builder.ts'
import type { ColumnValue } from '../../src/arrow/builder.ts'
import type { DataField, DataType } from '../../src/arrow/data-type.ts'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import type { Schema } from '../../src/arrow/schema.ts'
import { SpoolWriter } from '../../src/results/spool-writer.ts'

export function field(name: string, type: DataType, rest: Partial<DataField> = {}): DataField {
  return { name, type, nullable: true, ...rest }
}

export function batchOf(schema: Schema, rows: readonly (readonly ColumnValue[])[]): RecordBatch {
  const builder = new BatchBuilder(schema, Math.max(1, rows.length))
  for (const row of rows) builder.appendRow(row)
  return builder.finish()
}

/** Batches of a few columns of all layouts: `n`, its text, a list, a bool that is sometimes null. */
export const sampleSchema: Schema = {
  fields: [
    field('n', { kind: 'int', bits: 64, signed: true }),
    field('text', { kind: 'utf8' }),
    field('list', { kind: 'list', item: field('item', { kind: 'int', bits: 32, signed: true }) }),
    field('odd', { kind: 'bool' }),
  ],
}

export function sampleBatch(first: number, count: number): RecordBatch {
  return batchOf(
    sampleSchema,
    Array.from({ length: count }, (_, index) => {
      const n = first + index
      return [BigInt(n), `row ${n}`, n % 5 === 0 ? null : [n, n + 1], n % 3 === 0 ? null : n % 2 === 1]
    }),
  )
}

/** Writes a finished spool. */
export async function writeSpool(directory: string, batches: readonly RecordBatch[], schema?: Schema): Promise<void> {
  await using writer = await SpoolWriter.create(directory, schema ?? batches[0]!.schema)
  for (const batch of batches) await writer.append(batch)
  await writer.finish()
}

/** Every cell of an IPC stream as its exact text, row by row. */
export function textRows(stream: Uint8Array): readonly (readonly (string | null)[])[] {
  return decodeStream(stream).batches.flatMap(textRowsOf)
}

export function textRowsOf(batch: RecordBatch): readonly (readonly (string | null)[])[] {
  const columns = readColumns(batch)
  return Array.from({ length: batch.rowCount }, (_, row) => columns.map(column => column.text(row)))
}
