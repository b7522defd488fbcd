/** Names that somebody may have meant: those that differ in at most a third of their letters (Levenshtein), or begin alike; nearest first, at most three. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  return names
    .map(name => ({ name, distance: name.startsWith(wanted) || wanted.startsWith(name) ? 0 : distance(wanted, name) }))
    .filter(one => one.distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1),
      )
    row = next
  }
  return row.at(-1) ?? 0
}
