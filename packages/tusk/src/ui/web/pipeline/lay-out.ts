export const nodeSize = { width: 184, height: 56 } as const

const gap = { along: 76, across: 28 } as const

/**
 * Places for the nodes of a graph without circles: a column for each step of the longest way there, and in it each node near the middle
 * of those before it.
 */
export function layOut(
  ids: readonly string[],
  edges: readonly { readonly source: string; readonly target: string }[],
  direction: 'LR' | 'TB',
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const rank = ranks(ids, edges)
  const columns: string[][] = []
  for (const id of ids) {
    const column = rank.get(id) ?? 0
    while (columns.length <= column) columns.push([])
    columns[column]?.push(id)
  }
  const before = new Map(ids.map(id => [id, edges.filter(edge => edge.target === id).map(edge => edge.source)]))
  const across = new Map<string, number>()
  const step = (direction === 'LR' ? nodeSize.height : nodeSize.width) + gap.across
  for (const column of columns) {
    const middle = (id: string): number => {
      const places = (before.get(id) ?? []).map(other => across.get(other) ?? 0)
      return places.length === 0 ? 0 : places.reduce((sum, place) => sum + place, 0) / places.length
    }
    const wanted = column.map(id => ({ id, place: middle(id) })).sort((one, other) => one.place - other.place)
    const center = wanted.reduce((sum, { place }) => sum + place, 0) / Math.max(1, wanted.length)
    for (const [index, { id }] of wanted.entries()) across.set(id, center + (index - (wanted.length - 1) / 2) * step)
  }
  const least = Math.min(0, ...across.values())
  const along = (direction === 'LR' ? nodeSize.width : nodeSize.height) + gap.along
  return new Map(
    ids.map(id => {
      const far = (rank.get(id) ?? 0) * along
      const side = (across.get(id) ?? 0) - least
      return [id, direction === 'LR' ? { x: far, y: side } : { x: side, y: far }]
    }),
  )
}

/** How many steps the longest way to each node has. */
function ranks(
  ids: readonly string[],
  edges: readonly { readonly source: string; readonly target: string }[],
): ReadonlyMap<string, number> {
  const rank = new Map(ids.map(id => [id, 0]))
  // In a graph without circles no way is longer than the number of nodes.
  for (let round = 0; round < ids.length; round++) {
    let changed = false
    for (const { source, target } of edges) {
      const wanted = (rank.get(source) ?? 0) + 1
      if (wanted <= (rank.get(target) ?? 0)) continue
      rank.set(target, wanted)
      changed = true
    }
    if (!changed) break
  }
  return rank
}
