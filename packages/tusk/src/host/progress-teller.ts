import type { SpoolWriter } from '../results/spool-writer.ts'
import type { StoreProgress } from './host-pool.ts'

/**
 * Tells how far storing is: at once for the first batch and for a wider schema, else at most every 50 ms, and never later than that
 * after a batch. Where a running statement blocks the thread no timer would fire, so each batch is told as it is stored.
 */
export class ProgressTeller implements Disposable {
  readonly #writer: SpoolWriter
  readonly #pauseMs: number
  readonly #tell: (progress: StoreProgress) => void
  #schema: SpoolWriter['schema']
  #toldAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(writer: SpoolWriter, blocks: boolean, tell: (progress: StoreProgress) => void) {
    this.#writer = writer
    this.#schema = writer.schema
    this.#pauseMs = blocks ? 0 : 50
    this.#tell = tell
  }

  /** Something has come: a batch, or word of how far the statement is. */
  changed(): void {
    const wait = this.#toldAt + this.#pauseMs - performance.now()
    if (wait <= 0 || this.#writer.schema !== this.#schema) this.#tellNow()
    else this.#timer ??= setTimeout(() => this.#tellNow(), wait)
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }

  #tellNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#toldAt = performance.now()
    const { schema, rowCount, byteCount } = this.#writer
    const widened = schema !== this.#schema
    this.#schema = schema
    this.#tell({ rowCount, byteCount, ...(widened ? { schema } : {}) })
  }
}
