import type { Plan } from './plan.ts'

/** How an engine shows what it would do, or did, with a statement. Pure: also used in the browser. */
export interface Explain {
  /** Stands before a statement to get its plan as data, without carrying it out. */
  readonly plan: string
  /** The same to carry the statement out and measure it; absent: the engine cannot, and `noAnalyze` says so in a sentence. */
  readonly analyze?: string
  readonly noAnalyze?: string
  /** Where the statement inside an EXPLAIN begins, and whether that EXPLAIN carries it out. Undefined: it is no EXPLAIN. */
  explained(statement: string): { readonly from: number; readonly analyzes: boolean } | undefined
  /** Whether columns of these names are what a plan comes in. */
  hasPlan(columns: readonly string[]): boolean
  /** Rows of such columns, as exact text → the plan. Undefined: they are something else. Never throws. */
  read(rows: readonly (readonly (string | null)[])[]): Plan | undefined
}
