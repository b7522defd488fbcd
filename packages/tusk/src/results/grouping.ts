import type { ViewRequest } from './result-compute.ts'

/** Groups of the rows of a result: equal values of `by` are one group. NULL is a value like any other. */
export interface Grouping {
  /** At most 16; none: all rows are one group. */
  readonly by: readonly GroupKey[]
  readonly values: readonly Aggregate[]
  /** Each value of this column becomes columns of its own: the most frequent ones; those left out are together in columns called “other”. */
  readonly across?: number
  /** So many columns for its values, 1 to 100; 100 unless said. */
  readonly acrossLimit?: number
  /** `keys` (default): by the values of `by`, NULLs last. `value`: by the first of `values`, largest first. */
  readonly order?: 'keys' | 'value'
  /** Which rows are grouped; their order plays no part. */
  readonly rows?: Pick<ViewRequest, 'filter' | 'search'>
}

export interface GroupKey {
  readonly column: number
  /** Dates and times are rounded down to it. */
  readonly unit?: TimeUnit
  /** Numbers are rounded down to multiples of it. */
  readonly width?: number
}

export type TimeUnit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute'

/** `count` without a column counts rows, with one the values that are not NULL. `distinctEstimate` is off by some percent, and quick where very many differ. Those of numbers are BAD_REQUEST for other columns. */
export interface Aggregate {
  readonly function:
    | 'count'
    | 'countDistinct'
    | 'distinctEstimate'
    | 'sum'
    | 'average'
    | 'min'
    | 'max'
    | 'median'
    | 'lowerQuartile'
    | 'upperQuartile'
  readonly column?: number
}

/** A few rows to draw or to choose from, as exact text. */
export interface Points {
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** There are more groups, or more rows to draw from, than these. */
  readonly isPart: boolean
}

/** Groups, or rows taken at random (the same each time) with the given columns. */
export type PointsRequest = { readonly limit: number } & (
  | { readonly grouping: Grouping }
  | { readonly sample: readonly number[]; readonly rows?: Pick<ViewRequest, 'filter' | 'search'> }
)
