/** What one person may use at most; absent: no limit but those of the settings. */
export interface Limits {
  /** Seconds of one statement. */
  readonly seconds?: number
  /** Stored rows of one result. */
  readonly rows?: number
  /** Megabytes of one stored result. */
  readonly resultMegabytes?: number
  /** Runs at the same time. */
  readonly concurrentRuns?: number
  /** Memory of this person's DuckDB processes, each. */
  readonly duckdbMegabytes?: number
}

export const limitNames = [
  'seconds',
  'rows',
  'resultMegabytes',
  'concurrentRuns',
  'duckdbMegabytes',
] as const satisfies readonly (keyof Limits)[]

/** Of somebody in several groups: the most generous wins, and a group without a limit has no limit. In no group: none. */
export function widestLimits(all: readonly Limits[]): Limits {
  const widest: { -readonly [Name in keyof Limits]: Limits[Name] } = {}
  for (const name of limitNames) {
    const values = all.map(limits => limits[name])
    if (values.length > 0 && values.every(value => value !== undefined)) widest[name] = Math.max(...values)
  }
  return widest
}

export interface ExplainedLimit {
  readonly name: keyof Limits
  /** Absent: no limit. */
  readonly value?: number
  /** Names of the groups that it comes from: those that have it, or those that have none and so lift it. */
  readonly from: readonly string[]
}

/** The widest limits of somebody's groups, and which groups they come from. */
export function explainLimits(
  groups: readonly { readonly name: string; readonly limits: Limits }[],
): readonly ExplainedLimit[] {
  const widest = widestLimits(groups.map(({ limits }) => limits))
  return limitNames.map(name => {
    const value = widest[name]
    const from = groups.filter(({ limits }) => limits[name] === value).map(group => group.name)
    return { name, from, ...(value === undefined ? {} : { value }) }
  })
}
