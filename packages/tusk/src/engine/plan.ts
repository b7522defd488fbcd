/** How a database carries a statement out, as it says itself: one shape for every engine. Plain data. */
export interface Plan {
  /** Absent: the output is text that was written for people. */
  readonly root?: PlanNode
  /** The statement was carried out: rows and times are measured. Otherwise all is guessed. */
  readonly analyzed: boolean
  readonly planningMilliseconds?: number
  /** By the clock on the wall. Times of nodes may add up to more, where several threads worked. */
  readonly executionMilliseconds?: number
  /** What is said of the whole: triggers, settings, memory. */
  readonly facts: readonly PlanFact[]
  /** The output of the engine as it came. */
  readonly source: string
}

export interface PlanNode {
  /** What is done, in the engine's own words: `Seq Scan`, `HASH_JOIN`, `SEARCH`. */
  readonly operation: string
  /** What it is done to: a table, an index, a CTE. */
  readonly subject?: string
  /** Why it hangs below its parent, where it is not simply its input: `InitPlan 1`, `CTE totals`. */
  readonly role?: string
  /** The planner's guess for all times that it runs. */
  readonly estimatedRows?: number
  /** Of all times that it ran. */
  readonly rows?: number
  /** How often it ran; 0: never. */
  readonly loops?: number
  /** With all that is below. */
  readonly milliseconds?: number
  /** Without what is below. */
  readonly ownMilliseconds?: number
  /** The planner's unit, with all that is below. */
  readonly cost?: number
  readonly ownCost?: number
  /** With all that is below. */
  readonly buffers?: PlanBuffers
  /** What a person should look at, in sentences. */
  readonly warnings: readonly string[]
  readonly facts: readonly PlanFact[]
  readonly children: readonly PlanNode[]
}

/** Pages of the database, in numbers of pages. */
export interface PlanBuffers {
  /** Found in memory. */
  readonly hit: number
  /** Asked of the disk or the operating system. */
  readonly read: number
  readonly dirtied: number
  readonly written: number
  /** Read and written in temporary files: it did not fit into memory. */
  readonly temporary: number
}

export interface PlanFact {
  readonly name: string
  readonly value: string
}
