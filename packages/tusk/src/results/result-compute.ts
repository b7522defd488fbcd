import type { Cancellable } from '../engine/engine.ts'
import type { DiffRequest, DiffSummary } from './diff.ts'
import type { Grouping, Points, PointsRequest } from './grouping.ts'
import type { StoredResult } from './result-store.ts'

/**
 * Works on whole stored results without touching their source: a DuckDB host reads the spool. Everything here is about rows
 * that are stored; while a result is still being stored these wait for its end, except `view` with an empty request.
 */
export interface ResultCompute extends AsyncDisposable {
  /**
   * Rows of a result, sorted and filtered: a list of row numbers, kept beside the result under its `id` (equal requests
   * share one). `firstPage` is ready when this resolves; `complete` settles when the whole order is, and then windows take it.
   */
  view(owner: string, resultId: string, request: ViewRequest, options?: Cancellable): Promise<ResultView>
  /**
   * Waits until the first `rows` rows of a known view can be read (absent: all of them). RESULT_NOT_FOUND when the view is not known
   * and not on disk; otherwise rejects with what went wrong.
   */
  viewReady(
    owner: string,
    resultId: string,
    view: string,
    options?: Cancellable & { readonly rows?: number },
  ): Promise<void>
  /** A view that is complete. */
  viewState(owner: string, resultId: string, view: string): Promise<{ readonly rowCount: number }>
  /** Path of the complete row numbers of a view, waited for: little-endian uint32. */
  rowNumbersFile(owner: string, resultId: string, view: string, options?: Cancellable): Promise<string>
  summary(
    owner: string,
    resultId: string,
    column: number,
    options?: Cancellable & { readonly view?: string },
  ): Promise<ColumnSummary>
  /** `rows.parquet` beside the result, made once; equal rows and types. Returns the path. */
  parquet(owner: string, resultId: string, options?: Cancellable & { readonly view?: string }): Promise<string>
  /** The groups as a result of their own, which has this one as its parent; complete when this resolves. */
  group(owner: string, resultId: string, grouping: Grouping, options?: Cancellable): Promise<StoredResult>
  /**
   * What is different in `otherId`, as a result of its own with both as its parents; complete when this resolves. BAD_REQUEST where the key does not
   * tell rows apart.
   */
  diff(
    owner: string,
    resultId: string,
    otherId: string,
    request: DiffRequest,
    options?: Cancellable,
  ): Promise<{ readonly result: StoredResult; readonly summary: DiffSummary }>
  /** Groups or sampled rows to draw, or values to choose from; nothing is kept. */
  points(owner: string, resultId: string, request: PointsRequest, options?: Cancellable): Promise<Points>
}

export interface ViewRequest {
  /** In order of weight. NULLs last unless said; equal rows keep their stored order. */
  readonly sort?: readonly SortKey[]
  /** All must hold. */
  readonly filter?: readonly Condition[]
  /** Text that some column's exact text must contain, whatever its case. */
  readonly search?: string
}

export interface SortKey {
  readonly column: number
  readonly descending?: boolean
  readonly nullsFirst?: boolean
}

/**
 * Values are text and read as the column's type (BAD_REQUEST where they are not). `contains`, `startsWith`, `endsWith`, `matches`
 * (a regular expression) work on the exact text of any type and ignore case unless `caseSensitive`.
 */
export interface Condition {
  readonly column: number
  readonly operator:
    | '='
    | '<>'
    | '<'
    | '<='
    | '>'
    | '>='
    | 'between'
    | 'in'
    | 'notIn'
    | 'contains'
    | 'notContains'
    | 'startsWith'
    | 'endsWith'
    | 'matches'
    | 'isNull'
    | 'isNotNull'
  readonly values?: readonly string[]
  readonly caseSensitive?: boolean
  /** Rows where the column is NULL pass too. */
  readonly orNull?: boolean
}

export interface ResultView {
  readonly id: string
  /** Rows that pass the filter; while a filter is still being counted, undefined. */
  readonly rowCount: number | undefined
  readonly state: 'building' | 'complete'
  /** Rejects with what went wrong, QUERY_CANCELLED when all who asked have aborted. */
  readonly complete: Promise<{ readonly rowCount: number }>
}

export interface ColumnSummary {
  readonly rowCount: number
  readonly nullCount: number
  readonly distinctEstimate: number
  readonly min: string | null
  readonly max: string | null
  /** Numbers only. */
  readonly mean?: string
  readonly standardDeviation?: string
  readonly quantiles?: {
    readonly p5: string
    readonly p25: string
    readonly p50: string
    readonly p75: string
    readonly p95: string
  }
  /** Numbers and times: equal-width buckets. */
  readonly histogram?: readonly { readonly from: string; readonly to: string; readonly count: number }[]
  readonly top: readonly { readonly value: string | null; readonly count: number }[]
}
