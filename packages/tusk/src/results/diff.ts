/** What is different between the rows of two results. Columns are known by their names, whatever the case, and compared where both have them. */
export interface DiffRequest {
  /** Names of the columns that say which rows belong together; absent: the first that is unique in both. NULL is a value like any other. */
  readonly key?: readonly string[]
  /** Numbers that differ by no more than this are equal. Default 0. */
  readonly tolerance?: number
  /** Columns that are not compared. */
  readonly ignore?: readonly string[]
}

export interface DiffSummary {
  readonly key: readonly string[]
  readonly compared: readonly string[]
  /** Columns that only one of them has, or that were to be ignored. */
  readonly left: readonly string[]
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly same: number
}
