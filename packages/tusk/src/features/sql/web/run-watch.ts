import type { ServerEvent } from '../../../ui/web/events.ts'
import type { WireRun, WireStatement } from '../../../wire.ts'
import { failureOf } from './failure-of.ts'

/** `serverEvents` of ui/web/events.ts: goes on over lost connections and server restarts. */
export type OpenEvents = (path: string, options: { readonly signal: AbortSignal }) => AsyncIterable<ServerEvent>

export interface RunWatchOptions {
  readonly address: string
  readonly openEvents: OpenEvents
  readonly onChange: (run: WireRun) => void
}

/** Follows a run until its end or until `signal` aborts. The server says the whole state first, after each reconnect too. */
export async function watchRun(run: WireRun, options: RunWatchOptions, signal: AbortSignal): Promise<void> {
  let known = run
  const take = (changed: WireRun): void => {
    known = changed
    options.onChange(changed)
  }
  try {
    for await (const { event, data } of options.openEvents(options.address, { signal })) {
      if (signal.aborted) return
      if (event === 'statement') take(withStatement(known, data as WireStatement))
      else if (event === 'run' || event === 'end') take(data as WireRun)
      if (known.state !== 'running') return
    }
  } catch (error) {
    if (signal.aborted) return
    const failure = failureOf(error)
    take(failure.status === 404 ? stopped(known, lost) : stopped(known, failure.error))
  }
}

const lost = {
  code: 'HOST_DIED',
  message: 'Tusk was restarted while this ran.',
  hint: 'Look whether it had an effect, then run it again.',
} as const

function withStatement(run: WireRun, statement: WireStatement): WireRun {
  return { ...run, statements: run.statements.map(other => (other.index === statement.index ? statement : other)) }
}

/** The run as it was seen last, with what was not over marked as failed. */
function stopped(run: WireRun, error: NonNullable<WireStatement['error']>): WireRun {
  const unfinished = new Set<WireStatement['state']>(['running', 'storing', 'waiting'])
  return {
    ...run,
    state: 'failed',
    statements: run.statements.map(statement =>
      unfinished.has(statement.state) ? { ...statement, state: 'failed', error } : statement,
    ),
  }
}
