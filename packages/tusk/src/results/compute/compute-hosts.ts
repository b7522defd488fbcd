import { duckdbEngine } from '../../engines/duckdb/engine.ts'
import { memoryPath } from '../../engines/duckdb/path.ts'
import type { HostPool, HostSession } from '../../host/host-pool.ts'

/** Name under which the result is mounted in a session. */
export const mountedResult = 'result'

/** So many pieces of work at once; more would only take memory from one another. */
const places = 3

/** Sessions of the one DuckDB host that computes over results. The pool starts it, ends it when idle, and replaces it when it died. */
export class ComputeHosts {
  readonly #hosts: HostPool
  readonly #memoryLimitMB: number | undefined
  #free = places
  readonly #queue: (() => void)[] = []

  constructor(hosts: HostPool, memoryLimitMB: number | undefined) {
    this.#hosts = hosts
    this.#memoryLimitMB = memoryLimitMB
  }

  /** Runs `work` in a session of its own that has the result of `directory` mounted. HOST_DIED when the host goes meanwhile. */
  async withResult<T>(directory: string, signal: AbortSignal, work: (session: HostSession) => Promise<T>): Promise<T> {
    await this.#takePlace(signal)
    try {
      signal.throwIfAborted()
      await using session = await this.#hosts.openSession(
        {
          engine: duckdbEngine,
          config: {
            path: memoryPath,
            ...(this.#memoryLimitMB === undefined ? {} : { memoryLimitMB: this.#memoryLimitMB }),
          },
          connectionId: 'compute',
          label: 'compute',
        },
        { signal },
      )
      // Instants are text in UTC, whatever zone the machine is in.
      await session.rows(`SET TimeZone = 'UTC'`, { signal })
      await session.mount(mountedResult, directory, { signal })
      return await work(session)
    } finally {
      this.#free++
      this.#queue.shift()?.()
    }
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
