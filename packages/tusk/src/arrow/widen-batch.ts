import { TuskError } from '../errors.ts'
import type { ColumnBuilder, ColumnValue } from './builder.ts'
import { createBuilder } from './builders.ts'
import { batchOf, type ColumnData, columnsOf } from './column-data.ts'
import type { ColumnReader } from './column-reader.ts'
import type { DataField, DataType } from './data-type.ts'
import { sameLayout, typeName } from './layout.ts'
import { createReader } from './read-columns.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/**
 * The same rows under a schema with the same number of columns whose types hold more: integers in wider integers, in
 * decimals, in floats; float32 in float64; decimals with more digits; anything as utf8 by its exact text. Columns that
 * keep their type share memory. VALUE_OUT_OF_RANGE when a value would change, so that an int64 never loses digits as a
 * float; UNSUPPORTED when the target is not wider.
 */
export function widenBatch(batch: RecordBatch, schema: Schema): RecordBatch {
  if (batch.schema === schema) return batch
  if (batch.schema.fields.length !== schema.fields.length) {
    throw new TuskError('UNSUPPORTED', 'Rows cannot be widened to another number of columns.')
  }
  const columns = columnsOf(batch).map((column, index) => {
    const from = batch.schema.fields[index]!
    const to = schema.fields[index]!
    return sameLayout(from.type, to.type) ? retype(column, to.type) : widenColumn(from, to, column, batch.rowCount)
  })
  return batchOf(schema, batch.rowCount, columns)
}

/** Whether `widenBatch` knows the way from one schema to the other. */
export function canWiden(from: Schema, to: Schema): boolean {
  return (
    from.fields.length === to.fields.length &&
    from.fields.every((field, index) => {
      const target = to.fields[index]!
      return sameLayout(field.type, target.type) || converter(field.type, target) !== undefined
    })
  )
}

function widenColumn(from: DataField, to: DataField, column: ColumnData, rowCount: number): ColumnData {
  const reader = createReader(from, column)
  const builder = createBuilder(to, rowCount)
  const convert = converter(from.type, to)
  if (convert === undefined) {
    throw new TuskError('UNSUPPORTED', `Column "${to.name}" cannot be widened.`, {
      detail: `A value of ${typeName(from.type)} is not always one of ${typeName(to.type)}.`,
    })
  }
  for (let row = 0; row < rowCount; row++) builder.append(convert(reader, row))
  return finished(to, rowCount, builder)
}

type Converter = (reader: ColumnReader, row: number) => ColumnValue

function converter(from: DataType, to: DataField): Converter | undefined {
  const target = to.type
  if (target.kind === 'utf8') return (reader, row) => reader.text(row)
  if (from.kind === 'int' && target.kind === 'int') return (reader, row) => reader.value(row)
  if (from.kind === 'float' && target.kind === 'float' && target.bits === 64) return (reader, row) => reader.value(row)
  if (from.kind === 'int' && target.kind === 'float') return (reader, row) => exactFloat(reader.value(row), to)
  if (target.kind === 'decimal' && (from.kind === 'int' || (from.kind === 'decimal' && target.scale >= from.scale))) {
    const factor = 10n ** BigInt(target.scale - (from.kind === 'decimal' ? from.scale : 0))
    return (reader, row) => {
      const value = reader.value(row)
      return value === null ? null : BigInt(value as bigint | number) * factor
    }
  }
  return undefined
}

function exactFloat(value: ColumnValue, to: DataField): number | null {
  if (value === null) return null
  const float = Number(value)
  const kept = to.type.kind === 'float' && to.type.bits === 32 ? Math.fround(float) : float
  if (BigInt(kept) === BigInt(value as bigint | number)) return kept
  throw new TuskError('VALUE_OUT_OF_RANGE', `A value of column "${to.name}" does not fit its type.`, {
    detail: `${value} is not a value of ${typeName(to.type)}.`,
  })
}

function finished(field: DataField, rowCount: number, builder: ColumnBuilder): ColumnData {
  return columnsOf({ schema: { fields: [field] }, rowCount, ...builder.finish() })[0]!
}

/** The same buffers under the names of the wider schema. */
function retype(column: ColumnData, type: DataType): ColumnData {
  return column.children.length === 0
    ? { ...column, type }
    : { ...column, type, children: retypeChildren(column, type) }
}

function retypeChildren(column: ColumnData, type: DataType): readonly ColumnData[] {
  if (type.kind === 'list') return [retype(column.children[0]!, type.item.type)]
  if (type.kind === 'struct') return type.fields.map((child, index) => retype(column.children[index]!, child.type))
  return column.children
}
