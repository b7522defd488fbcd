import type { SQLInputValue } from 'node:sqlite'
import type { Row, StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { AuditAction } from './audit-actions.ts'

/** `attempted`: it began; what came of it is another entry, and where that is missing Tusk ended in between. */
export type AuditOutcome = 'done' | 'refused' | 'failed' | 'attempted'

export const auditOutcomes = ['done', 'refused', 'failed', 'attempted'] as const satisfies readonly AuditOutcome[]

export interface AuditNews {
  readonly action: AuditAction
  /** What it was done to, by a name or an id. */
  readonly target?: string
  readonly outcome?: AuditOutcome
  /** More facts. Never a secret, never a value of a row. */
  readonly details?: Readonly<Record<string, string | number | boolean>>
}

export interface AuditEntry {
  readonly id: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** Absent when nobody was known. */
  readonly actorId?: string
  readonly actorName: string
  readonly address: string
  readonly action: string
  readonly target: string
  readonly outcome: AuditOutcome
  readonly details: Readonly<Record<string, string | number | boolean>>
}

export interface AuditQuery {
  readonly actorId?: string
  readonly action?: string
  readonly outcome?: AuditOutcome
  /** Part of target, name or address. */
  readonly search?: string
  /** ISO 8601: from this moment on, and up to it. */
  readonly from?: string
  readonly to?: string
  /** Entries older than this one. */
  readonly before?: number
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

/** Who somebody is to the log when no actor is known: a name that was tried, and where from. */
export interface Stranger {
  readonly name: string
  readonly address: string
}

const TEXT = 500

/** What people did, append-only: rows are added and, when they are old enough, removed by `forget`; the database refuses the rest. */
export class Audit {
  readonly #database: StateDatabase

  constructor(database: StateDatabase) {
    this.#database = database
  }

  /** Part of the caller's transaction, where there is one: what is not on record did not happen. */
  add(who: Actor | Stranger, { action, target = '', outcome = 'done', details = {} }: AuditNews): void {
    const actor = 'can' in who ? who : undefined
    const address = actor === undefined ? (who as Stranger).address : (actor.signedIn?.address ?? 'command line')
    this.#database.run(
      `INSERT INTO audit (at, actor_id, actor_name, address, action, target, outcome, details)
       VALUES (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?, ?, ?, ?, ?, ?, ?)`,
      actor?.id ?? null,
      oneLine(who.name),
      oneLine(address),
      action,
      oneLine(target),
      outcome,
      JSON.stringify(details),
    )
  }

  /**
   * For work outside of this database, which no transaction can hold together with its entry: `attempted` is on record before it begins, what
   * came of it afterwards. A crash in between leaves the attempt, never a change that nobody made. Throws what `work` throws.
   */
  async around<T>(who: Actor | Stranger, news: AuditNews | readonly AuditNews[], work: () => Promise<T>): Promise<T> {
    const all = 'action' in news ? [news] : news
    const note = (outcome: AuditOutcome): void => {
      for (const one of all) this.add(who, { ...one, outcome })
    }
    note('attempted')
    let outcome: AuditOutcome = 'failed'
    try {
      const value = await work()
      outcome = 'done'
      return value
    } finally {
      note(outcome)
    }
  }

  /** Newest first. */
  list(query: AuditQuery = {}): { readonly entries: readonly AuditEntry[]; readonly more: boolean } {
    const limit = Math.min(Math.max(query.limit ?? 100, 1), 1_000)
    const conditions: string[] = []
    const values: SQLInputValue[] = []
    const where = (condition: string, ...given: SQLInputValue[]): void => {
      conditions.push(condition)
      values.push(...given)
    }
    if (query.actorId !== undefined) where('actor_id = ?', query.actorId)
    if (query.action !== undefined) where('action = ?', query.action)
    if (query.outcome !== undefined) where('outcome = ?', query.outcome)
    if (query.from !== undefined) where('at >= ?', query.from)
    if (query.to !== undefined) where('at <= ?', query.to)
    if (query.before !== undefined) where('id < ?', query.before)
    if (query.search !== undefined && query.search !== '') {
      const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
      where(
        "(target LIKE ? ESCAPE '\\' OR actor_name LIKE ? ESCAPE '\\' OR address LIKE ? ESCAPE '\\')",
        pattern,
        pattern,
        pattern,
      )
    }
    const rows = this.#database.all(
      `SELECT * FROM audit ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit + 1,
    )
    return { entries: rows.slice(0, limit).map(entryFrom), more: rows.length > limit }
  }

  /** Every action that is on record, for a filter. */
  actions(): readonly string[] {
    return this.#database.all('SELECT DISTINCT action FROM audit ORDER BY action').map(row => String(row.action))
  }

  /** Removes what is older than so many days (at least one); gives the number of entries. */
  forget(days: number): number {
    const before = new Date(Date.now() - Math.max(days, 1) * 86_400_000).toISOString()
    return this.#database.run('DELETE FROM audit WHERE at < ?', before).changes
  }
}

function entryFrom(row: Row): AuditEntry {
  return {
    id: Number(row.id),
    at: String(row.at),
    ...(row.actor_id === null ? {} : { actorId: String(row.actor_id) }),
    actorName: String(row.actor_name),
    address: String(row.address),
    action: String(row.action),
    target: String(row.target),
    outcome: String(row.outcome) as AuditOutcome,
    details: JSON.parse(String(row.details)) as AuditEntry['details'],
  }
}

/** Names and addresses come from outside: no line breaks, no end of memory. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, TEXT)
}
