import type { Actor } from '../auth/actor.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { ResultStore, StoredResult } from '../results/result-store.ts'
import type { Runs } from './runs.ts'

/**
 * One statement as a run of its own → its stored result, as soon as the columns are known. Throws what the statement failed with before
 * that, BAD_REQUEST when it is several, CONFIRMATION_NEEDED for losses on production that are not `confirmed`; how it ended later is in the result. Aborting cancels it at its source.
 */
export async function runStatement(
  { runs, results }: { readonly runs: Runs; readonly results: ResultStore },
  actor: Actor,
  request: {
    readonly connectionId: string
    readonly sql: string
    readonly parameters?: readonly (string | null)[]
    readonly confirmed?: boolean
  },
  options: Cancellable = {},
): Promise<StoredResult> {
  const run = await runs.start(actor, { ...request, parameters: request.parameters ?? [] }, options)
  const [statement] = run.statements
  if (statement?.resultId === undefined)
    throw statement?.error === undefined ? new TuskError('QUERY_CANCELLED') : TuskError.fromJSON(statement.error)
  return results.get(actor.id, statement.resultId)
}
