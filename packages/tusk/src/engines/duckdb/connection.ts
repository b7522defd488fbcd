import type { Connection as Handle, StatementType } from '@duckdb/node-bindings'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { Connection, QueryOptions } from '../../engine/connection.ts'
import type { Cancellable, ConnectionConfig } from '../../engine/engine.ts'
import type { LoadOptions, LoadRequest } from '../../engine/load.ts'
import { loadInTransaction } from '../../engine/load-in-transaction.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import type { TableSource } from '../../engine/table-source.ts'
import { TuskError } from '../../errors.ts'
import { cancelled } from './cancelled.ts'
import { guardFiles } from './guard-files.ts'
import type { Instance } from './instance.ts'
import { DuckdbIntrospector } from './introspector.ts'
import { mountedColumnNames, selectMounted } from './mount.ts'
import { refuseFunctions } from './refused-functions.ts'
import { Statement } from './statement.ts'
import { runTextRows } from './text-rows.ts'
import { writesDatabase } from './writes-database.ts'

const loadedView = 'tusk_loaded_rows'

/** One session on a DuckDB instance. Statements wait for one another; a mounted table belongs to this session alone. */
export class DuckdbConnection implements Connection {
  readonly version: string
  readonly introspector: DuckdbIntrospector
  readonly #instance: Instance
  readonly #handle: Handle
  readonly #id: number
  readonly #closing = new AbortController()
  readonly #mounted = new Set<string>()
  #transaction: Connection['transaction'] = 'none'
  /** Settles when every statement asked for so far is over. */
  #tail: Promise<void> = Promise.resolve()
  #closed: Promise<void> | undefined

  private constructor(instance: Instance, handle: Handle, introspectorHandle: Handle) {
    this.#instance = instance
    this.#handle = handle
    const { duckdb } = instance
    this.#id = duckdb.client_context_get_connection_id(duckdb.connection_get_client_context(handle))
    this.introspector = new DuckdbIntrospector(instance.duckdb, introspectorHandle)
    this.version = `DuckDB ${instance.duckdb.library_version().replace(/^v/, '')}`
  }

  /** A session on `instance`, which it disposes in the end. */
  static async open(instance: Instance): Promise<DuckdbConnection> {
    try {
      const handle = await instance.connect()
      const connection = new DuckdbConnection(instance, handle, await instance.connect())
      // Room for the producer to go on while a batch is written; the default of 1 MB stops it all the time.
      await instance.duckdb.query(handle, `SET streaming_buffer_size = '16MB'`)
      // How far a statement is can be asked for only where DuckDB would draw it, too.
      await instance.duckdb.query(handle, 'SET enable_progress_bar = true')
      await instance.duckdb.query(handle, 'SET enable_progress_bar_print = false')
      return connection
    } catch (error) {
      await instance[Symbol.asyncDispose]()
      throw TuskError.from(error, 'CONNECTION_FAILED')
    }
  }

  get transaction(): Connection['transaction'] {
    return this.#transaction
  }

  async query(sql: string, options: QueryOptions = {}): Promise<ResultStream> {
    if (this.#instance.locked) refuseFunctions(sql)
    if (this.#instance.refusesWrites && writesDatabase(sql)) {
      throw new TuskError('READ_ONLY', 'This connection is read-only.', {
        detail: 'The database file is open for writing by another connection.',
      })
    }
    const { folders } = this.#instance
    const guard = folders === undefined ? undefined : guardFiles(sql, folders.exports)
    const release = await this.#turn(options)
    const signal =
      options.signal === undefined ? this.#closing.signal : AbortSignal.any([options.signal, this.#closing.signal])
    const { duckdb } = this.#instance
    const over = (after: Connection['transaction']): void => {
      this.#transaction = after
      release()
    }
    const checkKind = guard && ((kind: StatementType) => guard.checkKind(duckdb.StatementType[kind] ?? ''))
    const statement = new Statement(duckdb, this.#handle, sql, this.#transaction, signal, over, checkKind)
    const stream = await statement.start(options)
    if (guard?.writes !== undefined)
      options.onNotice?.({ severity: 'info', message: `“${guard.writes}” is among your exported files.` })
    return stream
  }

  async session(options: Cancellable & { readonly config?: ConnectionConfig } = {}): Promise<DuckdbConnection> {
    options.signal?.throwIfAborted()
    if (this.#closed !== undefined) throw closed()
    return DuckdbConnection.open(this.#instance.share(options.config))
  }

  /** By INSERT from the mounted rows: DuckDB reads them where they are. */
  async load(request: LoadRequest, options: LoadOptions = {}): Promise<number> {
    const { table, columns, source, before } = request
    const { quoteIdentifier } = duckdbDialect
    const target = [...(table.catalog === undefined ? [] : [table.catalog]), table.schema, table.name]
    const names = mountedColumnNames(source.schema)
    const sql = `INSERT INTO ${target.map(quoteIdentifier).join('.')} (${columns.map(({ name }) => quoteIdentifier(name)).join(', ')})
SELECT ${columns.map(({ from }) => quoteIdentifier(names[from]!)).join(', ')} FROM temp.main.${loadedView}`
    await using _mounted = await this.mount(loadedView, source)
    return await loadInTransaction(this, { begin: 'BEGIN TRANSACTION', before }, options, async () => {
      await using stream = await this.query(sql, {
        ...options,
        onProgress: fraction => options.onProgress?.(Math.floor(fraction * source.rowCount)),
      })
      for await (const _ of stream);
      return source.rowCount
    })
  }

  async mount(name: string, source: TableSource, schema?: string): Promise<AsyncDisposable> {
    if (this.#closed !== undefined) throw closed()
    if (schema !== undefined) return await this.#mountInSchema(schema, name, source)
    const { mounts } = this.#instance
    const view = duckdbDialect.quoteIdentifier(name)
    mounts.add(this.#id, name, source)
    try {
      await this.#run(`CREATE TEMP VIEW ${view} AS ${selectMounted(name)}`)
    } catch (error) {
      mounts.remove(this.#id, name)
      throw error
    }
    this.#mounted.add(name)
    return {
      [Symbol.asyncDispose]: async () => {
        if (!this.#mounted.has(name)) return
        await this.#run(`DROP VIEW IF EXISTS temp.main.${view}`)
        this.#mounted.delete(name)
        mounts.remove(this.#id, name)
      },
    }
  }

  /**
   * The view lies in a database in memory that all sessions of the instance see, because the person's own may be read-only, and a
   * transaction may write to one database only. Each session reads what it mounted itself. A session of our own makes the view.
   */
  async #mountInSchema(schema: string, name: string, source: TableSource): Promise<AsyncDisposable> {
    const { duckdb, mounts } = this.#instance
    const key = `${schema}.${name}`
    const [database, table] = [duckdbDialect.quoteIdentifier(schema), duckdbDialect.quoteIdentifier(name)]
    await mounts.alone(async () => {
      const maker = await this.#instance.connect()
      const makerId = duckdb.client_context_get_connection_id(duckdb.connection_get_client_context(maker))
      mounts.add(makerId, key, source)
      try {
        await runTextRows(duckdb, maker, `ATTACH IF NOT EXISTS ':memory:' AS ${database} (READ_WRITE)`)
        await runTextRows(
          duckdb,
          maker,
          `CREATE OR REPLACE VIEW ${database}.main.${table} AS ${selectMounted(key, false)}`,
        )
      } finally {
        mounts.remove(makerId, key)
        duckdb.disconnect_sync(maker)
      }
    })
    mounts.add(this.#id, key, source)
    this.#mounted.add(key)
    if (this.#transaction === 'open') await this.#isSeen(schema, name)
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#mounted.delete(key)) mounts.remove(this.#id, key)
      },
    }
  }

  /** CONFLICT when the open transaction has read another table of that schema before this one was there: it goes on seeing what was there then. */
  async #isSeen(schema: string, name: string): Promise<void> {
    const [inSchema, called] = [duckdbDialect.quoteLiteral(schema), duckdbDialect.quoteLiteral(name)]
    const rows = await this.#run(
      `SELECT view_name FROM duckdb_views() WHERE database_name = ${inSchema} AND view_name = ${called}`,
    )
    if (rows.length > 0) return
    const key = `${schema}.${name}`
    this.#mounted.delete(key)
    this.#instance.mounts.remove(this.#id, key)
    throw new TuskError('CONFLICT', `The transaction does not see ${key}.`, {
      detail: `It has read another table of ${schema} before, and sees what was there at that moment.`,
      hint: `COMMIT or ROLLBACK, then name ${key} before the transaction or in its first statement with ${schema}.`,
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort(closed())
    await this.#tail
    await this.introspector[Symbol.asyncDispose]()
    this.#instance.duckdb.disconnect_sync(this.#handle)
    for (const name of this.#mounted) this.#instance.mounts.remove(this.#id, name)
    this.#mounted.clear()
    await this.#instance[Symbol.asyncDispose]()
  }

  /** A statement of our own, between those of the person. */
  async #run(sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const release = await this.#turn({})
    try {
      return await runTextRows(this.#instance.duckdb, this.#handle, sql)
    } finally {
      release()
    }
  }

  /** Waits for the statements before this one; aborting gives the place up. */
  async #turn(options: Cancellable): Promise<() => void> {
    if (this.#closed !== undefined) throw closed()
    const before = this.#tail
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tail = before.then(() => promise)
    try {
      await untilAborted(before, options.signal)
      if (this.#closed !== undefined) throw closed()
    } catch (error) {
      resolve()
      throw error
    }
    return resolve
  }
}

function closed(): TuskError {
  return new TuskError('CONNECTION_LOST', 'The database session was closed.')
}

/** `work`, or QUERY_CANCELLED when the signal is aborted first. */
async function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(cancelled(signal))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
