import { isDeepStrictEqual } from 'node:util'
import type { Connection } from '../engine/connection.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { HostedSession } from './hosted-session.ts'
import type { HostCalls, OpenRequest } from './protocol.ts'

/** The database sessions inside a host process, by the number that the parent gave them. */
export class HostedSessions implements AsyncDisposable {
  readonly #engines: readonly Engine[]
  readonly #sessions = new Map<number, HostedSession>()
  #base: Base | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(engines: readonly Engine[]) {
    this.#engines = engines
  }

  async open(request: OpenRequest, signal: AbortSignal): Promise<HostCalls['open']['gives']> {
    process.title = `tusk-host ${request.engine} ${request.label}`
    const connection = request.shared ? await this.#openShared(request, signal) : await this.#connect(request, signal)
    if (signal.aborted) {
      await connection[Symbol.asyncDispose]()
      throw signal.reason
    }
    this.#sessions.set(request.session, new HostedSession(connection, request.blocks))
    return connection.version === undefined ? {} : { version: connection.version }
  }

  /** SESSION_LOST when there is none of this number. */
  get(session: number): HostedSession {
    const hosted = this.#sessions.get(session)
    if (hosted === undefined) throw new TuskError('SESSION_LOST')
    return hosted
  }

  transaction(session: number): Connection['transaction'] | undefined {
    return this.#sessions.get(session)?.transaction
  }

  async close(session: number): Promise<void> {
    const hosted = this.#sessions.get(session)
    this.#sessions.delete(session)
    await hosted?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#sessions.keys()].map(session => this.close(session)))
    await this.#base?.connection[Symbol.asyncDispose]()
    this.#base = undefined
  }

  async #connect(request: OpenRequest, signal: AbortSignal): Promise<Connection> {
    const engine = this.#engines.find(one => one.id === request.engine)
    if (engine === undefined) {
      throw new TuskError('DRIVER_MISSING', `There is no engine “${request.engine}” in the host process.`)
    }
    const { tempDirectory, memoryLimitMB, threads, applicationName } = request
    return await engine.open(request.config, {
      signal,
      tempDirectory,
      ...(memoryLimitMB === undefined ? {} : { memoryLimitMB }),
      ...(threads === undefined ? {} : { threads }),
      ...(applicationName === undefined ? {} : { applicationName }),
    })
  }

  /** One database is opened once in the process; its sessions come of that. One at a time, so that there is one. */
  async #openShared(request: OpenRequest, signal: AbortSignal): Promise<Connection> {
    const opened = this.#opening.then(async () => {
      const base = this.#base
      if (base !== undefined && this.#sessions.size === 0 && !isDeepStrictEqual(base.config, request.config)) {
        // Settings have changed and nobody uses the database: open it as it is wanted now.
        this.#base = undefined
        await base.connection[Symbol.asyncDispose]()
      }
      this.#base ??= { config: request.config, connection: await this.#connect(request, signal) }
      const { connection } = this.#base
      return connection.session === undefined
        ? this.#connect(request, signal)
        : connection.session({ signal, config: request.config })
    })
    this.#opening = opened.catch(() => undefined)
    return await opened
  }
}

interface Base {
  readonly config: ConnectionConfig
  readonly connection: Connection
}
