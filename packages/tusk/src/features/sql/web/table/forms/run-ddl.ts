import { ApiError } from '../../../../../ui/web/api.ts'
import { serverEvents } from '../../../../../ui/web/events.ts'
import type { WireRun } from '../../../../../wire.ts'
import { watchRun } from '../../run-watch.ts'
import { StudioApi } from '../../studio-api.ts'

/**
 * Runs a script in a session of its own, which ends with it: what a failed statement left open is rolled back. It is in the history like any other run.
 * Rejects with the ApiError of the statement that failed; CONFIRMATION_NEEDED where production would lose something and `confirmed` is not set.
 */
export async function runDdl(
  connectionId: string,
  sql: string,
  confirmed: boolean,
  signal: AbortSignal,
): Promise<void> {
  const api = new StudioApi()
  let run: WireRun = await api.startRun({ connectionId, sql, onError: 'stop', ...(confirmed ? { confirmed } : {}) })
  if (run.state === 'running')
    await watchRun(
      run,
      { address: api.runEventsAddress(run.id), openEvents: serverEvents, onChange: changed => (run = changed) },
      signal,
    )
  signal.throwIfAborted()
  const failed = run.statements.find(({ error }) => error !== undefined)
  if (failed?.error !== undefined)
    throw new ApiError(422, {
      ...failed.error,
      detail: [failed.error.detail, `In: ${failed.sql.slice(0, 300)}`].filter(Boolean).join(' '),
    })
}
