import { duckdbEngine } from '../../engines/duckdb/engine.ts'
import { memoryPath } from '../../engines/duckdb/path.ts'
import type { HostPool, HostSession } from '../../host/host-pool.ts'

/** Name under which the result is mounted in a session. */
export const mountedResult = 'result'

/** So many pieces of work at once; more would only take memory from one another. */
const places = 3

/** How long a session waits with its result mounted: the next question is mostly about the same one. */
const idleMs = 20_000

interface IdleSession {
  readonly session: HostSession
  readonly directory: string
  readonly timer: NodeJS.Timeout
}

/** Sessions of the one DuckDB host that computes over results. The pool starts it, ends it when idle, and replaces it when it died. */
export class ComputeHosts implements AsyncDisposable {
  readonly #hosts: HostPool
  readonly #memoryLimitMB: number | undefined
  readonly #idle = new Set<IdleSession>()
  readonly #queue: (() => void)[] = []
  #free = places
  #closed = false

  constructor(hosts: HostPool, memoryLimitMB: number | undefined) {
    this.#hosts = hosts
    this.#memoryLimitMB = memoryLimitMB
  }

  /** Runs `work` in a session of its own that has the result of `directory` mounted. HOST_DIED when the host goes meanwhile. */
  async withResult<T>(directory: string, signal: AbortSignal, work: (session: HostSession) => Promise<T>): Promise<T> {
    await this.#takePlace(signal)
    try {
      signal.throwIfAborted()
      const session = this.#takeIdle(directory) ?? (await this.#open(directory, signal))
      let done = false
      try {
        const result = await work(session)
        done = true
        return result
      } finally {
        if (done && !this.#closed) this.#keep(session, directory)
        else await session[Symbol.asyncDispose]()
      }
    } finally {
      this.#free++
      this.#queue.shift()?.()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#idle].map(idle => this.#end(idle)))
  }

  async #open(directory: string, signal: AbortSignal): Promise<HostSession> {
    const memoryLimitMB = this.#memoryLimitMB
    await using stack = new AsyncDisposableStack()
    const session = stack.use(
      await this.#hosts.openSession(
        {
          engine: duckdbEngine,
          config: { path: memoryPath, ...(memoryLimitMB === undefined ? {} : { memory_limit_mb: memoryLimitMB }) },
          connectionId: 'compute',
          label: 'compute',
        },
        { signal },
      ),
    )
    // Instants are text in UTC, whatever zone the machine is in.
    await session.rows(`SET TimeZone = 'UTC'`, { signal })
    await session.mount(mountedResult, directory, { signal })
    stack.move()
    void session.lost.then(() => {
      for (const idle of this.#idle) if (idle.session === session) void this.#end(idle)
    })
    return session
  }

  #takeIdle(directory: string): HostSession | undefined {
    for (const idle of this.#idle) {
      if (idle.directory !== directory) continue
      clearTimeout(idle.timer)
      this.#idle.delete(idle)
      return idle.session
    }
    return undefined
  }

  #keep(session: HostSession, directory: string): void {
    const idle: IdleSession = { session, directory, timer: setTimeout(() => void this.#end(idle), idleMs).unref() }
    this.#idle.add(idle)
    for (const oldest of this.#idle) {
      if (this.#idle.size <= places) break
      void this.#end(oldest)
    }
  }

  /** Closing a session never rejects: the pool deals with what goes wrong. */
  async #end(idle: IdleSession): Promise<void> {
    clearTimeout(idle.timer)
    if (this.#idle.delete(idle)) await idle.session[Symbol.asyncDispose]()
  }

  async #takePlace(signal: AbortSignal): Promise<void> {
    while (this.#free === 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#queue.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
      await promise
      if (signal.aborted) {
        const place = this.#queue.indexOf(resolve)
        if (place >= 0) this.#queue.splice(place, 1)
        else this.#queue.shift()?.() // the place that was meant for this one goes to the next
        signal.throwIfAborted()
      }
    }
    this.#free--
  }
}
