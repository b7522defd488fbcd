import { randomBytes } from 'node:crypto'

/** People who began to sign in elsewhere and have not come back. */
const ENTRIES = 5_000

/** Things that may be taken once, within a time, by who has the key. In memory: after a restart people begin again. Bounded: the oldest go first. */
export class PendingSignIns<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>()
  readonly #lifetimeMs: number
  readonly #now: () => number

  constructor(lifetimeMs: number, now: () => number = () => performance.now()) {
    this.#lifetimeMs = lifetimeMs
    this.#now = now
  }

  /** Gives the key. */
  add(value: T): string {
    const key = randomBytes(32).toString('base64url')
    this.#entries.set(key, { value, until: this.#now() + this.#lifetimeMs })
    if (this.#entries.size > ENTRIES)
      for (const [oldest] of this.#entries.entries().take(1)) this.#entries.delete(oldest)
    return key
  }

  take(key: string): T | undefined {
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    return entry === undefined || entry.until < this.#now() ? undefined : entry.value
  }
}
