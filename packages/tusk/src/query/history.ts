import type { Actor } from '../auth/actor.ts'
import type { WireHistoryEntry } from '../wire.ts'

/** What was run, when, for how long and how it ended (history.db). */
export interface History {
  add(actor: Actor, entry: Omit<WireHistoryEntry, 'id'>): number
  /** Newest first. `search` matches anywhere in the SQL, ignoring case. */
  list(actor: Actor, query: HistoryQuery): { readonly entries: readonly WireHistoryEntry[]; readonly more: boolean }
  remove(actor: Actor, id: number): boolean
  clear(actor: Actor, connectionId?: string): number
}

export interface HistoryQuery {
  readonly search?: string
  readonly connectionId?: string
  readonly state?: WireHistoryEntry['state']
  readonly before?: number
  readonly limit?: number
}
