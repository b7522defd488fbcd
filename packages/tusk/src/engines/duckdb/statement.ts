import type { Connection as Handle, PreparedStatement, Result, StatementType } from '@duckdb/node-bindings'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { Connection, QueryOptions } from '../../engine/connection.ts'
import { TuskError } from '../../errors.ts'
import type { Bindings } from './bindings.ts'
import { cancelled } from './cancelled.ts'
import { duckdbError } from './duckdb-error.ts'
import { DuckdbResultStream, type StreamOwner } from './result-stream.ts'
import { runTextRows } from './text-rows.ts'

type Transaction = Connection['transaction']

/** An interrupt that comes before DuckDB has begun is lost, so it is repeated until the call is back. */
const interruptEveryMs = 20
/** How long a reader that leaves early waits for the chunk on its way before it is interrupted, which fails an open transaction. */
const leaveGraceMs = 200

/** One statement on its way: started, streamed, interrupted, and at last the state of the transaction settled. */
export class Statement implements StreamOwner {
  readonly duckdb: Bindings
  readonly #handle: Handle
  readonly #sql: string
  readonly #signal: AbortSignal
  readonly #over: (transaction: Transaction) => void
  /** Throws where DuckDB takes the statement for one that is refused. */
  readonly #checkKind: ((kind: StatementType) => void) | undefined
  #transaction: Transaction
  #prepared: PreparedStatement | undefined
  #streaming = false
  #executed = false
  #calls = new Set<Promise<unknown>>()
  #interrupting: NodeJS.Timeout | undefined
  #progress: NodeJS.Timeout | undefined
  #ended = false

  constructor(
    duckdb: Bindings,
    handle: Handle,
    sql: string,
    transaction: Transaction,
    signal: AbortSignal,
    over: (transaction: Transaction) => void,
    checkKind?: (kind: StatementType) => void,
  ) {
    this.duckdb = duckdb
    this.#handle = handle
    this.#sql = sql
    this.#transaction = transaction
    this.#signal = signal
    this.#over = over
    this.#checkKind = checkKind
    signal.addEventListener('abort', this.#interrupt)
  }

  /** Resolves when the columns are known; after a failure the statement is over. */
  async start(options: QueryOptions): Promise<DuckdbResultStream> {
    try {
      this.check()
      this.#reportProgress(options)
      const result = await this.#execute(options.parameters ?? [])
      this.#executed = true
      this.#streaming = this.duckdb.result_is_streaming(result)
      const stream = new DuckdbResultStream(this, result, commandOf(this.duckdb, this.#sql, result))
      // Without rows it has done all it does; the next statement need not wait for somebody to read it.
      if (stream.schema.fields.length === 0) await this.end(true)
      return stream
    } catch (error) {
      await this.end(false)
      throw error
    }
  }

  async call<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#calls.add(running)
    if (this.#signal.aborted) this.#interrupt()
    try {
      return await running
    } catch (error) {
      this.check()
      throw duckdbError(error, this.#sql)
    } finally {
      this.#calls.delete(running)
    }
  }

  check(): void {
    if (this.#signal.aborted) throw cancelled(this.#signal)
  }

  async end(finished: boolean): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#progress)
    if (this.#calls.size !== 0) {
      const leave = setTimeout(this.#interrupt, leaveGraceMs)
      await Promise.allSettled(this.#calls)
      clearTimeout(leave)
    }
    this.#signal.removeEventListener('abort', this.#interrupt)
    this.#stopInterrupting()
    if (this.#streaming && !finished) await this.#closeStream()
    if (this.#prepared !== undefined) this.duckdb.destroy_prepare_sync(this.#prepared)
    this.#over(await this.#transactionAfter(finished))
  }

  async #execute(parameters: readonly (string | null)[]): Promise<Result> {
    const { duckdb } = this
    const statements = duckdbDialect.split(this.#sql)
    if (statements.length === 0) throw new TuskError('BAD_REQUEST', 'There is no statement to run.')
    if (statements.length > 1) throw new TuskError('BAD_REQUEST', 'Only one statement can be run at a time.')
    // IMPORT DATABASE becomes many statements that the binding cannot prepare one by one.
    if (/^import\b/i.test(statements[0]!.text)) return this.call(() => duckdb.query(this.#handle, this.#sql))

    const extracted = await this.call(() => duckdb.extract_statements(this.#handle, this.#sql))
    const count = extracted.statement_count
    if (count === 0) throw duckdbError(duckdb.extract_statements_error(extracted.extracted_statements), this.#sql)
    // A PIVOT without its values listed is a statement that finds them, and one that uses them.
    for (let index = 0; index < count - 1; index++) {
      const prepared = await this.call(() =>
        duckdb.prepare_extracted_statement(this.#handle, extracted.extracted_statements, index),
      )
      this.#checkKind?.(duckdb.prepared_statement_type(prepared))
      await this.call(() => duckdb.execute_prepared(prepared))
    }
    const prepared = await this.call(() =>
      duckdb.prepare_extracted_statement(this.#handle, extracted.extracted_statements, count - 1),
    )
    this.#prepared = prepared
    this.#checkKind?.(duckdb.prepared_statement_type(prepared))
    this.#bind(prepared, parameters)
    return this.call(() => duckdb.execute_prepared_streaming(prepared))
  }

  #bind(prepared: PreparedStatement, parameters: readonly (string | null)[]): void {
    const wanted = this.duckdb.nparams(prepared)
    if (wanted !== parameters.length) {
      throw new TuskError('BAD_REQUEST', `The statement has ${wanted} parameters; ${parameters.length} were given.`)
    }
    for (const [index, value] of parameters.entries()) {
      if (value === null) this.duckdb.bind_null(prepared, index + 1)
      else this.duckdb.bind_varchar(prepared, index + 1, value)
    }
  }

  #interrupt = (): void => {
    if (this.#interrupting !== undefined) return
    const interrupt = () => {
      if (this.#calls.size !== 0) this.duckdb.interrupt(this.#handle)
    }
    interrupt()
    this.#interrupting = setInterval(interrupt, interruptEveryMs)
  }

  #stopInterrupting(): void {
    clearInterval(this.#interrupting)
    this.#interrupting = undefined
  }

  #reportProgress(options: QueryOptions): void {
    const { onProgress } = options
    if (onProgress === undefined) return
    this.#progress = setInterval(() => {
      const { percentage } = this.duckdb.query_progress(this.#handle)
      if (percentage > 0 && percentage <= 100) onProgress(percentage / 100)
    }, 200)
  }

  /** A stream that is not read to its end goes on in the background until the session prepares something else. */
  async #closeStream(): Promise<void> {
    try {
      this.duckdb.destroy_prepare_sync(await this.duckdb.prepare(this.#handle, 'SELECT 1'))
    } catch {
      // In a failed transaction nothing can be prepared, but trying has closed the stream.
    }
  }

  async #transactionAfter(finished: boolean): Promise<Transaction> {
    const word = firstWord(this.#sql)
    if (word === 'begin' || word === 'start') {
      if (this.#executed) return 'open'
    } else if (word === 'commit' || word === 'end' || word === 'rollback' || word === 'abort') {
      return 'none' // a COMMIT that fails has rolled back
    }
    if (this.#transaction === 'none' || finished) return this.#transaction
    return (await this.#isFailed()) ? 'failed' : 'open'
  }

  async #isFailed(): Promise<boolean> {
    try {
      await runTextRows(this.duckdb, this.#handle, 'SELECT 1')
      return false
    } catch (error) {
      return /transaction is aborted/i.test(duckdbError(error).message)
    }
  }
}

/** `SELECT`, `CREATE TABLE`. */
function commandOf(duckdb: Bindings, sql: string, result: Result): string {
  const text = duckdbDialect.split(sql)[0]?.text ?? ''
  const made =
    /^(create|drop|alter)\s+(?:or\s+replace\s+)?(?:(?:temp|temporary|persistent|local|global|unique|recursive)\s+)*([a-z]+)/i.exec(
      text,
    )
  if (made !== null) return `${made[1]} ${made[2]}`.toUpperCase()
  const type = duckdb.result_statement_type(result)
  if (type === duckdb.StatementType.TRANSACTION) return firstWord(sql).toUpperCase()
  return (duckdb.StatementType[type] ?? '').replaceAll('_', ' ')
}

function firstWord(sql: string): string {
  return (/^[a-z]+/i.exec(duckdbDialect.split(sql)[0]?.text ?? '')?.[0] ?? '').toLowerCase()
}
