import type { Plan, PlanNode } from '../../engine/plan.ts'

/** `id`, `parent`, `notused`, `detail`: a tree in rows, without numbers of any kind. */
export function readSqlitePlan(rows: readonly (readonly (string | null)[])[]): Plan | undefined {
  if (rows.length === 0 || rows.some(([id, , , detail]) => id === null || typeof detail !== 'string')) return undefined
  // Each row is used once, whatever rows that only look like a plan point at.
  const left = new Set(rows)
  const below = (parent: string): readonly PlanNode[] => {
    const found = rows.filter(row => left.has(row) && row[1] === parent)
    for (const row of found) left.delete(row)
    return found.map(([id, , , detail]) => nodeOf(detail!, below(id!)))
  }
  const roots = below('0')
  if (roots.length === 0) return undefined
  const root: PlanNode =
    roots.length === 1 ? roots[0]! : { operation: 'QUERY PLAN', warnings: [], facts: [], children: roots }
  return { root, analyzed: false, facts: [], source: rows.map(([, , , detail]) => detail).join('\n') }
}

/** `SCAN orders`, `SEARCH c USING INTEGER PRIMARY KEY (rowid=?)`, `USE TEMP B-TREE FOR ORDER BY`. */
function nodeOf(detail: string, children: readonly PlanNode[]): PlanNode {
  const [, operation, subject, using, rest] =
    /^(SCAN|SEARCH) (?:TABLE |SUBQUERY )?(.+?)(?: USING (.+?))?((?: LEFT-JOIN)?)$/.exec(detail) ?? []
  if (operation === undefined || subject === undefined) return { operation: detail, warnings: [], facts: [], children }
  const readsAll = operation === 'SCAN' && using === undefined && !/^(?:CONSTANT ROW|\(|\d+ )/.test(subject)
  return {
    operation,
    subject,
    warnings: readsAll
      ? [`All of ${subject} is read.`]
      : using !== undefined && /AUTOMATIC/.test(using)
        ? ['An index is made for this query alone: a real one would save that.']
        : [],
    facts: [
      ...(using === undefined ? [] : [{ name: 'Using', value: using }]),
      ...(rest === undefined || rest === '' ? [] : [{ name: 'Join', value: rest.trim() }]),
    ],
    children,
  }
}
