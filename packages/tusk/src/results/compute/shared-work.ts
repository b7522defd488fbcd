import { TuskError } from '../../errors.ts'

/** One piece of work that several people wait for. It is cancelled when all who wait have given up. */
export class SharedWork {
  readonly #abort = new AbortController()
  #waiting = 0
  #over = false

  /** Runs as long as somebody cares. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** No cancelling any more. */
  finish(): void {
    this.#over = true
  }

  cancel(reason: TuskError): void {
    if (!this.#over) this.#abort.abort(reason)
  }

  /** Waits for a part of the work. Aborting rejects only this wait, unless nobody else waits. */
  async wait<T>(part: Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal === undefined) {
      this.#waiting++
      try {
        return await part
      } finally {
        this.#waiting--
      }
    }
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(abortReason(signal))
    signal.addEventListener('abort', abort, { once: true })
    this.#waiting++
    try {
      if (signal.aborted) abort()
      return await Promise.race([part, aborted.promise])
    } finally {
      signal.removeEventListener('abort', abort)
      this.#waiting--
      if (signal.aborted && this.#waiting === 0) this.cancel(abortReason(signal))
    }
  }
}

/** What an aborted signal stands for. */
export function abortReason(signal: AbortSignal): TuskError {
  return signal.reason instanceof TuskError ? signal.reason : new TuskError('QUERY_CANCELLED')
}
