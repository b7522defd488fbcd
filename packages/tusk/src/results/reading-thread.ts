import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { TuskError } from '../errors.ts'
import type { NumberedOrder, ReadingAnswer, ReadingOrder } from './reading-orders.ts'

/**
 * Reads result files in a thread of its own, one order after the other. The thread starts with the first order, does not keep the
 * process alive, and ends after ten minutes without one. An order that is aborted while it waits is never carried out.
 */
export class ReadingThread implements AsyncDisposable {
  #worker: Worker | undefined
  #waiting: Waiting[] = []
  #current: Waiting | undefined
  #orders = 0
  #idle: NodeJS.Timeout | undefined
  #disposed = false

  /** Starts the thread before it is needed. */
  warm(): void {
    if (this.#disposed || this.#worker !== undefined) return
    this.#worker = this.#start()
    if (this.#current === undefined) this.#worker.unref()
    this.#endWhenIdle()
  }

  async ask(order: ReadingOrder, signal?: AbortSignal): Promise<unknown> {
    if (this.#disposed) throw new TuskError('INTERNAL', 'The result store is closed.')
    throwIfAborted(signal)
    const answer = Promise.withResolvers<unknown>()
    const waiting: Waiting = { number: ++this.#orders, order, answer }
    const abort = (): void => {
      this.#waiting = this.#waiting.filter(other => other !== waiting)
      answer.reject(abortReason(signal))
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiting.push(waiting)
    this.#next()
    try {
      return await answer.promise
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Closes the files of a result that is about to be removed. */
  async forget(directory: string): Promise<void> {
    if (this.#worker !== undefined) await this.ask({ kind: 'forget', directory })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#lose(new TuskError('INTERNAL', 'The result store is closed.'))
    await worker?.terminate()
  }

  #next(): void {
    if (this.#current !== undefined) return
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#worker?.unref()
      this.#endWhenIdle()
      return
    }
    this.#current = next
    clearTimeout(this.#idle)
    this.#worker ??= this.#start()
    this.#worker.ref()
    const message: NumberedOrder = { number: next.number, order: next.order }
    this.#worker.postMessage(message)
  }

  #start(): Worker {
    const worker = new Worker(workerEntry, {
      name: 'tusk-results',
      resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 },
    })
    worker.on('message', (answer: ReadingAnswer) => this.#receive(answer))
    worker.once('error', error => {
      if (this.#worker === worker) this.#lose(TuskError.from(error))
    })
    worker.once('exit', () => {
      if (this.#worker === worker) this.#lose(new TuskError('INTERNAL', 'The thread that reads results ended.'))
    })
    return worker
  }

  #receive({ number, value, error }: ReadingAnswer): void {
    const current = this.#current
    if (current?.number !== number) return
    this.#current = undefined
    if (error === undefined) current.answer.resolve(value)
    else current.answer.reject(TuskError.fromJSON(error))
    this.#next()
  }

  /** The thread is gone: the next order starts another. */
  #lose(error: TuskError): void {
    this.#worker = undefined
    const lost = this.#current === undefined ? this.#waiting : [this.#current, ...this.#waiting]
    this.#current = undefined
    this.#waiting = []
    for (const { answer } of lost) answer.reject(error)
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      const worker = this.#worker
      this.#worker = undefined
      void worker?.terminate()
    }, idleMs)
    this.#idle.unref()
  }
}

const idleMs = 600_000
const workerEntry = new URL(`reading-worker${extname(import.meta.url)}`, import.meta.url)

interface Waiting extends NumberedOrder {
  readonly answer: PromiseWithResolvers<unknown>
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal)
}

function abortReason(signal: AbortSignal | undefined): TuskError {
  return signal?.reason instanceof TuskError ? signal.reason : new TuskError('QUERY_CANCELLED')
}
