import { sliceBatch } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Connection, Notice } from '../engine/connection.ts'
import type { ResultStream } from '../engine/result-stream.ts'
import { TuskError } from '../errors.ts'
import { rowsThatFit } from '../results/rows-that-fit.ts'
import { SpoolWriter } from '../results/spool-writer.ts'
import type { StoringRoom } from '../results/storing-room.ts'
import { ProgressTeller } from './progress-teller.ts'
import type { CallEvent, RunRequest, WireOutcome } from './protocol.ts'

export interface StoreRequest extends Omit<RunRequest, 'grantedBytes'> {
  /** Absent: without limit. */
  readonly room?: StoringRoom
  /** The engine holds the thread while it works. */
  readonly blocks: boolean
}

/**
 * Runs one statement and stores its rows, no faster than the disk takes them. Rejects while the columns are not known; after that
 * every end is an outcome, and what was stored stays.
 */
export async function storeStatement(
  connection: Connection,
  request: StoreRequest,
  signal: AbortSignal,
  onEvent: (event: CallEvent) => void,
): Promise<WireOutcome> {
  let fraction: number | undefined
  let tellFraction = (done: number): void =>
    onEvent({ kind: 'progress', progress: { rowCount: 0, byteCount: 0, fraction: done } })
  await using stream = await connection.query(request.sql, {
    signal,
    onNotice: upTo(maxNotices, notice => onEvent({ kind: 'notice', notice })),
    onProgress: done => {
      fraction = done
      tellFraction(done)
    },
    ...(request.parameters === undefined ? {} : { parameters: request.parameters }),
  })
  signal.throwIfAborted()
  await using writer = await SpoolWriter.create(request.directory, stream.schema)
  onEvent({ kind: 'columns', schema: stream.schema })
  using progress = new ProgressTeller(writer, request.blocks, told => {
    onEvent({ kind: 'progress', progress: fraction === undefined ? told : { ...told, fraction } })
  })
  tellFraction = () => progress.changed()
  const outcome = await storeRows(stream, writer, request, signal, () => progress.changed())
  return {
    ...outcome,
    schema: writer.schema,
    rowCount: writer.rowCount,
    byteCount: writer.byteCount,
    ...(stream.affectedRows === undefined ? {} : { affectedRows: stream.affectedRows }),
    ...(stream.command === undefined ? {} : { command: stream.command }),
    transaction: connection.transaction,
  }
}

/** A loop in the database may raise millions: they would drown the parent, and nobody reads them. */
const maxNotices = 1_000

function upTo(most: number, tell: (notice: Notice) => void): (notice: Notice) => void {
  let told = 0
  return notice => {
    told++
    if (told <= most) tell(notice)
    else if (told === most + 1) tell({ severity: 'info', message: `Notices after the first ${most} are not shown.` })
  }
}

type Ending = Pick<WireOutcome, 'state' | 'error'>

async function storeRows(
  stream: ResultStream,
  writer: SpoolWriter,
  request: StoreRequest,
  signal: AbortSignal,
  onBatch: () => void,
): Promise<Ending> {
  let ending: Ending = { state: 'complete' }
  // While one batch is written the next is fetched; no more than these two are ever held. Not so with the first, which somebody
  // waits to see, nor where fetching blocks the thread, so that what was written could not be told before the next batch.
  let writing = Promise.resolve()
  let first = true
  try {
    for await (const batch of stream) {
      await writing
      const { kept, reason } = await withinLimits(batch, writer, request)
      if (kept > 0) {
        writing = writer.append(kept === batch.rowCount ? batch : sliceBatch(batch, 0, kept)).then(onBatch)
        // Its failure is met where it is awaited, which may be after the stream has failed.
        writing.catch(() => undefined)
        if (first || request.blocks) await writing
        first = false
      }
      if (reason !== undefined) {
        ending = { state: 'truncated', error: reason.toJSON() }
        break
      }
      signal.throwIfAborted()
    }
    await writing
    // A cancelled stream of some engines just ends.
    signal.throwIfAborted()
    // Leaving the loop early cancels the rest; only then is the transaction's state what it will be.
    await stream[Symbol.asyncDispose]()
  } catch (error) {
    ending = endingOf(error, signal)
  }
  try {
    await writing
    await writer.finish()
  } catch (error) {
    if (ending.error === undefined) ending = endingOf(error, signal)
  }
  return ending
}

function endingOf(error: unknown, signal: AbortSignal): Ending {
  if (!signal.aborted) return { state: 'failed', error: TuskError.from(error).toJSON() }
  const reason = TuskError.from(signal.reason, 'QUERY_CANCELLED')
  return { state: reason.code === 'QUERY_CANCELLED' ? 'cancelled' : 'failed', error: reason.toJSON() }
}

/** How many rows of a batch may still be stored, and why not all. */
async function withinLimits(
  batch: RecordBatch,
  writer: SpoolWriter,
  { maxRows, maxBytes, room }: StoreRequest,
): Promise<{ readonly kept: number; readonly reason?: TuskError }> {
  const counted = Math.min(batch.rowCount, maxRows === undefined ? batch.rowCount : maxRows - writer.rowCount)
  const allowed = maxBytes === undefined ? counted : await rowsThatFit(rowsOf(batch, counted), writer, noMore(maxBytes))
  const kept = room === undefined ? allowed : await rowsThatFit(rowsOf(batch, allowed), writer, room)
  if (kept === batch.rowCount) return { kept }
  const stored = (writer.rowCount + kept).toLocaleString('en')
  if (kept < allowed)
    return {
      kept,
      reason: new TuskError(
        'RESULT_QUOTA',
        `The space for results is used up: only the first ${stored} rows are stored.`,
        { hint: 'Remove results that are not needed, raise results.quota_mb, or ask for fewer rows.' },
      ),
    }
  const limit = allowed < counted ? `the limit of ${megabytes(maxBytes!)} MB a result` : 'the limit'
  return {
    kept,
    reason: new TuskError('TOO_LARGE', `Only the first ${stored} rows are stored, as ${limit} says.`, {
      hint: 'Ask for fewer rows or columns.',
    }),
  }
}

function rowsOf(batch: RecordBatch, count: number): RecordBatch {
  return count === batch.rowCount ? batch : sliceBatch(batch, 0, count)
}

function noMore(bytes: number): StoringRoom {
  return { granted: bytes, grant: () => Promise.resolve(bytes) }
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toLocaleString('en', { maximumFractionDigits: 2 })
}
