import { ApiError } from '../../../../ui/web/api.ts'
import { serverEvents } from '../../../../ui/web/events.ts'
import { createResultSource, type ResultSource } from '../../../../ui/web/result-source.ts'
import type { WireRun, WireStatement, WireTableRows } from '../../../../wire.ts'
import { watchRun } from '../run-watch.ts'
import type { SeenRow } from './edit/pending-changes.ts'
import type { TableApi } from './table-api.ts'

/** Reads rows as a run and resolves when all of them are stored. `onBegin` gets the source as soon as there is something to show. Rejects with the ApiError of the statement; aborting leaves the run. */
export async function readRows(
  api: TableApi,
  request: WireTableRows,
  signal: AbortSignal,
  onBegin: (source: ResultSource, runId: string) => void = () => undefined,
): Promise<ResultSource> {
  const started = await api.rows(request, signal)
  let source: ResultSource | undefined
  const take = (run: WireRun): void => {
    const [statement] = run.statements
    if (statement?.resultId === undefined || statement.schema === undefined) return
    const progress = { state: stateOf(statement), rowCount: statement.rowCount, schema: statement.schema }
    if (source === undefined) {
      source = createResultSource(statement.resultId, progress)
      onBegin(source, run.id)
    } else source.progress(progress)
  }
  let last = started
  take(started)
  if (started.state === 'running')
    await watchRun(
      started,
      {
        address: `/api/runs/${encodeURIComponent(started.id)}/events`,
        openEvents: serverEvents,
        onChange: run => {
          last = run
          take(run)
        },
      },
      signal,
    )
  signal.throwIfAborted()
  const [statement] = last.statements
  if (statement?.error !== undefined && statement.state !== 'truncated') throw new ApiError(422, statement.error)
  if (source === undefined) throw new ApiError(422, { code: 'QUERY_FAILED', message: 'The rows could not be read.' })
  return source
}

/** Longer values are neither edited nor compared: the rest of the row says whether it is still the same. */
const longestSeen = 1_000_000

/** A row with its whole values, those that are too long left out. Undefined: it is not there. */
export async function seenRow(source: ResultSource, row: number, signal: AbortSignal): Promise<SeenRow | undefined> {
  const { fields } = source.schema
  const columns = fields.map((_, at) => at)
  const window = await source.window(row, 1, columns, signal, { maxCellBytes: longestSeen })
  if (window.rowCount === 0) return undefined
  return Object.fromEntries(
    fields.flatMap(({ name }, at) => (window.fullByteLength(0, at) === undefined ? [[name, window.text(0, at)]] : [])),
  )
}

function stateOf({ state }: WireStatement): ResultSource['state'] {
  return state === 'waiting' || state === 'running' || state === 'skipped' ? 'storing' : state
}
