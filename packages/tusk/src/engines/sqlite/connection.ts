import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { checkText } from '../../dialect/quoting.ts'
import { sqliteDialect } from '../../dialect/sqlite.ts'
import type { Connection, QueryOptions } from '../../engine/connection.ts'
import type { LoadOptions, LoadRequest } from '../../engine/load.ts'
import { loadInTransaction } from '../../engine/load-in-transaction.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import { TuskError } from '../../errors.ts'
import type { AttachGuard } from './attach-guard.ts'
import { commandOf } from './command.ts'
import { errorPosition } from './error-position.ts'
import { insertRows } from './insert-rows.ts'
import { SqliteIntrospector } from './introspector.ts'
import { bindings } from './parameters.ts'
import { SqliteResultStream, throwIfAborted } from './result-stream.ts'
import { RowBatcher, type SqliteRow } from './row-batcher.ts'
import { sqliteError } from './sqlite-error.ts'

/** A running statement blocks the process: only between two batches can it be stopped from inside. */
export class SqliteConnection implements Connection {
  readonly introspector: SqliteIntrospector
  readonly version: string
  readonly #database: DatabaseSync
  readonly #guard: AttachGuard
  /** Resolves when the statement before has ended. */
  #turn: Promise<void> = Promise.resolve()
  #current: ResultStream | undefined

  constructor(database: DatabaseSync, version: string, guard: AttachGuard) {
    this.#database = database
    this.#guard = guard
    this.version = version
    this.introspector = new SqliteIntrospector(database)
  }

  get transaction(): 'none' | 'open' {
    return this.#database.isOpen && this.#database.isTransaction ? 'open' : 'none'
  }

  async query(sql: string, options: QueryOptions = {}): Promise<ResultStream> {
    const end = await this.#takeTurn(options.signal)
    try {
      this.#current = this.#start(sql, options, end)
      return this.#current
    } catch (error) {
      end()
      throw error
    }
  }

  load(request: LoadRequest, options: LoadOptions = {}): Promise<number> {
    const begin = 'BEGIN IMMEDIATE'
    return loadInTransaction(this, { begin, before: request.before }, options, async () => {
      const end = await this.#takeTurn(options.signal)
      try {
        return await insertRows(this.#database, request, options)
      } finally {
        end()
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current?.[Symbol.asyncDispose]()
    if (this.#database.isOpen) this.#database.close()
  }

  /** The answer ends the turn. Aborting while waiting passes the turn on. */
  async #takeTurn(signal: AbortSignal | undefined): Promise<() => void> {
    const before = this.#turn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#turn = promise
    const aborted = Promise.withResolvers<void>()
    const onAbort = (): void => aborted.resolve()
    signal?.addEventListener('abort', onAbort)
    try {
      await Promise.race([before, aborted.promise])
      throwIfAborted(signal)
      if (!this.#database.isOpen) throw new TuskError('CONNECTION_LOST', 'The connection was closed.')
      return resolve
    } catch (error) {
      void before.then(resolve)
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  #start(sql: string, options: QueryOptions, end: () => void): ResultStream {
    checkText(sql)
    const [statement, second] = sqliteDialect.split(sql)
    if (second !== undefined)
      throw new TuskError('QUERY_FAILED', 'Only one statement can be run at a time.', { position: second.from })
    if (statement === undefined) return this.#ended(undefined, undefined, end)
    const command = commandOf(statement.text)
    const writes = sqliteDialect.classify(sql) === 'write'
    this.#guard.statementIsVacuum = command === 'VACUUM'
    const toError = (error: unknown): TuskError => this.#errorOf(error, sql)
    try {
      const prepared = this.#prepare(sql)
      const columns = prepared.columns()
      const values = bindings(sql, options.parameters ?? [])
      if (columns.length === 0) {
        const { changes } = prepared.run(...values)
        return this.#ended(command, writes ? Number(changes) : undefined, end)
      }
      const rows = prepared.iterate(...values) as unknown as Iterator<SqliteRow>
      return new SqliteResultStream({
        rows: new RowBatcher(rows, columns),
        command,
        affectedRows: () => (writes ? this.#changes() : undefined),
        toError,
        onEnd: batcher => {
          if (batcher !== undefined) tellOfReplacements(batcher, options)
          end()
        },
        signal: options.signal,
      })
    } catch (error) {
      throw toError(error)
    }
  }

  #ended(command: string | undefined, affectedRows: number | undefined, end: () => void): ResultStream {
    return new SqliteResultStream({
      command,
      affectedRows: () => affectedRows,
      toError: TuskError.from,
      onEnd: end,
      signal: undefined,
    })
  }

  #prepare(sql: string): StatementSync {
    const prepared = this.#database.prepare(sql)
    prepared.setReturnArrays(true)
    prepared.setReadBigInts(true)
    prepared.setAllowBareNamedParameters(false)
    return prepared
  }

  #changes(): number {
    const { changes } = this.#database.prepare('SELECT changes() AS changes').get() ?? {}
    return Number(changes)
  }

  #errorOf(error: unknown, sql: string): TuskError {
    if (error instanceof TuskError) return error
    const position = errorPosition(sql, (error as Error).message, text => this.#messageOf(text))
    return sqliteError(error, position === undefined ? {} : { position })
  }

  #messageOf(sql: string): string | undefined {
    try {
      this.#database.prepare(sql)
      return undefined
    } catch (error) {
      return (error as Error).message
    }
  }
}

function tellOfReplacements(rows: RowBatcher, options: QueryOptions): void {
  for (const column of rows.columnsWithReplacement)
    options.onNotice?.({
      severity: 'warning',
      message: `Column “${column}” holds text that is not valid UTF-8, shown with � in its place.`,
      hint: 'CAST(… AS BLOB) shows the bytes as they are stored. (The character � itself, stored as such, gives this notice too.)',
    })
}
