import type { Cancellable, ConnectionConfig } from './engine.ts'
import type { Introspector } from './introspector.ts'
import type { LoadOptions, LoadRequest } from './load.ts'
import type { ResultStream } from './result-stream.ts'
import type { TableSource } from './table-source.ts'

/** An open database session, living in a host process. Disposing cancels what runs, rolls back and closes. */
export interface Connection extends AsyncDisposable {
  readonly introspector: Introspector
  /**
   * Starts one statement exactly as written, in no transaction of ours; resolves when its columns are known.
   * One statement at a time per connection: a second `query` waits until the first stream is read to its end or disposed.
   * BEGIN, SET and temporary tables last from query to query.
   * QUERY_FAILED with the source's code, position, detail, hint · QUERY_CANCELLED · CONNECTION_LOST.
   */
  query(sql: string, options?: QueryOptions): Promise<ResultStream>
  /** Whether a transaction is open, known after the last query: `none`, `open`, or `failed` (only ROLLBACK is accepted). */
  readonly transaction: 'none' | 'open' | 'failed'
  /**
   * Another session on the same database, independent of this one (own BEGIN, SET). Absent: open the engine again. `config` is that
   * of the saved connection it is for, when that may be another one: its session is as read-only as it says, or is refused.
   */
  session?(options?: Cancellable & { readonly config?: ConnectionConfig }): Promise<Connection>
  /**
   * Makes rows from outside readable as a table named `name` on this connection, until disposed; columns not asked for are
   * not read. DuckDB has it: this is how a stored result is sorted, filtered and joined. With `schema` it is called `schema.name`.
   */
  mount?(name: string, source: TableSource, schema?: string): Promise<AsyncDisposable>
  /**
   * Puts rows into a table in a transaction of its own → how many. Values go as they are where the types agree, otherwise as their exact text,
   * which the database reads. CONFLICT while a transaction is open; QUERY_FAILED says which row or value where the database does; aborting or
   * failing leaves everything as it was.
   */
  load?(request: LoadRequest, options?: LoadOptions): Promise<number>
  /** The server's version as a person reads it: `PostgreSQL 18.1`. */
  readonly version?: string
}

export interface QueryOptions extends Cancellable {
  /** Called for notices, warnings and progress as they come. */
  readonly onNotice?: (notice: Notice) => void
  /** Fraction done in 0…1, where the engine knows it. */
  readonly onProgress?: (fraction: number) => void
  /** Bind parameters in order; null is NULL. Text is sent as text and the database infers the type. */
  readonly parameters?: readonly (string | null)[]
}

export interface Notice {
  readonly severity: 'debug' | 'info' | 'notice' | 'warning'
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly sourceCode?: string
}
