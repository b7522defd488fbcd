import type { IndexedRelation, SchemaIndex } from './schema-index.ts'
import type { Source } from './sources.ts'

/** `o.customer_id = c.id`, by the foreign keys between what is joined at `cursor` and what stands before it, in both directions. */
export function joinConditions(
  sources: readonly Source[],
  cursor: number,
  index: SchemaIndex,
  quote: (name: string) => string,
): readonly string[] {
  const before = sources.filter(({ from }) => from !== undefined && from < cursor).sort((a, b) => a.from! - b.from!)
  const joined = before.pop()
  if (joined === undefined) return []
  // The table next to it first.
  return before
    .toReversed()
    .flatMap(other => [...conditions(joined, other, index, quote), ...conditions(other, joined, index, quote)])
}

/** By foreign keys of `child` to `parent`. */
function conditions(
  child: Source,
  parent: Source,
  index: SchemaIndex,
  quote: (name: string) => string,
): readonly string[] {
  const [from, to] = [relationOf(child, index), relationOf(parent, index)]
  if (from === undefined || to === undefined) return []
  const keys = index
    .columns(from)
    .filter(
      ({ references }) => references !== undefined && references.schema === to.schema && references.name === to.name,
    )
  const equal = keys.map(
    ({ name, references }) =>
      `${quote(child.name)}.${quote(name)} = ${quote(parent.name)}.${quote(references!.column)}`,
  )
  // Keys to different columns are one key of several columns; keys to the same column are several roles (sender, receiver).
  const isOneKey = keys.length > 1 && new Set(keys.map(key => key.references!.column)).size === keys.length
  return isOneKey ? [equal.join(' AND '), ...equal] : equal
}

function relationOf(source: Source, index: SchemaIndex): IndexedRelation | undefined {
  return source.path === undefined ? undefined : index.find(source.path)
}
