import { counted, whenRun } from '../format.ts'
import type { StudioApi } from '../studio-api.ts'

export interface Comparable {
  /** Of a result. */
  readonly id: string
  readonly label: string
}

/** Other results of the person: those with a name first, then what was run, latest first. */
export async function whatToCompare(
  api: StudioApi,
  resultId: string,
  signal: AbortSignal,
): Promise<readonly Comparable[]> {
  const [names, { entries }] = await Promise.all([api.resultNames(), api.history({}, signal)])
  const named = names.map(({ name, resultId: id }) => ({ id, label: `@${name}` }))
  const run = entries.flatMap(({ resultId: id, sql, startedAt, rowCount, connectionName }) =>
    id === undefined
      ? []
      : [
          {
            id,
            label: `${whenRun(startedAt)} · ${sql.replace(/\s+/g, ' ').slice(0, 60)} · ${counted(rowCount, 'row')} · ${connectionName}`,
          },
        ],
  )
  const seen = new Set([resultId])
  return [...named, ...run].filter(({ id }) => {
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}
