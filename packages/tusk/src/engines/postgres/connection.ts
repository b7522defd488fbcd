import { postgresDialect } from '../../dialect/postgres.ts'
import type { Connection, QueryOptions } from '../../engine/connection.ts'
import type { Cancellable } from '../../engine/engine.ts'
import type { Introspector } from '../../engine/introspector.ts'
import type { LoadOptions, LoadRequest } from '../../engine/load.ts'
import { loadInTransaction } from '../../engine/load-in-transaction.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import { TuskError } from '../../errors.ts'
import { ask } from './ask.ts'
import { type CancelAddress, sendCancelRequest } from './cancel-request.ts'
import { cancelledBy } from './cancelled-by.ts'
import { type ConnectedSocket, connect } from './connect.ts'
import { copyIn } from './copy-in.ts'
import type { ColumnPlan } from './decoding.ts'
import { PostgresIntrospector } from './introspector.ts'
import { type ColumnDescription, syncMessage } from './protocol-messages.ts'
import { roleFailure } from './role-failure.ts'
import { type PostgresSettings, sessionDefaults } from './settings.ts'
import { SocketSession } from './socket-session.ts'
import { Statement, type StatementHost } from './statement.ts'
import { Turns } from './turns.ts'
import { TypeCatalog, typeQuery } from './type-catalog.ts'
import { planColumn } from './types.ts'

/** One session of a PostgreSQL server. */
export class PostgresConnection implements Connection {
  readonly introspector: Introspector
  readonly version: string
  transaction: 'none' | 'open' | 'failed' = 'none'
  readonly #settings: PostgresSettings
  readonly #session: SocketSession
  readonly #cancelAddress: CancelAddress
  readonly #types = new TypeCatalog()
  readonly #turns = new Turns()
  readonly #introspector: PostgresIntrospector
  #running: Statement | undefined
  #closed: Promise<void> | undefined

  private constructor(settings: PostgresSettings, connected: ConnectedSocket) {
    this.#settings = settings
    this.#session = new SocketSession(connected.socket)
    this.#cancelAddress = cancelAddressOf(settings, connected)
    this.version = `PostgreSQL ${connected.serverVersion.split(' ')[0]}`
    this.#introspector = new PostgresIntrospector(options => PostgresConnection.open(settings, options))
    this.introspector = this.#introspector
  }

  /** CONNECTION_FAILED, AUTHENTICATION_FAILED. */
  static async open(settings: PostgresSettings, options: Cancellable = {}): Promise<PostgresConnection> {
    const connected = await connectOrCancel(settings, options)
    const connection = new PostgresConnection(settings, connected)
    try {
      if (!connected.defaultsAreSet) await connection.#set(sessionDefaults(settings))
      if (Number.parseInt(connected.serverVersion, 10) >= 14) await connection.#watchClient()
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw error
    }
    return connection
  }

  async query(sql: string, options: QueryOptions = {}): Promise<ResultStream> {
    if (sql.includes('\0')) throw new TuskError('BAD_REQUEST', 'A statement cannot hold the character NUL.')
    const release = await this.#turns.take(options.signal)
    if (this.#closed !== undefined || this.#session.lost !== undefined) {
      release()
      throw this.#session.lost ?? new TuskError('CONNECTION_LOST', 'The connection is closed.')
    }
    try {
      await this.#takeRole()
    } catch (error) {
      release()
      throw error
    }
    const statement = new Statement(this.#statementHost(), sql, options)
    this.#running = statement
    void statement.done.then(() => {
      this.#running = undefined
      if (statement.command?.endsWith(' TYPE')) this.#types.forget()
      release()
    })
    await statement.columnsKnown
    return statement
  }

  load(request: LoadRequest, options: LoadOptions = {}): Promise<number> {
    const { quoteIdentifier } = postgresDialect
    const table = [request.table.schema, request.table.name].map(quoteIdentifier).join('.')
    const columns = request.columns.map(({ name }) => quoteIdentifier(name)).join(', ')
    const { before, source } = request
    return loadInTransaction(this, { begin: 'BEGIN', before }, options, async () => {
      const release = await this.#turns.take(options.signal)
      try {
        await this.#takeRole()
        const sql = `COPY ${table} (${columns}) FROM STDIN`
        await copyIn(this.#session, sql, request, options, status => this.#setTransaction(status))
      } finally {
        release()
      }
      return source.rowCount
    })
  }

  session(options?: Cancellable): Promise<Connection> {
    return PostgresConnection.open(this.#settings, options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await Promise.all([this.#running?.[Symbol.asyncDispose](), this.#introspector[Symbol.asyncDispose]()])
    await this.#session.close()
  }

  #ask(sql: string, parameters: readonly string[]) {
    return ask(this.#session, sql, parameters, status => this.#setTransaction(status))
  }

  async #set(values: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, value] of values) await this.#ask('select pg_catalog.set_config($1, $2, false)', [name, value])
  }

  /** Before each statement, since the one before may have been SET ROLE, or a function that does the same. In a failed transaction nothing runs. */
  async #takeRole(): Promise<void> {
    const { role } = this.#settings
    if (role === undefined || this.transaction === 'failed') return
    try {
      await this.#ask(`set role ${postgresDialect.quoteIdentifier(role)}`, [])
    } catch (error) {
      if (this.#session.lost !== undefined) throw this.#session.lost
      const { message, sourceCode } = TuskError.from(error)
      throw roleFailure(role, message, error, sourceCode)
    }
  }

  /** Lets the server notice within seconds that we are gone, instead of at the end of a long query. */
  async #watchClient(): Promise<void> {
    try {
      await this.#set(new Map([['client_connection_check_interval', '3s']]))
    } catch (error) {
      // Some systems cannot watch a socket, and then the server refuses the setting.
      if (TuskError.from(error).code !== 'QUERY_FAILED') throw error
    }
  }

  #statementHost(): StatementHost {
    return {
      session: this.#session,
      readOnly: this.#settings.readOnly,
      requestCancel: () => sendCancelRequest(this.#cancelAddress),
      onReady: status => this.#setTransaction(status),
      plan: columns => this.#plan(columns),
    }
  }

  #setTransaction(status: string): void {
    this.transaction = status === 'T' ? 'open' : status === 'E' ? 'failed' : 'none'
  }

  async #plan(columns: readonly ColumnDescription[]): Promise<readonly ColumnPlan[]> {
    const asked = this.#types.unknown(columns)
    if (asked.length > 0) {
      // Ends the exchange but not the parsed statement, which is run afterwards.
      this.#session.send(syncMessage)
      while ((await this.#session.next()).code !== 'Z');
      const parameters = [
        `{${asked.map(type => type.typeOid).join(',')}}`,
        `{${asked.map(type => type.typeModifier).join(',')}}`,
      ]
      try {
        for (const row of await this.#ask(typeQuery, parameters)) this.#types.add(row)
      } catch (error) {
        // Without facts a column comes as text. Where the session cannot go on, the statement itself will say so.
        if (this.#session.lost !== undefined) throw error
      }
    }
    return columns.map(column => planColumn(column, this.#types.get(column.typeOid, column.typeModifier)))
  }
}

async function connectOrCancel(settings: PostgresSettings, options: Cancellable): Promise<ConnectedSocket> {
  try {
    return await connect(settings, options)
  } catch (error) {
    throw options.signal?.aborted ? cancelledBy(options.signal) : error
  }
}

function cancelAddressOf(settings: PostgresSettings, connected: ConnectedSocket): CancelAddress {
  const { socket, tls, processId, secretKey } = connected
  const target = settings.host.startsWith('/')
    ? { path: `${settings.host}/.s.PGSQL.${settings.port}` }
    : { host: socket.remoteAddress ?? settings.host, port: socket.remotePort ?? settings.port }
  return { target, hostName: settings.host, tls, processId, secretKey }
}
