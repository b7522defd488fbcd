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
