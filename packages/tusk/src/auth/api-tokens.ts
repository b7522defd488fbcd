import { createHash, randomBytes } from 'node:crypto'
import { TuskError } from '../errors.ts'
import type { Row, StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'
import { mayGive } from './groups.ts'
import { type Permission, permissions } from './permissions.ts'

export interface ApiToken {
  readonly id: string
  readonly personId: string
  readonly name: string
  /** It can do at most this, and never more than its person can at that moment. */
  readonly permissions: readonly Permission[]
  /** Absent: every connection of its person. */
  readonly connections?: readonly string[]
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly expiresAt: number
  readonly lastUsed?: number
}

export interface NewApiToken {
  readonly name: string
  readonly permissions: readonly string[]
  readonly connections?: readonly string[]
  readonly days: number
}

const PREFIX = 'tusk_'
const LONGEST_DAYS = 366
const USED_MS = 60_000

/** Keys of programs. Kept as hashes; the text is shown once, when it is made. */
export class ApiTokens {
  readonly #database: StateDatabase
  readonly #audit: Audit
  readonly #now: () => number

  constructor(database: StateDatabase, audit: Audit, now: () => number = Date.now) {
    this.#database = database
    this.#audit = audit
    this.#now = now
  }

  /** BAD_REQUEST for an empty scope or a time that is no number of days up to a year; NOT_PERMITTED for what the person does not hold. */
  create(actor: Actor, input: NewApiToken): { readonly text: string; readonly token: ApiToken } {
    const name = input.name.trim()
    if (name === '' || name.length > 100)
      throw new TuskError('BAD_REQUEST', 'A token needs a name of at most 100 characters.')
    if (!Number.isInteger(input.days) || input.days < 1 || input.days > LONGEST_DAYS)
      throw new TuskError('BAD_REQUEST', `A token lasts 1 to ${LONGEST_DAYS} days.`)
    const scope = permissions.filter(permission => input.permissions.includes(permission))
    if (scope.length === 0 || scope.length !== new Set(input.permissions).size)
      throw new TuskError('BAD_REQUEST', 'A token needs permissions that exist, at least one.')
    mayGive(actor, scope)
    const id = randomBytes(6).toString('hex')
    const text = `${PREFIX}${id}_${randomBytes(32).toString('base64url')}`
    const now = this.#now()
    return this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO api_token (id, hash, person_id, name, permissions, connections, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        hashed(text),
        actor.id,
        name,
        JSON.stringify(scope),
        input.connections === undefined ? null : JSON.stringify(input.connections),
        now,
        now + input.days * 86_400_000,
      )
      this.#audit.add(actor, {
        action: 'token.create',
        target: name,
        details: { permissions: scope.join(' '), days: input.days },
      })
      return { text, token: tokenFrom(this.#database.get('SELECT * FROM api_token WHERE id = ?', id) as Row) }
    })
  }

  /** The token of this text, while it lasts. */
  find(text: string): ApiToken | undefined {
    if (!text.startsWith(PREFIX)) return undefined
    const row = this.#database.get('SELECT * FROM api_token WHERE hash = ?', hashed(text))
    if (row === undefined) return undefined
    const token = tokenFrom(row)
    const now = this.#now()
    if (token.expiresAt <= now) return undefined
    if (now - (token.lastUsed ?? 0) > USED_MS)
      this.#database.run('UPDATE api_token SET last_used = ? WHERE id = ?', now, token.id)
    return token
  }

  /** Somebody's token by its id, while it lasts. */
  valid(personId: string, id: string): ApiToken | undefined {
    const row = this.#database.get(
      'SELECT * FROM api_token WHERE person_id = ? AND id = ? AND expires_at > ?',
      personId,
      id,
      this.#now(),
    )
    return row === undefined ? undefined : tokenFrom(row)
  }

  /** Expired ones too, newest first. */
  of(personId: string): readonly ApiToken[] {
    return this.#database
      .all('SELECT * FROM api_token WHERE person_id = ? ORDER BY created_at DESC', personId)
      .map(tokenFrom)
  }

  /** NOT_FOUND when it is not theirs. */
  revoke(by: Actor, personId: string, id: string): void {
    this.#database.transaction(() => {
      const row = this.#database.get('SELECT * FROM api_token WHERE id = ? AND person_id = ?', id, personId)
      if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such token.')
      this.#database.run('DELETE FROM api_token WHERE id = ?', id)
      this.#audit.add(by, { action: 'token.revoke', target: String(row.name) })
    })
  }
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function tokenFrom(row: Row): ApiToken {
  return {
    id: String(row.id),
    personId: String(row.person_id),
    name: String(row.name),
    permissions: JSON.parse(String(row.permissions)) as Permission[],
    ...(row.connections === null ? {} : { connections: JSON.parse(String(row.connections)) as string[] }),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    ...(row.last_used === null ? {} : { lastUsed: Number(row.last_used) }),
  }
}
