import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { NewResult, PendingResult, StoredResult } from './result-store.ts'
import { rowsThatFit } from './rows-that-fit.ts'
import { SpoolWriter } from './spool-writer.ts'

/**
 * Stores rows that code of Tusk or a plugin made, batch by batch, in this process. Resolves when all are stored; when they end early, by
 * an error or by aborting, the result keeps what had come, says so, and the error is thrown.
 */
export async function saveBatches(
  create: (request: NewResult) => Promise<PendingResult>,
  request: NewResult & { readonly schema: Schema },
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
  { signal }: Cancellable = {},
): Promise<StoredResult> {
  signal?.throwIfAborted()
  const pending = await create({ owner: request.owner, provenance: request.provenance })
  await using writer = await SpoolWriter.create(pending.directory, request.schema)
  pending.started(request.schema)
  try {
    for await (const batch of batches) {
      signal?.throwIfAborted()
      if ((await rowsThatFit(batch, writer, pending.room)) < batch.rowCount) throw new TuskError('RESULT_QUOTA')
      await writer.append(batch)
      const { rowCount, byteCount, schema } = writer
      pending.progress({ rowCount, byteCount, schema })
    }
    await writer.finish()
    const { rowCount, byteCount, schema } = writer
    await pending.finish({ state: 'complete', rowCount, byteCount, schema })
    return pending.result
  } catch (error) {
    const known = signal?.aborted === true ? new TuskError('QUERY_CANCELLED') : TuskError.from(error)
    const { rowCount, byteCount, schema } = writer
    await pending.finish({
      state: known.code === 'QUERY_CANCELLED' ? 'cancelled' : 'failed',
      rowCount,
      byteCount,
      schema,
      error: known,
    })
    throw known
  }
}
