/** How named parameters of statements become bind parameters of an engine. Pure: also used in the browser. */
export interface Parameters {
  /** Where a statement has parameters, in order; the same name may come again. */
  find(statement: string): readonly ParameterUse[]
  /**
   * The statement with the engine's own placeholders, and what to bind to them. No value ever becomes part of the text. BAD_REQUEST, with its
   * position, for a parameter without a value, and for a value that is not of its kind.
   */
  bind(statement: string, values: ParameterValues): BoundStatement
}

/** `:name`, `$name`, `$1` or `{{name}}`: all of one name are one parameter. */
export interface ParameterUse {
  readonly name: string
  /** UTF-16 offsets of all of it. */
  readonly from: number
  readonly to: number
}

export type ParameterKind = 'text' | 'number' | 'boolean' | 'date' | 'timestamp'

export interface ParameterValue {
  /** `text` is sent as text, which the database reads as whatever type belongs there; the others are sent as what they are. */
  readonly kind: ParameterKind
  /** Exact text; null is NULL of any kind. */
  readonly value: string | null
}

export type ParameterValues = Readonly<Record<string, ParameterValue>>

export interface BoundStatement {
  readonly sql: string
  /** In the order of the placeholders. */
  readonly parameters: readonly (string | null)[]
  /** Where a place of `sql` is in the statement that was given. */
  positionOf(position: number): number
}
