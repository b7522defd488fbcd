import type { Dialect, StatementKind } from '../engine/dialect.ts'
import { TuskError } from '../errors.ts'

/** More are counted. */
const mostTold = 20

/**
 * CONFIRMATION_NEEDED when something of a script would be lost on a production database; `detail` has a line for each loss. `undone`: the statement
 * is rolled back after it was measured.
 */
export function checkLosses(
  connectionName: string,
  dialect: Dialect,
  steps: readonly { readonly sql: string; readonly undone?: boolean }[],
  hint: string,
): void {
  const losses = steps.flatMap(({ sql, undone }) => {
    const dangers = dialect.dangers?.(sql).map(({ what }) => what) ?? unknownDangers(dialect.classify(sql), sql)
    return undone === true ? dangers.map(what => `${what} It is rolled back afterwards.`) : dangers
  })
  if (losses.length === 0) return
  const more = losses.length > mostTold ? [`… and ${losses.length - mostTold} more.`] : []
  throw new TuskError('CONFIRMATION_NEEDED', `This changes “${connectionName}”, a production database.`, {
    detail: [...losses.slice(0, mostTold), ...more].join('\n'),
    hint,
  })
}

const readingKinds = new Set<StatementKind>(['select', 'session', 'explain'])

/** An engine that does not know its dangers: whatever is not sure to read only. */
function unknownDangers(kind: StatementKind, sql: string): readonly string[] {
  return readingKinds.has(kind) ? [] : [`This may change data: ${sql.slice(0, 200)}`]
}
