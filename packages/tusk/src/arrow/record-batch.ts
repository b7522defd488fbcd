import type { Schema } from './schema.ts'

/**
 * The one currency: some rows of a result as Arrow buffers, laid out as in an IPC record batch. Immutable once handed on.
 *
 * `nodes` and `buffers` are in IPC order: depth first over the fields, per node first the validity bitmap (empty when
 * nothing is null), then as the type says: fixed width: values · bool: bits · utf8, binary: int32 offsets, bytes ·
 * list, map: int32 offsets, then the child (map: a struct of key, value) · struct: then the children.
 * Buffers hold at least the bytes that `rowCount` needs and may be longer; offsets start at 0.
 *
 * `schema` is the same object from batch to batch of a stream, except when a column had to widen (a SQLite column whose
 * values stop fitting): then this and later batches carry the wider schema, with the same number and names of columns,
 * and earlier batches can be converted to it without loss (`widen`).
 */
export interface RecordBatch {
  readonly schema: Schema
  readonly rowCount: number
  readonly nodes: readonly FieldNode[]
  readonly buffers: readonly Uint8Array[]
}

export interface FieldNode {
  readonly length: number
  readonly nullCount: number
}
