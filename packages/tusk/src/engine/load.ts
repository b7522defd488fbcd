import type { Cancellable } from './engine.ts'
import type { RelationName } from './introspector.ts'
import type { TableSource } from './table-source.ts'

/** Rows that go into a table, all of them or none. */
export interface LoadRequest {
  /** Run first, in the same transaction: makes the table, or empties it. */
  readonly before: readonly string[]
  readonly table: RelationName
  /** Columns of the table, each with the position of the column of `source` that fills it. */
  readonly columns: readonly LoadColumn[]
  readonly source: TableSource
}

export interface LoadColumn {
  readonly name: string
  readonly from: number
  /** As the database writes it: whether a list goes in as an array or as its JSON. Absent: an array, where the database has those. */
  readonly type?: string
}

export interface LoadOptions extends Cancellable {
  /** Rows that were sent so far; at most about 20 times a second. */
  readonly onProgress?: (rows: number) => void
}

/** How many rows at a time become text or values: few enough to be stopped between, many enough to be fast. */
export const loadedRows = 4_096

/** The rows of `source` in pieces of at most `loadedRows`. */
export function* pieces(source: TableSource): Generator<{ readonly first: number; readonly count: number }> {
  for (let first = 0; first < source.rowCount; first += loadedRows)
    yield { first, count: Math.min(loadedRows, source.rowCount - first) }
}
