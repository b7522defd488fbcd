export { BatchBuilder } from './batch-builder.ts'
export type { ColumnBuilder, ColumnValue } from './builder.ts'
export {
  BooleanBuilder,
  createBuilder,
  FixedWidthBuilder,
  ListBuilder,
  MapBuilder,
  StructBuilder,
  VariableWidthBuilder,
} from './builders.ts'
export type { ColumnReader } from './column-reader.ts'
export { concatBatches } from './concat-batches.ts'
export type { DataField, DataType, LogicalType, TimeUnit } from './data-type.ts'
export { gatherRows } from './gather-rows.ts'
export * from './ipc.ts'
export { bufferCount, byteWidth, childFields, hasOffsets, nodeCount, sameLayout, typeName } from './layout.ts'
export { projectBatch, projectSchema } from './project-batch.ts'
export { readColumns } from './read-columns.ts'
export type { FieldNode, RecordBatch } from './record-batch.ts'
export type { Schema } from './schema.ts'
export { sliceBatch } from './slice-batch.ts'
export { isJsonNumber, uniqueNames } from './text/json-text.ts'
export { canWiden, widenBatch } from './widen-batch.ts'
