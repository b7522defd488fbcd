/** How many columns are asked for at once: more would only wait for one another in the store. */
const places = 2

/** Does `work` for those keys that are wanted at the moment, a few at a time; what is not wanted any more is aborted. */
export class LazyWork<Key> {
  readonly #work: (key: Key, signal: AbortSignal) => Promise<void>
  readonly #wanted = new Set<Key>()
  readonly #running = new Map<Key, AbortController>()
  readonly #done = new Set<Key>()

  /** `work` never rejects but for an abort. */
  constructor(work: (key: Key, signal: AbortSignal) => Promise<void>) {
    this.#work = work
  }

  want(key: Key): void {
    this.#wanted.add(key)
    this.#next()
  }

  unwant(key: Key): void {
    this.#wanted.delete(key)
    this.#running.get(key)?.abort()
  }

  /** Does it once more, now or when it is wanted. */
  renew(key: Key): void {
    this.#done.delete(key)
    this.#running.get(key)?.abort()
    this.#next()
  }

  renewAll(): void {
    this.#done.clear()
    for (const controller of this.#running.values()) controller.abort()
    this.#next()
  }

  destroy(): void {
    this.#wanted.clear()
    for (const controller of this.#running.values()) controller.abort()
  }

  #next(): void {
    for (const key of this.#wanted) {
      if (this.#running.size >= places) return
      if (this.#done.has(key) || this.#running.has(key)) continue
      const controller = new AbortController()
      this.#running.set(key, controller)
      void this.#work(key, controller.signal)
        .then(
          () => {
            if (!controller.signal.aborted) this.#done.add(key)
          },
          () => undefined, // Aborted: it is done again when it is wanted.
        )
        .finally(() => {
          this.#running.delete(key)
          this.#next()
        })
    }
  }
}
