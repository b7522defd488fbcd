import { createHash, randomBytes } from 'node:crypto'
import { TuskError } from '../errors.ts'
import type { Row, StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'

/** A stored result or a saved query. */
export type ShareKind = 'result' | 'query'

/** One object that its owner opened for one person, one group, or whoever has a link. */
export interface Share {
  readonly id: string
  /** Id of the person whose object it is. */
  readonly owner: string
  readonly kind: ShareKind
  readonly objectId: string
  readonly title: string
  readonly to: 'person' | 'group' | 'link'
  /** Name of the person or group; empty for a link. */
  readonly toName: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** From then on it opens nothing. Absent: until it is revoked. A link always has an end. */
  readonly expiresAt?: number
}

export interface NewShare {
  readonly kind: ShareKind
  /** That it is the actor's own is the caller's to check. */
  readonly objectId: string
  readonly title: string
  readonly to: { readonly personId: string } | { readonly groupId: string } | 'link'
  /** Absent: no end, which a link cannot have. */
  readonly days?: number
}

const LONGEST_DAYS = 366

/** What people opened for others. A link's secret is kept as a hash and given once; a share of somebody who is disabled opens nothing. */
export class Shares {
  readonly #database: StateDatabase
  readonly #audit: Audit
  readonly #now: () => number

  constructor(database: StateDatabase, audit: Audit, now: () => number = Date.now) {
    this.#database = database
    this.#audit = audit
    this.#now = now
  }

  /** `secret` is there for a link only. BAD_REQUEST for an unknown person or group, and for days that are no number up to a year. */
  create(actor: Actor, input: NewShare): { readonly share: Share; readonly secret?: string } {
    const { kind, objectId, to, days } = input
    if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS))
      throw new TuskError('BAD_REQUEST', `A share lasts 1 to ${LONGEST_DAYS} days.`)
    if (to === 'link' && days === undefined) throw new TuskError('BAD_REQUEST', 'A link needs an end.')
    const secret = to === 'link' ? randomBytes(32).toString('base64url') : undefined
    const id = randomBytes(8).toString('hex')
    const now = this.#now()
    return this.#database.transaction(() => {
      const personId = to !== 'link' && 'personId' in to ? this.#existing('person', to.personId) : null
      const groupId = to !== 'link' && 'groupId' in to ? this.#existing('person_group', to.groupId) : null
      this.#database.run(
        `INSERT INTO share (id, owner, kind, object_id, title, person_id, group_id, link_hash, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        actor.id,
        kind,
        objectId,
        input.title.slice(0, 200),
        personId,
        groupId,
        secret === undefined ? null : hashed(secret),
        now,
        days === undefined ? null : now + days * 86_400_000,
      )
      const share = shareFrom(this.#database.get(`${select} WHERE share.id = ?`, id) as Row)
      this.#note(actor, 'share.create', share)
      return { share, ...(secret === undefined ? {} : { secret }) }
    })
  }

  /** Shares of an object that the actor made, newest first, expired ones too. */
  of(actor: Actor, kind: ShareKind, objectId: string): readonly Share[] {
    return this.#database
      .all(
        `${select} WHERE share.owner = ? AND share.kind = ? AND share.object_id = ? ORDER BY share.created_at DESC, share.id`,
        actor.id,
        kind,
        objectId,
      )
      .map(shareFrom)
  }

  /** Everything that the actor made, newest first, expired ones too. */
  by(actor: Actor): readonly Share[] {
    return this.#database
      .all(`${select} WHERE share.owner = ? ORDER BY share.created_at DESC, share.id`, actor.id)
      .map(shareFrom)
  }

  /** It opens nothing from now on. NOT_FOUND for one that is not the actor's. */
  revoke(actor: Actor, id: string): void {
    this.#database.transaction(() => {
      const row = this.#database.get(`${select} WHERE share.id = ? AND share.owner = ?`, id, actor.id)
      if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such share.')
      this.#database.run('DELETE FROM share WHERE id = ?', id)
      this.#note(actor, 'share.revoke', shareFrom(row))
    })
  }

  /** What a link opens at this moment. Found by the hash of all of its secret, so time tells nothing of it. */
  byLink(secret: string): Share | undefined {
    const row = this.#database.get(`${select} WHERE share.link_hash = ? AND ${open}`, hashed(secret), this.#now())
    return row === undefined ? undefined : shareFrom(row)
  }

  /** What others opened for this person or one of their groups, and is open at this moment, newest first. */
  with(actor: Actor, kind: ShareKind): readonly Share[] {
    return this.#database
      .all(
        `${select} WHERE share.kind = ? AND ${open} AND (share.person_id = ? OR share.group_id IN
           (SELECT group_id FROM membership WHERE person_id = ?)) ORDER BY share.created_at DESC, share.id`,
        kind,
        this.#now(),
        actor.id,
        actor.id,
      )
      .map(shareFrom)
  }

  /** Whether an object is open to anybody, so that it must not be swept. */
  keeps(kind: ShareKind, objectId: string): boolean {
    const found = this.#database.get(
      `${select} WHERE share.kind = ? AND share.object_id = ? AND ${open} LIMIT 1`,
      kind,
      objectId,
      this.#now(),
    )
    return found !== undefined
  }

  #existing(table: 'person' | 'person_group', id: string): string {
    const sql = table === 'person' ? 'SELECT 1 FROM person WHERE id = ?' : 'SELECT 1 FROM person_group WHERE id = ?'
    if (this.#database.get(sql, id) === undefined)
      throw new TuskError('BAD_REQUEST', 'There is no such person or group to share with.')
    return id
  }

  #note(actor: Actor, action: 'share.create' | 'share.revoke', { kind, objectId, title, to, toName }: Share): void {
    this.#audit.add(actor, { action, target: title, details: { [kind]: objectId, to: `${to} ${toName}`.trim() } })
  }
}

const select = `SELECT share.*, coalesce(receiver.name, person_group.name, '') AS to_name FROM share
  JOIN person giver ON giver.id = share.owner
  LEFT JOIN person receiver ON receiver.id = share.person_id
  LEFT JOIN person_group ON person_group.id = share.group_id`
const open = '(share.expires_at IS NULL OR share.expires_at > ?) AND giver.active = 1'

function hashed(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function shareFrom(row: Row): Share {
  return {
    id: String(row.id),
    owner: String(row.owner),
    kind: row.kind === 'query' ? 'query' : 'result',
    objectId: String(row.object_id),
    title: String(row.title),
    to: row.person_id !== null ? 'person' : row.group_id !== null ? 'group' : 'link',
    toName: String(row.to_name),
    createdAt: Number(row.created_at),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
  }
}
