import type { WireRun, WireStatement } from '../../../wire.ts'
import { RequestFailure } from './request-failure.ts'
import type { StudioApi } from './studio-api.ts'

export interface RunWatchOptions {
  readonly api: Pick<StudioApi, 'run' | 'runEventsAddress'>
  readonly openEvents: (address: string) => EventSource
  readonly onChange: (run: WireRun) => void
}

const retryPause = 1_500

/** Follows a run until its end, over server restarts and lost connections: events where they come, asking where they do not. */
export class RunWatch {
  readonly #options: RunWatchOptions
  #run: WireRun
  #events: EventSource | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(run: WireRun, options: RunWatchOptions) {
    this.#run = run
    this.#options = options
    if (run.state === 'running') this.#listen()
  }

  stop(): void {
    this.#stopped = true
    this.#close()
    clearTimeout(this.#timer)
  }

  #listen(): void {
    const events = this.#options.openEvents(this.#options.api.runEventsAddress(this.#run.id))
    this.#events = events
    events.addEventListener('run', event => this.#take(JSON.parse(event.data) as WireRun))
    events.addEventListener('statement', event => {
      this.#take(withStatement(this.#run, JSON.parse(event.data) as WireStatement))
    })
    events.addEventListener('end', event => {
      this.#close()
      this.#take(JSON.parse(event.data) as WireRun)
    })
    events.addEventListener('error', () => {
      // The browser connects again by itself unless the answer was an error or the server is away.
      if (events.readyState !== events.CLOSED) return
      this.#close()
      this.#askLater()
    })
  }

  #askLater(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#ask(), retryPause)
  }

  async #ask(): Promise<void> {
    try {
      const run = await this.#options.api.run(this.#run.id)
      if (this.#stopped) return
      this.#take(run)
      if (run.state === 'running') this.#listen()
    } catch (error) {
      const failure = RequestFailure.from(error)
      if (this.#stopped) return
      if (failure.status === 404) this.#take(lostRun(this.#run))
      else this.#askLater()
    }
  }

  #take(run: WireRun): void {
    if (this.#stopped) return
    this.#run = run
    this.#options.onChange(run)
  }

  #close(): void {
    this.#events?.close()
    this.#events = undefined
  }
}

function withStatement(run: WireRun, statement: WireStatement): WireRun {
  return { ...run, statements: run.statements.map(other => (other.index === statement.index ? statement : other)) }
}

/** The server does not know the run any more: it had been restarted. */
function lostRun(run: WireRun): WireRun {
  const unfinished = new Set(['running', 'storing', 'waiting'])
  return {
    ...run,
    state: 'failed',
    statements: run.statements.map(statement =>
      unfinished.has(statement.state)
        ? {
            ...statement,
            state: 'failed',
            error: { code: 'HOST_DIED', message: 'Tusk was restarted while this ran.', hint: 'Run it again.' },
          }
        : statement,
    ),
  }
}
