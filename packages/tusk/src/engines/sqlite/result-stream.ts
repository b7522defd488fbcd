import { setImmediate as macrotask } from 'node:timers/promises'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import { TuskError } from '../../errors.ts'
import type { RowBatcher } from './row-batcher.ts'

export interface ResultStreamParts {
  /** Absent: the statement has run and returns no rows. */
  readonly rows?: RowBatcher
  readonly command: string | undefined
  /** Asked once, after the last row. */
  affectedRows(): number | undefined
  /** An error of reading as a TuskError. */
  readonly toError: (error: unknown) => TuskError
  /** Called once, when the statement has ended in whatever way. */
  readonly onEnd: (rows: RowBatcher | undefined) => void
  readonly signal: AbortSignal | undefined
}

/** Between two batches the event loop turns, so that an abort or another message is noticed. */
export class SqliteResultStream implements ResultStream {
  readonly schema: Schema
  readonly #parts: ResultStreamParts
  readonly #onAbort = () => this.#end()
  #affectedRows: number | undefined
  #taken = false
  #complete = false
  #ended = false

  constructor(parts: ResultStreamParts) {
    this.#parts = parts
    this.schema = parts.rows?.schema ?? { fields: [] }
    if (parts.rows === undefined) this.#finish()
    else parts.signal?.addEventListener('abort', this.#onAbort)
  }

  get affectedRows(): number | undefined {
    return this.#affectedRows
  }

  get command(): string | undefined {
    return this.#complete ? this.#parts.command : undefined
  }

  async *[Symbol.asyncIterator](): AsyncIterator<RecordBatch> {
    if (this.#taken) throw new TuskError('UNSUPPORTED', 'The rows of a statement can be read only once.')
    this.#taken = true
    try {
      while (!this.#complete) {
        throwIfAborted(this.#parts.signal)
        if (this.#ended) throw new TuskError('QUERY_CANCELLED')
        const batch = this.#nextBatch()
        if (batch === undefined) this.#finish()
        else {
          yield batch
          await macrotask()
        }
      }
    } finally {
      this.#end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  #nextBatch(): RecordBatch | undefined {
    try {
      return this.#parts.rows?.next()
    } catch (error) {
      throw this.#parts.toError(error)
    }
  }

  #finish(): void {
    this.#affectedRows = this.#parts.affectedRows()
    this.#complete = true
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#parts.signal?.removeEventListener('abort', this.#onAbort)
    this.#parts.rows?.close()
    this.#parts.onEnd(this.#parts.rows)
  }
}

/** The signal's own reason when it says more than that it was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  const reason: unknown = signal.reason
  throw reason instanceof TuskError ? reason : new TuskError('QUERY_CANCELLED', undefined, { cause: reason })
}
