import type { BenchContext } from './context.ts'

/** One line of the table: what is measured, and how good it has to be. */
export interface Benchmark {
  /** What `--only` takes: `duckdb-store`; a prefix up to a dash takes all of its kind. */
  readonly id: string
  readonly what: string
  readonly budget: Budget
  /** Why it is missed where it is, as far as that was found out; printed only then. */
  readonly whenMissed?: string
  run(context: BenchContext): Promise<Measurement>
}

export interface Budget {
  readonly at: 'least' | 'most'
  readonly value: number
  readonly unit: Unit
}

/** `×`: a ratio to the yardstick of the same run. */
export type Unit = '×' | 'ms' | 's' | 'MB'

export interface Measurement {
  /** What the budget is held against. */
  readonly figure: number
  /** The yardstick in words: `psql 1.20 s`. */
  readonly yardstick?: string
  /** Tusk in words: `1.31 s`. */
  readonly tusk: string
  /** What helps to understand the figure. */
  readonly note?: string
}

/** Something that cannot be measured on this machine: the line is printed without a figure. */
export class NotMeasured extends Error {}

export function keeps(budget: Budget, figure: number): boolean {
  return budget.at === 'least' ? figure >= budget.value : figure <= budget.value
}
