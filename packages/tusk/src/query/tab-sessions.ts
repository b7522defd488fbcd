import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../auth/actor.ts'
import type { ConnectionConfig } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { HostPool, HostSession } from '../host/host-pool.ts'
import type { WireSession } from '../wire.ts'
import type { Connections, ResolvedConnection } from './connections.ts'
import { rollBack } from './session-commands.ts'

export interface TabSessionsOptions {
  readonly connections: Connections
  readonly hosts: HostPool
  /** A session that holds state of the person (SET, temporary tables, an open transaction) is closed after this long without use. */
  readonly idleMs: number
  /** An open transaction is rolled back after this long without use, and its session stays; 0: only the whole session is closed. */
  readonly transactionIdleMs?: number
  /** One that holds nothing goes earlier, so that its process can end and let go of the database file. */
  readonly statelessIdleMs: number
}

/** A tab's session while a run uses it. Disposing hands it back. */
export interface SessionLease extends Disposable {
  readonly session: HostSession
  /** What the person should know: the session before this one is gone, and with it temporary state. */
  readonly note?: string
  /** Call when a statement leaves state in the session. */
  keep(): void
  /** Call after each statement: says since when a transaction is open. */
  settled(): void
}

/** Who does something on what connection, and whether they could only read when it began. */
export interface WorkAtHand {
  readonly actor: Actor
  readonly connectionId: string
  readonly readOnly: boolean
}

interface Entry extends WorkAtHand {
  readonly session: HostSession
  readonly config: ConnectionConfig
  busy: boolean
  stateful: boolean
  idle: NodeJS.Timeout | undefined
  /** Rolls back the open transaction, which locks others out. */
  rollback: NodeJS.Timeout | undefined
  /** When the open transaction was seen first (performance.now). */
  openSince: number | undefined
}

/** One database session for each tab and connection: BEGIN, SET and temporary tables last from run to run (R21). */
export class TabSessions implements AsyncDisposable {
  readonly #options: TabSessionsOptions
  readonly #entries = new Map<string, Entry>()
  readonly #opening = new Set<string>()
  readonly #notes = new Map<string, string>()

  constructor(options: TabSessionsOptions) {
    this.#options = options
  }

  /** CONFLICT when the tab's session is in use; errors of `HostPool.openSession`. */
  async acquire(actor: Actor, tabId: string, connectionId: string, signal: AbortSignal): Promise<SessionLease> {
    const key = `${actor.id}/${tabId}/${connectionId}`
    const connection = this.#options.connections.resolve(actor, connectionId)
    let entry = this.#entries.get(key)
    if (entry?.busy === true || this.#opening.has(key))
      throw new TuskError('CONFLICT', 'This tab is still running something.', {
        hint: 'Wait for it, cancel it, or use another tab.',
      })
    // Also what is the person's own part of it: what they may do with it, the folders of their groups.
    if (entry !== undefined && !isDeepStrictEqual(entry.config, connection.config)) {
      if (entry.stateful)
        this.#notes.set(
          key,
          'The connection, or what you may do with it, was changed; a new session was opened and temporary state is gone.',
        )
      await this.#close(key, entry)
      entry = undefined
    }
    if (entry === undefined) {
      this.#opening.add(key)
      try {
        entry = await this.#open(actor, key, connection, signal)
      } finally {
        this.#opening.delete(key)
      }
    }
    stopTimers(entry)
    entry.busy = true
    const note = this.#notes.get(key)
    this.#notes.delete(key)
    return this.#lease(key, entry, note)
  }

  /** What the tab's session on a connection is now. */
  look(actor: Actor, tabId: string, connectionId: string): WireSession {
    const key = `${actor.id}/${tabId}/${connectionId}`
    const entry = this.#entries.get(key)
    const note = this.#notes.get(key)
    if (this.#opening.has(key)) return { state: 'busy', transaction: 'none' }
    if (entry !== undefined)
      return {
        state: entry.busy ? 'busy' : 'connected',
        transaction: entry.session.transaction,
        ...(entry.openSince === undefined || entry.session.transaction === 'none'
          ? {}
          : { transactionMilliseconds: Math.round(performance.now() - entry.openSince) }),
        ...(note === undefined ? {} : { note }),
      }
    return note === undefined ? { state: 'none', transaction: 'none' } : { state: 'lost', transaction: 'none', note }
  }

  /** Ends the tab's session on one connection; the next `acquire` opens a new one and has nothing to note. CONFLICT while it is in use. */
  async reset(actor: Actor, tabId: string, connectionId: string): Promise<void> {
    const key = `${actor.id}/${tabId}/${connectionId}`
    const entry = this.#entries.get(key)
    if (entry?.busy === true || this.#opening.has(key))
      throw new TuskError('CONFLICT', 'This tab is still running something.', { hint: 'Wait for it, or cancel it.' })
    this.#notes.delete(key)
    if (entry !== undefined) await this.#close(key, entry)
  }

  /** Ends the sessions that nobody uses at the moment and of which `lost` gives a reason; the reason is what the tab is told. */
  async closeLost(lost: (work: WorkAtHand) => string | undefined): Promise<void> {
    await Promise.all(
      [...this.#entries].map(async ([key, entry]) => {
        const reason = entry.busy ? undefined : lost(entry)
        if (reason === undefined) return
        this.#notes.set(key, reason)
        await this.#close(key, entry)
      }),
    )
  }

  /** Ends the sessions of a tab, rolling back what is open. */
  async closeTab(actor: Actor, tabId: string): Promise<void> {
    const prefix = `${actor.id}/${tabId}/`
    for (const key of this.#notes.keys()) if (key.startsWith(prefix)) this.#notes.delete(key)
    await Promise.all(
      [...this.#entries].filter(([key]) => key.startsWith(prefix)).map(([key, entry]) => this.#close(key, entry)),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries].map(([key, entry]) => this.#close(key, entry)))
  }

  async #open(actor: Actor, key: string, connection: ResolvedConnection, signal: AbortSignal): Promise<Entry> {
    const { id: connectionId } = connection
    const session = await this.#options.hosts.openSession(
      {
        engine: connection.engine,
        config: connection.config,
        connectionId: connection.hostKey,
        label: connection.name,
      },
      { signal },
    )
    const entry: Entry = {
      actor,
      connectionId,
      session,
      config: connection.config,
      readOnly: connection.readOnly,
      busy: false,
      stateful: false,
      idle: undefined,
      rollback: undefined,
      openSince: undefined,
    }
    this.#entries.set(key, entry)
    void session.lost.then(error => {
      if (this.#entries.get(key) !== entry) return
      this.#entries.delete(key)
      stopTimers(entry)
      if (entry.stateful)
        this.#notes.set(
          key,
          `The session was lost (${error.message}) and with it temporary state; a new one was opened.`,
        )
    })
    return entry
  }

  #lease(key: string, entry: Entry, note: string | undefined): SessionLease {
    return {
      session: entry.session,
      ...(note === undefined ? {} : { note }),
      keep: () => {
        entry.stateful = true
      },
      settled: () => noteTransaction(entry),
      [Symbol.dispose]: () => {
        entry.busy = false
        if (this.#entries.get(key) !== entry) return
        noteTransaction(entry)
        this.#limitTransaction(key, entry)
        const stateful = entry.stateful || entry.session.transaction !== 'none'
        const { idleMs, statelessIdleMs } = this.#options
        entry.idle = setTimeout(() => void this.#expire(key, entry, stateful), stateful ? idleMs : statelessIdleMs)
        entry.idle.unref()
      },
    }
  }

  #limitTransaction(key: string, entry: Entry): void {
    const { transactionIdleMs = 0, idleMs } = this.#options
    if (entry.session.transaction === 'none' || transactionIdleMs === 0 || transactionIdleMs >= idleMs) return
    entry.rollback = setTimeout(() => void this.#rollBack(key, entry, transactionIdleMs), transactionIdleMs)
    entry.rollback.unref()
  }

  async #rollBack(key: string, entry: Entry, after: number): Promise<void> {
    if (entry.busy || this.#entries.get(key) !== entry) return
    entry.busy = true
    const failure = await rollBack(entry.session)
    entry.busy = false
    noteTransaction(entry)
    const what = `The open transaction was not used for ${inWords(after)} and was rolled back`
    this.#notes.set(key, failure === undefined ? `${what}.` : `${what} with its session; a new one is opened.`)
    if (failure !== undefined) await this.#close(key, entry)
  }

  async #expire(key: string, entry: Entry, stateful: boolean): Promise<void> {
    if (stateful) {
      const open = entry.session.transaction !== 'none'
      this.#notes.set(
        key,
        open
          ? 'The session was idle too long: its open transaction was rolled back and a new session was opened.'
          : 'The session was idle too long: temporary tables and settings are gone; a new session was opened.',
      )
    }
    await this.#close(key, entry)
  }

  async #close(key: string, entry: Entry): Promise<void> {
    if (this.#entries.get(key) === entry) this.#entries.delete(key)
    stopTimers(entry)
    await entry.session[Symbol.asyncDispose]()
  }
}

function stopTimers(entry: Entry): void {
  clearTimeout(entry.idle)
  clearTimeout(entry.rollback)
}

function noteTransaction(entry: Entry): void {
  if (entry.session.transaction === 'none') entry.openSince = undefined
  else entry.openSince ??= performance.now()
}

function inWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 120) return seconds === 1 ? 'a second' : `${seconds} seconds`
  return `${Math.round(seconds / 60)} minutes`
}
