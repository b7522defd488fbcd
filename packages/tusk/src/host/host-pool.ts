import type { Schema } from '../arrow/schema.ts'
import type { Notice } from '../engine/connection.ts'
import type { Cancellable, ConnectionConfig, Engine } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { LoadOptions } from '../engine/load.ts'
import type { TableDetails } from '../engine/table-details.ts'
import type { TuskError } from '../errors.ts'
import type { StoringRoom } from '../results/storing-room.ts'
import type { LoadCall } from './protocol.ts'

/**
 * The processes that own databases, seen from the web process or the command line. Only control crosses: SQL down; columns,
 * counts, notices and errors up. Rows go from the host to the result's directory on disk.
 *
 * A host dies with its parent, also when the parent is killed. Disposing the pool ends all hosts within 5 s.
 */
export interface HostPool extends AsyncDisposable {
  /** Opens a session in a host, sharing or starting one as `engine.hosting` says. Errors of `Engine.open`. */
  openSession(request: SessionRequest, options?: Cancellable): Promise<HostSession>
  /** Opens and closes the connection, for the Test button: the server's version and how long it took. */
  testConnection(engine: Engine, config: ConnectionConfig, options?: Cancellable): Promise<ConnectionTest>
  /** Starts a host of its own that runs an exporter over a stored result and pipes the bytes out; the process ends with it. */
  export(request: ExportRequest, options?: Cancellable): Promise<HostExport>
  /** For the settings page and for tests. */
  list(): readonly HostInfo[]
}

export interface SessionRequest {
  readonly engine: Engine
  readonly config: ConnectionConfig
  /** Sessions with the same key may share a host when the engine shares by connection. */
  readonly connectionId: string
  /** Kept in the host's name for `ps` and the settings page. */
  readonly label?: string
}

export interface ConnectionTest {
  readonly version?: string
  readonly milliseconds: number
}

/** One database session in a host. After `lost` settles every call rejects with that error; open a new session then. */
export interface HostSession extends AsyncDisposable {
  readonly version?: string
  readonly pid: number
  /** Settles (never rejects) when the host died or the database went away by itself: HOST_DIED, CONNECTION_LOST. */
  readonly lost: Promise<TuskError>
  readonly transaction: 'none' | 'open' | 'failed'
  /**
   * Runs one statement and stores its rows in `directory` (made by the result store). Resolves when the columns are known;
   * `done` settles when the last row is stored. Aborting asks the engine first and kills the host after 2 s.
   */
  run(request: StatementRequest, options?: Cancellable): Promise<HostRun>
  relations(options?: Cancellable): Promise<readonly Relation[]>
  columns(relation: RelationName, options?: Cancellable): Promise<readonly RelationColumn[]>
  allColumns(limit: number, options?: Cancellable): Promise<ReadonlyMap<string, readonly RelationColumn[]>>
  /** NOT_FOUND; UNSUPPORTED where the engine tells no more than columns. */
  table(relation: RelationName, options?: Cancellable): Promise<TableDetails>
  searchPath(options?: Cancellable): Promise<readonly string[]>
  /** Makes the stored result in `directory` a table of this session (engines with `Connection.mount`; otherwise UNSUPPORTED). */
  mount(name: string, directory: string, options?: Cancellable & { readonly schema?: string }): Promise<void>
  /** `schema.name` for one that was mounted with a schema. */
  unmount(name: string): Promise<void>
  /**
   * Puts the stored result in `directory` into a table, all of it or nothing → how many rows. See `Connection.load`; UNSUPPORTED where the
   * kind of database takes none.
   */
  load(request: LoadCall, options?: LoadOptions): Promise<number>
  /**
   * Runs a query whose one column is row numbers (uint32) and writes them as little-endian uint32 to `file` (atomically).
   * For sort orders and filters over mounted results.
   */
  rowNumbers(sql: string, file: string, options?: Cancellable): Promise<{ readonly count: number }>
  /** Runs a query with a small answer (at most `limit` rows, default 1,000) and gives it back as text cells: summaries, row counts, settings. */
  rows(
    sql: string,
    options?: Cancellable & { readonly limit?: number },
  ): Promise<readonly (readonly (string | null)[])[]>
}

export interface StatementRequest {
  readonly sql: string
  readonly parameters?: readonly (string | null)[]
  readonly directory: string
  /** Storing stops, marked truncated, at whichever ends first; absent: no limit. */
  readonly maxRows?: number
  /** Of the stored rows, as `byteCount` counts them. */
  readonly maxBytes?: number
  readonly room?: StoringRoom
  /** Tusk's own deadline: QUERY_TIMEOUT. 0 or absent: none. */
  readonly timeoutMs?: number
  readonly onNotice?: (notice: Notice) => void
  /** After each batch on disk; at most about 20 a second. `schema` when a column widened. */
  readonly onProgress?: (progress: StoreProgress) => void
}

export interface StoreProgress {
  readonly rowCount: number
  readonly byteCount: number
  readonly fraction?: number
  readonly schema?: Schema
}

export interface HostRun {
  readonly schema: Schema
  /** Never rejects: how the statement ended is in the outcome. */
  readonly done: Promise<RunOutcome>
}

export interface RunOutcome {
  readonly state: 'complete' | 'truncated' | 'cancelled' | 'failed'
  readonly schema: Schema
  readonly rowCount: number
  readonly byteCount: number
  readonly affectedRows?: number
  readonly command?: string
  readonly error?: TuskError
  readonly transaction: 'none' | 'open' | 'failed'
}

export interface ExportRequest {
  readonly directory: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  /** Row numbers (a view's order), as written by `rowNumbers`. */
  readonly rowNumbersFile?: string
  readonly onProgress?: (rows: number) => void
}

export interface HostExport {
  /** The file's bytes. Destroying it, or aborting, ends the process. An export that fails destroys it with a TuskError. */
  readonly bytes: import('node:stream').Readable
}

export interface HostInfo {
  readonly pid: number
  readonly label: string
  readonly engine: string | undefined
  readonly sessions: number
  readonly startedAt: Date
  readonly spare: boolean
}
