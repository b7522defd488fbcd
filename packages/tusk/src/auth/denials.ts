import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'

/** The same refusal of the same person is on record once in this time: a page asks again and again. */
const QUIET_MS = 60_000
const REMEMBERED = 10_000

/** What people were refused for want of a permission, on record: who, which route, which permission. */
export class Denials {
  readonly #audit: Pick<Audit, 'add'>
  readonly #now: () => number
  readonly #times = new Map<string, number>()

  constructor(audit: Pick<Audit, 'add'>, now: () => number = () => performance.now()) {
    this.#audit = audit
    this.#now = now
  }

  /** `route` as it is registered: `GET /api/users/:id`, never what stands in an address. */
  add(actor: Actor, route: string, permission: string): void {
    const key = `${actor.id} ${route} ${permission}`
    const now = this.#now()
    const last = this.#times.get(key)
    if (last !== undefined && now - last < QUIET_MS) return
    this.#times.delete(key)
    this.#times.set(key, now)
    if (this.#times.size > REMEMBERED) for (const [oldest] of this.#times.entries().take(1)) this.#times.delete(oldest)
    this.#audit.add(actor, { action: 'denied', target: route, outcome: 'refused', details: { permission } })
  }
}
