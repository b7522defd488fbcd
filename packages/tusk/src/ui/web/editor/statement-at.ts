import type { Place, Places } from './places.ts'

/**
 * Which statement a person means with the cursor at `position`: the one around it; after a statement's end on the same line,
 * that one; in a gap, the next one; behind the last, the last. `lineFrom` is where the cursor's line starts.
 * Undefined only when there are none.
 */
export function statementAt(statements: Places, position: number, lineFrom: number): Place | undefined {
  const next = statements.endingAt(position)
  const around = statements.at(next)
  if (around !== undefined && around.from <= position) return around
  const before = statements.at(next - 1)
  if (before !== undefined && before.to >= lineFrom && !(around !== undefined && around.from === position))
    return before
  return around ?? before
}

/** Statements that a selection touches with more than its edge; `limit` of them at the most. */
export function statementsWithin(statements: Places, from: number, to: number, limit: number): readonly Place[] {
  const found: Place[] = []
  for (let at = statements.endingAt(from + 1); found.length < limit; at++) {
    const place = statements.at(at)
    if (place === undefined || place.from >= to) break
    found.push(place)
  }
  return found
}
