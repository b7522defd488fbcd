import { createHash, randomBytes } from 'node:crypto'
import type { Row, StateDatabase } from '../home/database.ts'

export interface Session {
  /** SHA-256 of the secret: names the session, opens nothing. */
  readonly id: string
  readonly personId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly lastSeen: number
  readonly expiresAt: number
  /** The browser keeps it when it is closed. */
  readonly remembered: boolean
  readonly address: string
  readonly agent: string
}

export interface NewSession {
  readonly personId: string
  /** Ends at the latest after this. */
  readonly lifetimeMs: number
  /** Ends when nothing came for this long. */
  readonly idleMs: number
  readonly remembered?: boolean
  readonly address: string
  readonly agent: string
}

/** `last_seen` is written at most this often: a write costs an fsync. */
const SEEN_MS = 60_000

/** Who is signed in. The browser has 32 random bytes, the database only their hash (R10). */
export class Sessions {
  readonly #database: StateDatabase
  readonly #now: () => number

  constructor(database: StateDatabase, now: () => number = Date.now) {
    this.#database = database
    this.#now = now
  }

  /** The secret is given once. */
  create(input: NewSession): { readonly secret: string; readonly session: Session } {
    const secret = randomBytes(32).toString('base64url')
    const now = this.#now()
    this.#database.run('DELETE FROM session WHERE expires_at < ? OR last_seen + idle_milliseconds < ?', now, now)
    this.#database.run(
      `INSERT INTO session (hash, person_id, created_at, last_seen, expires_at, idle_milliseconds, remembered, address, agent)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      hashed(secret),
      input.personId,
      now,
      now,
      now + input.lifetimeMs,
      input.idleMs,
      Number(input.remembered ?? false),
      input.address.slice(0, 100),
      input.agent.slice(0, 300),
    )
    const row = this.#database.get('SELECT * FROM session WHERE hash = ?', hashed(secret))
    if (row === undefined) throw new Error('the session is gone')
    return { secret, session: sessionFrom(row) }
  }

  /** A new secret for a session that goes on; the old one opens nothing (R10). Undefined when it has ended meanwhile. */
  renew(personId: string, id: string): { readonly secret: string; readonly session: Session } | undefined {
    const secret = randomBytes(32).toString('base64url')
    const { changes } = this.#database.run(
      'UPDATE session SET hash = ? WHERE person_id = ? AND hash = ?',
      hashed(secret),
      personId,
      id,
    )
    const row = changes > 0 ? this.#database.get('SELECT * FROM session WHERE hash = ?', hashed(secret)) : undefined
    return row === undefined ? undefined : { secret, session: sessionFrom(row) }
  }

  /** The session of a secret while it lasts; being found keeps it from going idle, unless `quiet`. */
  find(secret: string, options: { readonly quiet?: boolean } = {}): Session | undefined {
    const row = this.#database.get('SELECT * FROM session WHERE hash = ?', hashed(secret))
    if (row === undefined) return undefined
    const now = this.#now()
    const lastSeen = Number(row.last_seen)
    if (Number(row.expires_at) <= now || lastSeen + Number(row.idle_milliseconds) <= now) {
      this.#database.run('DELETE FROM session WHERE hash = ?', String(row.hash))
      return undefined
    }
    if (options.quiet !== true && now - lastSeen > Math.min(SEEN_MS, Number(row.idle_milliseconds) / 10))
      this.#database.run('UPDATE session SET last_seen = ? WHERE hash = ?', now, String(row.hash))
    return sessionFrom(row)
  }

  /** Newest first. */
  of(personId: string): readonly Session[] {
    const now = this.#now()
    return this.#database
      .all(
        `SELECT * FROM session WHERE person_id = ? AND expires_at > ? AND last_seen + idle_milliseconds > ?
         ORDER BY last_seen DESC, created_at DESC`,
        personId,
        now,
        now,
      )
      .map(sessionFrom)
  }

  /** False when that person has no such session. */
  end(personId: string, id: string): boolean {
    return this.#database.run('DELETE FROM session WHERE person_id = ? AND hash = ?', personId, id).changes > 0
  }

  /** Signs out everywhere, but where `keep` says; gives how many there were. */
  endAll(personId: string, keep = ''): number {
    return this.#database.run('DELETE FROM session WHERE person_id = ? AND hash <> ?', personId, keep).changes
  }
}

function hashed(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sessionFrom(row: Row): Session {
  return {
    id: String(row.hash),
    personId: String(row.person_id),
    createdAt: Number(row.created_at),
    lastSeen: Number(row.last_seen),
    expiresAt: Number(row.expires_at),
    remembered: row.remembered === 1,
    address: String(row.address),
    agent: String(row.agent),
  }
}
