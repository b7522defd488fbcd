import type { Danger } from './danger.ts'
import type { Explain } from './explain.ts'
import type { Parameters } from './parameters.ts'
import type { Transactions } from './transactions.ts'

/** How SQL is written for an engine. Pure: no driver, also used in the browser. */
export interface Dialect {
  /** `postgres`, `duckdb`, `sqlite`: also picks the editor's grammar. */
  readonly id: string
  /** Quotes a name only where it must be (`"` in every dialect we have). Empty, NUL or over-long names: BAD_REQUEST. */
  quoteIdentifier(name: string): string
  quoteLiteral(text: string): string
  /** Splits a script into statements, exactly as the source's own shell would. Never loses a character: text between `from` and `to` is what is sent. */
  split(script: string): readonly ScriptStatement[]
  /** What a statement does, from its first words; `other` when in doubt. Decides nothing about safety. */
  classify(statement: string): StatementKind
  /** UPDATE and DELETE without WHERE, DROP and TRUNCATE in one statement. Absent: whatever does not only read counts as dangerous. */
  dangers?(statement: string): readonly Danger[]
  /** Absent: statements of the engine have no parameters that Tusk could give values. */
  readonly parameters?: Parameters
  /** Absent: the engine shows no plans. */
  readonly explain?: Explain
  /** Absent: the engine has no transactions that Tusk could begin. */
  readonly transactions?: Transactions
}

export interface ScriptStatement {
  /** UTF-16 offsets into the script; no leading space or comments, no trailing semicolon. */
  readonly from: number
  readonly to: number
  readonly text: string
}

/** `session`: leaves state in the session (SET, BEGIN, temporary tables, ATTACH, PREPARE, LISTEN …), which must be kept for the tab. */
export type StatementKind = 'select' | 'write' | 'ddl' | 'session' | 'explain' | 'other'
