import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../auth/actor.ts'
import type { Cancellable, ConnectionConfig } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { TableDetails } from '../engine/table-details.ts'
import type { HostPool, HostSession } from '../host/host-pool.ts'
import type { Catalog, CatalogOptions } from './catalog.ts'
import type { Connections } from './connections.ts'

/** Columns held for completion of one connection; a catalog with more is cut and says so. */
const COMPLETION_COLUMNS = 60_000
const SESSION_IDLE_MS = 30_000

interface Entry {
  session: Promise<HostSession> | undefined
  idle: NodeJS.Timeout | undefined
  users: number
  readonly answers: Map<string, Promise<unknown>>
  /** What the answers were found with; those of other settings may be others. */
  readonly config: ConnectionConfig
}

/** Reads catalogs over one session a connection, closed when idle, and keeps the answers until refreshed or changed. */
export class CachedCatalog implements Catalog, AsyncDisposable {
  readonly #connections: Connections
  readonly #hosts: HostPool
  readonly #entries = new Map<string, Entry>()

  constructor(connections: Connections, hosts: HostPool) {
    this.#connections = connections
    this.#hosts = hosts
  }

  relations(
    actor: Actor,
    connectionId: string,
    options: CatalogOptions = {},
  ): Promise<{ readonly relations: readonly Relation[]; readonly searchPath: readonly string[] }> {
    return this.#answer(actor, connectionId, 'relations', options, async (session, cancellable) => ({
      relations: await session.relations(cancellable),
      searchPath: await session.searchPath(cancellable),
    }))
  }

  columns(
    actor: Actor,
    connectionId: string,
    relation: RelationName,
    options: CatalogOptions = {},
  ): Promise<readonly RelationColumn[]> {
    const key = JSON.stringify(['columns', relation.catalog, relation.schema, relation.name])
    return this.#answer(actor, connectionId, key, options, (session, cancellable) =>
      session.columns(relation, cancellable),
    )
  }

  table(
    actor: Actor,
    connectionId: string,
    relation: RelationName,
    options: CatalogOptions = {},
  ): Promise<TableDetails> {
    const key = JSON.stringify(['table', relation.catalog, relation.schema, relation.name])
    return this.#answer(actor, connectionId, key, options, (session, cancellable) =>
      session.table(relation, cancellable),
    )
  }

  allColumns(
    actor: Actor,
    connectionId: string,
    options: CatalogOptions = {},
  ): Promise<{ readonly columns: ReadonlyMap<string, readonly RelationColumn[]>; readonly truncated: boolean }> {
    return this.#answer(actor, connectionId, 'completion', options, async (session, cancellable) => {
      const columns = await session.allColumns(COMPLETION_COLUMNS, cancellable)
      let count = 0
      for (const list of columns.values()) count += list.length
      return { columns, truncated: count >= COMPLETION_COLUMNS }
    })
  }

  /** Forgets what is known of a connection: something was created, altered or dropped over it. */
  invalidate(actor: Actor, connectionId: string): void {
    this.#entries.get(`${actor.id}/${connectionId}`)?.answers.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.keys()].map(key => this.#close(key)))
  }

  async #answer<T>(
    actor: Actor,
    connectionId: string,
    question: string,
    options: CatalogOptions,
    ask: (session: HostSession, cancellable: Cancellable) => Promise<T>,
  ): Promise<T> {
    const key = `${actor.id}/${connectionId}`
    const { config } = this.#connections.resolve(actor, connectionId, 'view')
    let entry = this.#entries.get(key)
    if (entry !== undefined && !isDeepStrictEqual(entry.config, config)) {
      await this.#close(key)
      entry = undefined
    }
    if (entry === undefined) {
      entry = { session: undefined, idle: undefined, users: 0, answers: new Map(), config }
      this.#entries.set(key, entry)
    }
    if (options.refresh === true) entry.answers.clear()
    let answer = entry.answers.get(question) as Promise<T> | undefined
    if (answer === undefined) {
      // Asked without the signal of the first who asks: others may be waiting for the same answer.
      answer = this.#ask(actor, connectionId, key, entry, session => ask(session, {}))
      entry.answers.set(question, answer)
      const kept = entry
      answer.catch(() => kept.answers.delete(question))
    }
    return options.signal === undefined ? answer : abortable(answer, options.signal)
  }

  async #ask<T>(
    actor: Actor,
    connectionId: string,
    key: string,
    entry: Entry,
    ask: (session: HostSession) => Promise<T>,
  ): Promise<T> {
    clearTimeout(entry.idle)
    entry.users++
    try {
      entry.session ??= this.#open(actor, connectionId, entry)
      return await ask(await entry.session)
    } finally {
      entry.users--
      if (entry.users === 0) {
        entry.idle = setTimeout(() => void this.#closeSession(entry), SESSION_IDLE_MS)
        entry.idle.unref()
      }
      if (this.#entries.get(key) !== entry) await this.#closeSession(entry)
    }
  }

  async #open(actor: Actor, connectionId: string, entry: Entry): Promise<HostSession> {
    const connection = this.#connections.resolve(actor, connectionId, 'view')
    try {
      const session = await this.#hosts.openSession({
        engine: connection.engine,
        config: connection.config,
        connectionId: connection.hostKey,
        label: `catalog of ${connection.name}`,
      })
      void session.lost.then(() => {
        entry.session = undefined
      })
      return session
    } catch (error) {
      entry.session = undefined
      throw error
    }
  }

  async #closeSession(entry: Entry): Promise<void> {
    const session = entry.session
    entry.session = undefined
    if (session !== undefined) await (await session.catch(() => undefined))?.[Symbol.asyncDispose]()
  }

  async #close(key: string): Promise<void> {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    clearTimeout(entry.idle)
    await this.#closeSession(entry)
  }
}

/** `work`, or a rejection with the signal's reason as soon as it aborts; the work itself goes on. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
