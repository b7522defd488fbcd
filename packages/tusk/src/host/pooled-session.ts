import type { Schema } from '../arrow/schema.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { LoadOptions } from '../engine/load.ts'
import type { TableDetails } from '../engine/table-details.ts'
import { TuskError } from '../errors.ts'
import { findRows } from '../results/find-rows.ts'
import type { HostRun, HostSession, RunOutcome, StatementRequest, StoreProgress } from './host-pool.ts'
import { abortError, type CallOptions, type HostProcess } from './host-process.ts'
import type { CallEvent, HostCalls, HostMethod, LoadCall, OfSession, RunRequest } from './protocol.ts'

export interface PooledSessionOptions {
  readonly host: HostProcess
  /** Its number in the host. */
  readonly session: number
  readonly version: string | undefined
  /** How long after an abort the host is killed. */
  readonly killAfterMs: number
  /** Ends the session in the host; called once. */
  close(): Promise<void>
}

/** A session in a host, seen from the parent. */
export class PooledSession implements HostSession {
  readonly pid: number
  readonly version?: string
  readonly lost: Promise<TuskError>
  readonly #options: PooledSessionOptions
  readonly #lost = Promise.withResolvers<TuskError>()
  #lostWith: TuskError | undefined
  #transaction: HostSession['transaction'] = 'none'
  #closing: Promise<void> | undefined

  constructor(options: PooledSessionOptions) {
    this.#options = options
    this.pid = options.host.pid
    this.lost = this.#lost.promise
    if (options.version !== undefined) this.version = options.version
    void options.host.ended.then(error => this.#lose(error))
  }

  get transaction(): HostSession['transaction'] {
    return this.#transaction
  }

  async run(request: StatementRequest, options: Cancellable = {}): Promise<HostRun> {
    const deadline = deadlineOf(request.timeoutMs)
    const signals = [options.signal, deadline.signal].filter(signal => signal !== undefined)
    const signal = AbortSignal.any(signals)
    const columns = Promise.withResolvers<Schema>()
    let schema: Schema | undefined
    let progress: StoreProgress = { rowCount: 0, byteCount: 0 }
    const onEvent = (event: CallEvent): void => {
      switch (event.kind) {
        case 'columns':
          schema = event.schema
          columns.resolve(event.schema)
          return
        case 'progress':
          progress = event.progress
          schema = progress.schema ?? schema
          request.onProgress?.(progress)
          return
        case 'notice':
          request.onNotice?.(event.notice)
          return
        case 'transaction':
          this.#transaction = event.transaction
          return
        case 'exported':
        case 'loaded':
          return
        default:
          event satisfies never
      }
    }
    const { room } = request
    const done = this.#call('run', runRequest(request), { signal, onEvent, room }).then(
      ({ error, ...outcome }): RunOutcome => {
        const known = error === undefined ? undefined : TuskError.fromJSON(error)
        if (known?.code === 'CONNECTION_LOST') this.#lose(known)
        this.#transaction = outcome.transaction
        return known === undefined ? outcome : { ...outcome, error: known }
      },
      (error: unknown): RunOutcome => {
        const reason = signal.aborted ? abortError(signal) : TuskError.from(error)
        if (schema === undefined) throw reason
        this.#transaction = 'none'
        return {
          state: reason.code === 'QUERY_CANCELLED' ? 'cancelled' : 'failed',
          ...(findRows(request.directory) ?? { schema, rowCount: progress.rowCount, byteCount: progress.byteCount }),
          error: reason,
          transaction: 'none',
        }
      },
    )
    done.catch(columns.reject).finally(() => deadline.clear())
    return { schema: await columns.promise, done }
  }

  relations(options?: Cancellable): Promise<readonly Relation[]> {
    return this.#call('relations', {}, options)
  }

  columns(relation: RelationName, options?: Cancellable): Promise<readonly RelationColumn[]> {
    return this.#call('columns', { relation }, options)
  }

  allColumns(limit: number, options?: Cancellable): Promise<ReadonlyMap<string, readonly RelationColumn[]>> {
    return this.#call('allColumns', { limit }, options)
  }

  table(relation: RelationName, options?: Cancellable): Promise<TableDetails> {
    return this.#call('table', { relation }, options)
  }

  searchPath(options?: Cancellable): Promise<readonly string[]> {
    return this.#call('searchPath', {}, options)
  }

  async mount(
    name: string,
    directory: string,
    options: Cancellable & { readonly schema?: string } = {},
  ): Promise<void> {
    const { schema } = options
    await this.#call('mount', { name, directory, ...(schema === undefined ? {} : { schema }) }, options)
  }

  async unmount(name: string): Promise<void> {
    await this.#call('unmount', { name })
  }

  async load(request: LoadCall, options: LoadOptions = {}): Promise<number> {
    const { signal, onProgress } = options
    const onEvent = (event: CallEvent): void => {
      if (event.kind === 'transaction') this.#transaction = event.transaction
      if (event.kind === 'loaded') onProgress?.(event.rows)
    }
    return (await this.#call('load', request, { signal, onEvent })).rows
  }

  rowNumbers(sql: string, file: string, options?: Cancellable): Promise<{ readonly count: number }> {
    return this.#call('rowNumbers', { sql, file }, options)
  }

  rows(
    sql: string,
    options: Cancellable & { readonly limit?: number } = {},
  ): Promise<readonly (readonly (string | null)[])[]> {
    const { signal, limit = 1_000 } = options
    const onEvent = (event: CallEvent): void => {
      if (event.kind === 'transaction') this.#transaction = event.transaction
    }
    return this.#call('rows', { sql, limit }, { signal, onEvent })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#options.close()
    await this.#closing
  }

  async #call<Method extends SessionMethod>(
    method: Method,
    takes: Omit<HostCalls[Method]['takes'], 'session'>,
    options: Omit<CallOptions, 'killAfterMs'> = {},
  ): Promise<HostCalls[Method]['gives']> {
    if (this.#lostWith !== undefined) throw this.#lostWith
    if (this.#closing !== undefined) throw new TuskError('SESSION_LOST')
    const { host, session, killAfterMs } = this.#options
    try {
      const withSession = { ...takes, session } as HostCalls[Method]['takes']
      return await host.call(method, withSession, { ...options, killAfterMs })
    } catch (error) {
      const { signal } = options
      if (signal?.aborted && error instanceof TuskError && error.code === 'HOST_DIED') throw abortError(signal)
      if (error instanceof TuskError && error.code === 'CONNECTION_LOST') this.#lose(error)
      throw error
    }
  }

  #lose(error: TuskError): void {
    if (this.#lostWith !== undefined || this.#closing !== undefined) return
    this.#lostWith = error
    this.#lost.resolve(error)
  }
}

type SessionMethod = {
  [Method in HostMethod]: HostCalls[Method]['takes'] extends OfSession ? Method : never
}[HostMethod]

function runRequest(request: StatementRequest): RunRequest {
  const { sql, parameters, directory, maxRows, maxBytes, room } = request
  return {
    sql,
    directory,
    ...(parameters === undefined ? {} : { parameters }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(room === undefined ? {} : { grantedBytes: room.granted }),
  }
}

function deadlineOf(timeoutMs: number | undefined): { readonly signal: AbortSignal | undefined; clear(): void } {
  if (timeoutMs === undefined || timeoutMs === 0) return { signal: undefined, clear: () => undefined }
  const abort = new AbortController()
  const seconds = (timeoutMs / 1000).toLocaleString('en')
  const timer = setTimeout(() => {
    abort.abort(new TuskError('QUERY_TIMEOUT', `The query was stopped after ${seconds} seconds.`))
  }, timeoutMs)
  return { signal: abort.signal, clear: () => clearTimeout(timer) }
}
