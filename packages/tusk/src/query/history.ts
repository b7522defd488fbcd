import type { Actor } from '../auth/actor.ts'
import type { WireHistoryEntry } from '../wire.ts'

/** What was run, when, for how long and how it ended (history.db). */
export interface History {
  add(actor: Actor, entry: Omit<WireHistoryEntry, 'id'>): number
  /** Newest first, statements by their beginning. `search` matches anywhere in the SQL and the name, ignoring case. */
  list(actor: Actor, query: HistoryQuery): { readonly entries: readonly WireHistoryEntry[]; readonly more: boolean }
  /** One entry with the whole of its statement. NOT_FOUND. */
  get(actor: Actor, id: number): WireHistoryEntry
  /** Gives an entry a name; empty: none. NOT_FOUND. */
  rename(actor: Actor, id: number, name: string): void
  remove(actor: Actor, id: number): boolean
  /** Entries with a name stay, unless `named`. Gives how many went. */
  clear(actor: Actor, options?: { readonly connectionId?: string; readonly named?: boolean }): number
}

export interface HistoryQuery {
  readonly search?: string
  readonly connectionId?: string
  readonly state?: WireHistoryEntry['state']
  /** Took at least so long. */
  readonly leastMilliseconds?: number
  /** With a name only. */
  readonly named?: boolean
  readonly before?: number
  readonly limit?: number
}
