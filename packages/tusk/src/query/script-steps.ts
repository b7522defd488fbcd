import type { ScriptStatement } from '../engine/dialect.ts'
import type { BoundStatement, ParameterValues } from '../engine/parameters.ts'
import { TuskError } from '../errors.ts'
import { checkLosses } from './check-losses.ts'
import type { ResolvedConnection } from './connections.ts'
import type { RunScript } from './runs.ts'

/** One statement of a script, and what becomes of it. */
export interface ScriptStep {
  readonly statement: ScriptStatement
  /** What is sent: the statement as it is written, or with EXPLAIN before it. */
  readonly sql: string
  /** Position in `statement.text` of what stands at 0 in `sql`; negative when something was put before it. */
  readonly shift: number
  readonly explain?: 'plan' | 'analyze'
  /** It is carried out for its plan only: what it changes is undone. */
  readonly undone: boolean
  /** `sql` with the placeholders of the engine, and what is bound to them. */
  readonly bound?: BoundStatement
}

/**
 * The statements that a request wants run. BAD_REQUEST when there is none, or several where one is wanted; for plans UNSUPPORTED where the engine has none
 * of that kind, READ_ONLY where measuring would write. CONFIRMATION_NEEDED for what a production database would lose, unless that was confirmed.
 */
export function scriptSteps(connection: ResolvedConnection, request: RunScript): readonly ScriptStep[] {
  const { dialect } = connection.engine
  const statements = dialect.split(request.sql)
  if (statements.length === 0)
    throw new TuskError('BAD_REQUEST', 'There is nothing to run.', { hint: 'Write a statement first.' })
  if (request.parameters !== undefined && statements.length > 1)
    throw new TuskError('BAD_REQUEST', 'This takes one statement.')
  // For a level that is not known.
  if (request.commit === 'manual') dialect.transactions?.begin(request.isolation)
  const steps =
    request.explain === undefined
      ? statements.map((statement): ScriptStep => ({ statement, sql: statement.text, shift: 0, undone: false }))
      : [explainStep(connection, statements, request.explain)]
  if (connection.environment === 'production' && request.confirmed !== true)
    checkLosses(
      connection.name,
      dialect,
      steps,
      'Look at it once more. Through the API it runs with "confirmed": true.',
    )
  return request.values === undefined ? steps : withValues(steps, request.values, connection)
}

/** BAD_REQUEST for a parameter without a value, at its place in the script. */
function withValues(
  steps: readonly ScriptStep[],
  values: ParameterValues,
  { engine }: ResolvedConnection,
): readonly ScriptStep[] {
  const { parameters } = engine.dialect
  if (parameters === undefined) throw new TuskError('UNSUPPORTED', `${engine.label} takes no parameters here.`)
  return steps.map(step => {
    if (parameters.find(step.sql).length === 0) return step
    try {
      return { ...step, bound: parameters.bind(step.sql, values) }
    } catch (error) {
      const known = TuskError.from(error)
      const { position = 0 } = known
      throw new TuskError(known.code, known.message, {
        position: step.statement.from + step.shift + position,
        ...(known.hint === undefined ? {} : { hint: known.hint }),
        cause: error,
      })
    }
  })
}

function explainStep(
  { engine, readOnly, name }: ResolvedConnection,
  statements: readonly ScriptStatement[],
  mode: 'plan' | 'analyze',
): ScriptStep {
  const { explain, classify } = engine.dialect
  const [statement] = statements
  if (statement === undefined || statements.length > 1)
    throw new TuskError('BAD_REQUEST', 'A plan is made of one statement.', {
      hint: 'Select one, or put the cursor into it.',
    })
  if (explain === undefined) throw new TuskError('UNSUPPORTED', `${engine.label} shows no plans.`)
  const before = mode === 'plan' ? explain.plan : explain.analyze
  if (before === undefined)
    throw new TuskError('UNSUPPORTED', explain.noAnalyze, { hint: 'Explain shows the plan without running it.' })
  // Whoever has written EXPLAIN already gets the plan of what is in it.
  const from = explain.explained(statement.text)?.from ?? 0
  const inner = statement.text.slice(from)
  const writes = mode === 'analyze' && classify(inner) !== 'select'
  if (writes && readOnly)
    throw new TuskError('READ_ONLY', `“${name}” is read-only.`, {
      detail: 'To be measured the statement would be carried out, and it may write.',
      hint: 'Explain shows the plan without running it.',
    })
  return {
    statement,
    sql: before + inner,
    shift: from - before.length,
    explain: mode,
    undone: mode === 'analyze',
  }
}
