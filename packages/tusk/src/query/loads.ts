import { randomUUID } from 'node:crypto'
import type { Actor } from '../auth/actor.ts'
import type { Audit } from '../auth/audit.ts'
import type { Dialect } from '../engine/dialect.ts'
import type { RelationName } from '../engine/introspector.ts'
import type { LoadColumn } from '../engine/load.ts'
import { TuskError } from '../errors.ts'
import type { HostPool } from '../host/host-pool.ts'
import type { ResultCompute } from '../results/result-compute.ts'
import type { ResultStore, StoredResult } from '../results/result-store.ts'
import type { WireLoad } from '../wire.ts'
import type { CachedCatalog } from './cached-catalog.ts'
import type { Connections, ResolvedConnection } from './connections.ts'
import type { WorkAtHand } from './tab-sessions.ts'

export interface LoadsOptions {
  readonly connections: Pick<Connections, 'resolve'>
  readonly hosts: Pick<HostPool, 'openSession'>
  readonly results: Pick<ResultStore, 'get'>
  readonly compute: Pick<ResultCompute, 'rowNumbersFile' | 'viewState'>
  readonly catalog: Pick<CachedCatalog, 'invalidate'>
  readonly audit?: Pick<Audit, 'add'>
}

export interface NewLoad {
  readonly resultId: string
  readonly connectionId: string
  readonly table: RelationName
  readonly columns: readonly LoadColumn[]
  readonly into: 'new' | 'append' | 'replace'
  readonly view?: string
  readonly confirmed?: boolean
}

/** A load as others may know of it. */
export interface LoadAtWork {
  readonly id: string
  readonly owner: { readonly id: string; readonly name: string }
  readonly connectionName: string
  readonly engine: string
  readonly table: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly rowCount: number
}

interface Load extends WorkAtHand {
  readonly id: string
  readonly connectionName: string
  readonly engine: string
  readonly table: string
  readonly startedAt: Date
  readonly abort: AbortController
  readonly done: PromiseWithResolvers<void>
  wire: WireLoad
}

/** Loads that are over and can still be asked for. */
const KEPT = 100

/** Rows of stored results on their way into tables, each in a session and a transaction of its own; a load goes on when nobody watches. */
export class Loads implements AsyncDisposable {
  readonly #options: LoadsOptions
  readonly #loads = new Map<string, Load>()

  constructor(options: LoadsOptions) {
    this.#options = options
  }

  /**
   * Begins. RESULT_NOT_FOUND, CONFLICT while the result is being stored, READ_ONLY, BAD_REQUEST for columns that the result does not have or types
   * that are none, CONFIRMATION_NEEDED where rows of a production database would be replaced; what goes wrong later is in the load.
   */
  start(actor: Actor, request: NewLoad): WireLoad {
    const result = this.#options.results.get(actor.id, request.resultId)
    const connection = this.#options.connections.resolve(actor, request.connectionId)
    check(request, result, connection)
    const before = statementsBefore(connection.engine.dialect, request)
    if (connection.environment === 'production' && request.confirmed !== true && request.into !== 'new')
      throw new TuskError('CONFIRMATION_NEEDED', `This changes “${connection.name}”, a production database.`, {
        detail:
          request.into === 'replace'
            ? `Every row of ${request.table.name} is deleted first.`
            : `Rows are added to ${request.table.name}.`,
        hint: 'Look at it once more. Through the API it runs with "confirmed": true.',
      })
    const load: Load = {
      id: randomUUID(),
      actor,
      connectionId: connection.id,
      connectionName: connection.name,
      engine: connection.engine.id,
      readOnly: connection.readOnly,
      table: request.table.name,
      startedAt: new Date(),
      abort: new AbortController(),
      done: Promise.withResolvers(),
      wire: { id: '', state: 'running', rows: 0, totalRows: result.rowCount },
    }
    load.wire = { ...load.wire, id: load.id }
    // First of all: what cannot be put on record does not run.
    this.#record(load, 'done')
    this.#loads.set(load.id, load)
    void this.#run(load, request, result, connection, before)
    return load.wire
  }

  /** NOT_FOUND for one that is not the actor's. */
  get(actor: Actor, id: string): WireLoad {
    return this.#load(actor, id).wire
  }

  /** Resolves when nothing of it goes on any more. NOT_FOUND. */
  async cancel(actor: Actor, id: string): Promise<void> {
    const load = this.#load(actor, id)
    load.abort.abort(new TuskError('QUERY_CANCELLED', 'The load was cancelled. Nothing of it is in the table.'))
    await load.done.promise
  }

  /** All that somebody has going on. */
  async cancelOf({ id }: Pick<Actor, 'id'>): Promise<void> {
    const own = [...this.#loads.values()].filter(({ actor }) => actor.id === id)
    await Promise.all(own.map(load => this.cancel(load.actor, load.id)))
    for (const load of own) this.#loads.delete(load.id)
  }

  /** Cancels those of which `lost` gives a reason. */
  cancelLost(lost: (work: WorkAtHand) => string | undefined): void {
    for (const load of this.#loads.values()) {
      const reason = load.wire.state === 'running' ? lost(load) : undefined
      if (reason !== undefined) load.abort.abort(new TuskError('QUERY_CANCELLED', reason))
    }
  }

  /** What goes on, of everybody. */
  atWork(): readonly LoadAtWork[] {
    return [...this.#loads.values()]
      .filter(({ wire }) => wire.state === 'running')
      .map(({ id, actor, connectionName, engine, table, startedAt, wire }) => ({
        id,
        owner: { id: actor.id, name: actor.name },
        connectionName,
        engine,
        table,
        startedAt: startedAt.toISOString(),
        rowCount: wire.rows,
      }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { abort } of this.#loads.values()) abort.abort(new TuskError('QUERY_CANCELLED', 'Tusk was stopped.'))
    await Promise.all([...this.#loads.values()].map(({ done }) => done.promise))
  }

  #load(actor: Actor, id: string): Load {
    const load = this.#loads.get(id)
    if (load?.actor.id !== actor.id) throw new TuskError('NOT_FOUND', 'There is no such load.')
    return load
  }

  async #run(
    load: Load,
    { view, table, columns }: NewLoad,
    result: StoredResult,
    connection: ResolvedConnection,
    before: readonly string[],
  ): Promise<void> {
    const { signal } = load.abort
    try {
      const rowNumbersFile = view === undefined ? undefined : await this.#rowNumbers(load, result, view)
      await using session = await this.#options.hosts.openSession(
        {
          engine: connection.engine,
          config: connection.config,
          connectionId: connection.hostKey,
          label: connection.name,
        },
        { signal },
      )
      const rows = await session.load(
        {
          before,
          table,
          columns,
          directory: result.directory,
          ...(rowNumbersFile === undefined ? {} : { rowNumbersFile }),
        },
        {
          signal,
          onProgress: sent => {
            load.wire = { ...load.wire, rows: sent }
          },
        },
      )
      load.wire = { ...load.wire, state: 'complete', rows }
      this.#options.catalog.invalidate(load.actor, connection.id)
    } catch (error) {
      const known = TuskError.from(error)
      const state = known.code === 'QUERY_CANCELLED' ? 'cancelled' : 'failed'
      load.wire = { ...load.wire, state, rows: 0, error: known.toJSON() }
      this.#record(load, 'failed')
    } finally {
      load.done.resolve()
      this.#forgetOld()
    }
  }

  async #rowNumbers(load: Load, result: StoredResult, view: string): Promise<string> {
    const { compute } = this.#options
    const file = await compute.rowNumbersFile(load.actor.id, result.id, view, { signal: load.abort.signal })
    const { rowCount } = await compute.viewState(load.actor.id, result.id, view)
    load.wire = { ...load.wire, totalRows: rowCount }
    return file
  }

  #record(load: Load, outcome: 'done' | 'failed'): void {
    this.#options.audit?.add(load.actor, {
      action: 'load',
      target: load.connectionName,
      outcome,
      details: { load: load.id, connection: load.connectionId, table: load.table, rows: load.wire.totalRows },
    })
  }

  #forgetOld(): void {
    const ended = [...this.#loads.values()].filter(({ wire }) => wire.state !== 'running')
    for (const { id } of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#loads.delete(id)
  }
}

function check({ columns, into }: NewLoad, result: StoredResult, connection: ResolvedConnection): void {
  if (result.state === 'storing')
    throw new TuskError('CONFLICT', 'This result is still being stored.', { hint: 'Wait for its last row.' })
  if (connection.readOnly)
    throw new TuskError('READ_ONLY', `“${connection.name}” is read-only for you.`, {
      hint: 'Choose another connection, or have the switch “Read-only” of this one changed.',
    })
  if (columns.length === 0) throw new TuskError('BAD_REQUEST', 'Choose at least one column.')
  const names = new Set<string>()
  for (const { name, from, type } of columns) {
    if (result.schema.fields[from] === undefined)
      throw new TuskError('BAD_REQUEST', `There is no column ${from} in this result.`)
    const key = name.toLowerCase()
    if (names.has(key)) throw new TuskError('BAD_REQUEST', `Two columns would go into “${name}”.`)
    names.add(key)
    if (into === 'new' && (type === undefined || type.trim() === ''))
      throw new TuskError('BAD_REQUEST', `Say which type the new column “${name}” has.`)
  }
}

function statementsBefore(dialect: Dialect, { into, table, columns }: NewLoad): readonly string[] {
  const name = [...(table.catalog === undefined ? [] : [table.catalog]), table.schema, table.name]
    .map(part => dialect.quoteIdentifier(part))
    .join('.')
  if (into === 'append') return []
  if (into === 'replace') return [`DELETE FROM ${name}`]
  const lines = columns.map(column => `  ${dialect.quoteIdentifier(column.name)} ${column.type?.trim()}`)
  const create = `CREATE TABLE ${name} (\n${lines.join(',\n')}\n)`
  const [statement, second] = dialect.split(create)
  if (second !== undefined || statement?.text !== create)
    throw new TuskError('BAD_REQUEST', 'One of the types is no type.', { detail: create })
  return [create]
}
