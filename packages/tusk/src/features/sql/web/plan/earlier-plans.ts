import type { Plan } from '../../../../engine/plan.ts'
import { createResultSource } from '../../../../ui/web/result-source.ts'
import type { WireHistoryEntry } from '../../../../wire.ts'
import { duration, firstWords, whenRun } from '../format.ts'
import type { PlanApi } from './plan-viewer.ts'
import { readPlan } from './read-plan.ts'

export interface EarlierPlan {
  readonly resultId: string
  /** When, of what, how long. */
  readonly label: string
}

/** Plans in the history whose results are kept, newest first; those of the same connection before others. */
export async function earlierPlans(api: PlanApi, except: string, signal: AbortSignal): Promise<readonly EarlierPlan[]> {
  const { entries } = await api.history({ search: 'explain', state: 'complete' }, signal)
  return entries.flatMap(entry => {
    const { resultId } = entry
    if (resultId === undefined || resultId === except || !/^\s*explain\b/i.test(entry.sql)) return []
    return [{ resultId, label: labelOf(entry) }]
  })
}

/** `14:05 · SELECT name, sum(total) … · 24 ms`. */
function labelOf({ sql, startedAt, milliseconds, connectionName }: WireHistoryEntry): string {
  const explained = sql.replace(/^\s*explain\s*(?:\([^)]*\)|query\s+plan|(?:analyze|verbose)\s+)*\s*/i, '')
  const analyzed = /^\s*explain\s*(?:\([^)]*\banalyze\b|analyze\b)/i.test(sql)
  return [whenRun(startedAt), firstWords(explained, 44), connectionName, analyzed && duration(milliseconds)]
    .filter(Boolean)
    .join(' · ')
}

/** Reads the plan in a stored result. Rejects when it is gone; undefined when it holds no plan. */
export async function loadPlan(api: PlanApi, resultId: string, signal: AbortSignal): Promise<Plan | undefined> {
  const { state, rowCount, schema } = await api.result(resultId, signal)
  const source = createResultSource(resultId, { state, rowCount, schema })
  try {
    return await readPlan(source, signal)
  } finally {
    source.destroy()
  }
}
