import type { DataChunk } from '@duckdb/node-bindings'
import { batchOf } from '../../arrow/column-data.ts'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { Bindings } from './bindings.ts'
import type { ColumnShape } from './types.ts'
import { createVectorReader, type VectorReader } from './vector-reader.ts'

/** Rows and bytes of a full batch; the first one of a stream is a single chunk, so that it comes at once. */
const batchRows = 65_536
const batchBytes = 32 << 20

/** Turns chunks into batches: a small first one, then full ones. A chunk may end several batches when its rows are wide. */
export class BatchReader {
  readonly #duckdb: Bindings
  readonly #schema: Schema
  readonly #readers: readonly VectorReader[]
  readonly #capacity: number
  #rows = 0
  #bytes = 0
  #first = true

  constructor(duckdb: Bindings, schema: Schema, shapes: readonly ColumnShape[]) {
    this.#duckdb = duckdb
    this.#schema = schema
    const rowBytes = shapes.reduce((sum, shape) => sum + bytesOfRow(shape), 1)
    this.#capacity = Math.min(batchRows, Math.max(duckdb.vector_size(), Math.floor(batchBytes / rowBytes)))
    this.#readers = shapes.map(shape => createVectorReader(duckdb, shape, this.#capacity))
  }

  /** Batches that this chunk completes; the chunk is no longer needed when the iteration is over. */
  *add(chunk: DataChunk): Generator<RecordBatch> {
    const size = this.#duckdb.data_chunk_get_size(chunk)
    for (const [index, reader] of this.#readers.entries()) {
      reader.open(this.#duckdb.data_chunk_get_vector(chunk, index), size)
    }
    yield* this.#append(0, size)
    if (this.#first || this.#rows + size > this.#capacity) yield* this.rest()
  }

  /** The rows left over, if any. */
  *rest(): Generator<RecordBatch> {
    if (this.#rows === 0) return
    const columns = this.#readers.map(reader => reader.finish())
    const rowCount = this.#rows
    this.#rows = 0
    this.#bytes = 0
    this.#first = false
    yield batchOf(this.#schema, rowCount, columns)
  }

  *#append(from: number, count: number): Generator<RecordBatch> {
    let bytes = 0
    for (const reader of this.#readers) bytes += reader.weigh(from, count)
    if (this.#bytes + bytes > batchBytes) yield* this.rest()
    if (bytes > batchBytes && count > 1) {
      const half = count >> 1
      yield* this.#append(from, half)
      yield* this.#append(from + half, count - half)
      return
    }
    for (const reader of this.#readers) reader.append(from, count)
    this.#rows += count
    this.#bytes += bytes
  }
}

function bytesOfRow(shape: ColumnShape): number {
  const own = shape.layout === 'decimal' ? 16 : Math.max(shape.width, 4)
  return shape.children.reduce((sum, child) => sum + bytesOfRow(child) * Math.max(shape.arraySize, 1), own)
}
