import type { StoringRoom } from '../results/storing-room.ts'

/** The room of a result, seen from the host that writes it: its parent is asked and answers. */
export class AskedRoom implements StoringRoom {
  readonly #ask: (wanted: number) => void
  readonly #signal: AbortSignal
  #granted: number
  #answer: ((granted: number) => void) | undefined

  /** Aborting `signal` rejects a question that waits, with its reason. */
  constructor(granted: number, ask: (wanted: number) => void, signal: AbortSignal) {
    this.#granted = granted
    this.#ask = ask
    this.#signal = signal
  }

  get granted(): number {
    return this.#granted
  }

  async grant(wanted: number): Promise<number> {
    const signal = this.#signal
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    this.#answer = resolve
    try {
      this.#ask(wanted)
      this.#granted = await promise
    } finally {
      signal.removeEventListener('abort', abort)
      this.#answer = undefined
    }
    return this.#granted
  }

  /** The parent's answer to the last question. */
  answered(granted: number): void {
    this.#answer?.(granted)
  }
}
