import type { ColumnSummary, Condition } from '../../../results/result-compute.ts'
import type { Schema } from '../../../wire.ts'

/**
 * Where a grid's rows come from. Rows are asked for by windows, columns are known by their position in `schema`. The grid never
 * holds more than a few windows, so a source may have any number of rows. Rows count within the current view (sort and filter).
 */
export interface GridSource {
  /** No fields: the statement returned no rows at all. May widen (a column's type) while rows still come, never change its width. */
  readonly schema: Schema
  /** `waiting`: not even the columns are known. `storing`: more rows may come. The rest is final. */
  readonly state: GridSourceState
  /** Rows of the current view that can be read now. */
  readonly rowCount: number
  /** Rows without the filter. */
  readonly totalRowCount: number
  /** What the statement said when it returned no rows: `CREATE TABLE`, `UPDATE 3`. */
  readonly info?: string | undefined
  readonly view: GridView
  /** `building`: the first rows of the view can be read; later windows wait until its whole order is known. */
  readonly viewState: 'complete' | 'building'
  /** Why the rest of a view could not be built; its first rows can still be read. */
  readonly viewError?: unknown
  /** Rows `offset` to `offset + limit` of the given columns; rows past the end are simply not there. */
  window(
    offset: number,
    limit: number,
    columns: readonly number[],
    signal: AbortSignal,
    options?: WindowOptions,
  ): Promise<GridWindow>
  /** Calls `listener` after each change; returns the function that stops it. */
  onChange(listener: (change: GridChange) => void): () => void
  /**
   * Sorts and filters all rows. Resolves when the first rows of the new view can be read; by then `view` is the new one and
   * `reset` was told. Rejects, and leaves the view as it was, when it fails or `signal` aborts.
   */
  setView?(view: GridView, signal: AbortSignal): Promise<void>
  /** The whole value, or its first `maxBytes`. Null: the cell is NULL. */
  cell?(
    row: number,
    column: number,
    signal: AbortSignal,
    options?: { readonly maxBytes?: number },
  ): Promise<GridCell | null>
  /** An address where the whole value can be downloaded. */
  cellUrl?(row: number, column: number): string
  summary?(column: number, signal: AbortSignal): Promise<GridColumnSummary>
  /** The commonest values of a column whose text contains `search`, among the rows that the view's conditions on other columns leave. */
  values?(column: number, search: string, signal: AbortSignal): Promise<GridColumnValues>
}

export type GridSourceState = 'waiting' | 'storing' | 'complete' | 'truncated' | 'cancelled' | 'failed'

/** `rows`: row count, state or schema changed, windows read before stay true. `reset`: windows read before are of another view. */
export type GridChange = 'rows' | 'reset'

export interface WindowOptions {
  /** Cells longer than this many bytes may come cut, and are marked so. Default: never cut. */
  readonly maxCellBytes?: number
}

/** Some rows, immutable. `position` counts in the columns that were asked for, `row` from the window's first row. */
export interface GridWindow {
  readonly rowCount: number
  /** Memory that the window holds, roughly. */
  readonly byteLength: number
  /** Exact text as in `ColumnReader.text`, or its beginning when cut; null for NULL. */
  text(row: number, position: number): string | null
  /** The value as JSON text, as in `ColumnReader.json`. */
  json(row: number, position: number): string
  /** Full size in bytes of a cell that came cut, undefined of one that is whole. */
  fullByteLength(row: number, position: number): number | undefined
}

export interface GridCell {
  readonly kind: 'text' | 'binary'
  /** Of the whole value, where known. */
  readonly byteLength: number | undefined
  /** UTF-8 for text; may end within a character when not complete. */
  readonly bytes: Uint8Array
  readonly complete: boolean
}

export interface GridView {
  readonly sort: readonly GridSortKey[]
  readonly filter: readonly GridCondition[]
  /** Text that some column must contain; absent or empty: none. */
  readonly search?: string
}

/** Whether a view leaves rows out. */
export function isFiltered({ filter, search = '' }: GridView): boolean {
  return filter.length > 0 || search !== ''
}

export interface GridSortKey {
  readonly column: number
  readonly descending: boolean
}

export type GridCondition = Condition

export type GridOperator = Condition['operator']

export const emptyView: GridView = { sort: [], filter: [] }

/** Values as exact text, the commonest first; `isPart`: there are more. */
export interface GridColumnValues {
  readonly values: readonly { readonly value: string | null; readonly count: number }[]
  readonly isPart: boolean
}

/** Facts of one column over all rows of the view; values are exact text. */
export type GridColumnSummary = ColumnSummary
