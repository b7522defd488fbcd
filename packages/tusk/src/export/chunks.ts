import type { ColumnReader } from '../arrow/column-reader.ts'
import { readColumns } from '../arrow/read-columns.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { canWiden, widenBatch } from '../arrow/widen-batch.ts'
import { TuskError } from '../errors.ts'

/** No exporter yields more than this at once. */
export const largestChunk = 256 * 1024

/** How a text format writes rows: something before, each row, something after. */
export interface TextFormat {
  readonly before: string
  /** The text of the batch's rows in pieces, one after the other. `firstRow`: rows written before this batch. */
  rows(columns: readonly ColumnReader[], rowCount: number, firstRow: number): Iterable<string>
  after(rowCount: number): string
}

/** Writes a text format as UTF-8, holding one batch, one piece and one chunk at most. TOO_LARGE when a row is longer than a string can be. */
export function writeText(
  schema: Schema,
  batches: AsyncIterable<RecordBatch>,
  format: TextFormat,
): AsyncIterable<Uint8Array> {
  return withClearError(textChunks(schema, batches, format))
}

async function* withClearError(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new TuskError('TOO_LARGE', 'A row is too long to be written as text.', {
      detail: 'A row of text may have about 500 million characters.',
      hint: 'Export as Arrow or Parquet.',
      cause: error,
    })
  }
}

async function* textChunks(
  schema: Schema,
  batches: AsyncIterable<RecordBatch>,
  format: TextFormat,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending = format.before
  let rowCount = 0
  for await (const batch of batches) {
    for (const piece of format.rows(readColumns(underSchema(batch, schema)), batch.rowCount, rowCount)) {
      pending += piece
      if (pending.length < enoughCharacters) continue
      yield* split(encoder.encode(pending))
      pending = ''
    }
    rowCount += batch.rowCount
  }
  pending += format.after(rowCount)
  if (pending !== '') yield* split(encoder.encode(pending))
}

/** Cuts long bytes into chunks; nothing is copied. */
export function* split(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.byteLength; start += largestChunk) yield bytes.subarray(start, start + largestChunk)
}

/** A batch from before a widening is given the wider types; a wider one than the schema says stays as it is. */
export function underSchema(batch: RecordBatch, schema: Schema): RecordBatch {
  return batch.schema !== schema && canWiden(batch.schema, schema) ? widenBatch(batch, schema) : batch
}

const encoder = new TextEncoder()
/** Even at 3 bytes each they fit one chunk. */
const enoughCharacters = 80 * 1024
