import { cancelledBy } from './cancelled-by.ts'

/** One at a time, in the order of asking. */
export class Turns {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when it is our turn, with the function that ends it. Rejects when the signal aborts first; the turn then passes on. */
  async take(signal: AbortSignal | undefined): Promise<() => void> {
    const before = this.#last
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last = promise
    if (signal === undefined) {
      await before
      return resolve
    }
    const aborted = Promise.withResolvers<never>()
    const abort = () => aborted.reject(cancelledBy(signal))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    try {
      await Promise.race([before, aborted.promise])
      return resolve
    } catch (error) {
      void before.then(resolve)
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }
}
