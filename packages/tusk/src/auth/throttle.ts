import { isIPv6 } from 'node:net'
import { TuskError } from '../errors.ts'

/**
 * Failures that cost nothing, from where on each doubles the wait, and the longest wait. An account is not locked for long: its owner must
 * be able to come in while somebody else guesses (R11). Many people may sit behind one address.
 */
const account = { free: 5, longestMs: 60_000 }
const network = { free: 20, longestMs: 900_000 }
/** Failures are forgotten when nothing more has come for this long. */
const FORGET_MS = 3_600_000
const ENTRIES = 20_000

interface Failures {
  count: number
  /** Monotonic milliseconds. */
  until: number
  last: number
}

/** Slows down guessing, for each account and each address (IPv6: its /64), in bounded memory. */
export class Throttle {
  readonly #entries = new Map<string, Failures>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /**
   * Call before each attempt. TOO_MANY with the seconds to wait, or counts the attempt as failed until `succeeded` says otherwise: many
   * attempts at the same moment are many.
   */
  attempt(name: string, address: string): Attempt {
    const keys = [
      [`account ${name.toLowerCase()}`, account],
      [`network ${networkOf(address)}`, network],
    ] as const
    const now = this.#now()
    const wait = Math.max(...keys.map(([key]) => (this.#entries.get(key)?.until ?? 0) - now))
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1_000)
      throw new TuskError('TOO_MANY', 'Too many attempts to sign in.', {
        hint: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
      })
    }
    for (const [key, rule] of keys) this.#count(key, rule, now)
    return {
      succeeded: () => {
        for (const [key] of keys) this.#forgive(key)
      },
    }
  }

  #count(key: string, { free, longestMs }: typeof account, now: number): void {
    const known = this.#entries.get(key)
    const count = known === undefined || now - known.last > FORGET_MS ? 1 : known.count + 1
    const wait = count <= free ? 0 : Math.min(longestMs, 1_000 * 2 ** Math.min(count - free, 20))
    this.#entries.delete(key) // the youngest are at the end
    this.#entries.set(key, { count, until: now + wait, last: now })
    if (this.#entries.size <= ENTRIES) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  /** One attempt less. Failures before it stay: who knows one password may not guess others freely. */
  #forgive(key: string): void {
    const known = this.#entries.get(key)
    if (known === undefined) return
    if (known.count <= 1 || key.startsWith('account ')) this.#entries.delete(key)
    else this.#entries.set(key, { ...known, count: known.count - 1, until: 0 })
  }
}

export interface Attempt {
  succeeded(): void
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const groups = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back]
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
