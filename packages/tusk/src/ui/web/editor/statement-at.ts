import type { ScriptStatement } from '../../../engine/dialect.ts'

type Place = Pick<ScriptStatement, 'from' | 'to'>

/**
 * Which statement a person means with the cursor at `position`: the one around it; after a statement's end on the same line,
 * that one; in a gap, the next one; behind the last, the last. `lineFrom` is where the cursor's line starts.
 * Statements are in order. Undefined only when there are none.
 */
export function statementAt<Statement extends Place>(
  statements: readonly Statement[],
  position: number,
  lineFrom: number,
): Statement | undefined {
  const next = firstEndingAtOrAfter(statements, position)
  const around = statements[next]
  if (around !== undefined && around.from <= position) return around
  const before = statements[next - 1]
  if (before !== undefined && before.to >= lineFrom && !(around !== undefined && around.from === position))
    return before
  return around ?? before
}

/** Statements that a selection touches with more than its edge. */
export function statementsWithin<Statement extends Place>(
  statements: readonly Statement[],
  from: number,
  to: number,
): readonly Statement[] {
  const first = firstEndingAtOrAfter(statements, from + 1)
  let end = first
  while (end < statements.length && statements[end]!.from < to) end++
  return statements.slice(first, end)
}

function firstEndingAtOrAfter(statements: readonly Place[], position: number): number {
  let low = 0
  let high = statements.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (statements[middle]!.to < position) low = middle + 1
    else high = middle
  }
  return low
}
