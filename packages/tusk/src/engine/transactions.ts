/** How transactions are begun and undone in an engine's SQL. Pure: also used in the browser. */
export interface Transactions {
  /** What a person may ask of a transaction before it begins, the engine's default first. One: there is nothing to choose. */
  readonly levels: readonly TransactionLevel[]
  /** The statement that begins one. BAD_REQUEST for a level that is not among `levels`. */
  begin(level?: string): string
  /** SAVEPOINT, ROLLBACK TO SAVEPOINT and RELEASE are known. */
  readonly savepoints: boolean
  /** Whether it runs inside a transaction that is begun for it; not what controls transactions, nor what no transaction can hold. */
  belongsInside(statement: string): boolean
}

export interface TransactionLevel {
  readonly id: string
  readonly label: string
}
