import type { Connection } from './connection.ts'
import type { Dialect } from './dialect.ts'
import type { FormField } from './form-field.ts'

export interface Cancellable {
  /** Aborting ends the work at its source, then rejects with QUERY_CANCELLED (or the signal's reason when that is a TuskError). */
  readonly signal?: AbortSignal | undefined
}

/** A kind of database. Stateless and safe to list when its driver is absent: only `open` loads the driver (DRIVER_MISSING). */
export interface Engine {
  /** `postgres`, `duckdb`, `sqlite`: stored in connections.toml and used in URLs. */
  readonly id: string
  readonly label: string
  /** Draws the connection form, checks connections.toml, marks secrets. */
  readonly fields: readonly ConnectionField[]
  readonly dialect: Dialect
  /** Which sessions may share a host process. */
  readonly hosting: Hosting
  /**
   * Opens a connection with values of `fields`, checked before. CONNECTION_FAILED, AUTHENTICATION_FAILED, DATABASE_BUSY.
   * Call it in a host process only: drivers may block or crash the process.
   */
  open(config: ConnectionConfig, options?: OpenOptions): Promise<Connection>
  /** The config for somebody who may do less than the connection says. Absent: only `read_only` is set, where there is such a field. */
  confine?(config: ConnectionConfig, confinement: Confinement): ConnectionConfig
  /** How people may use one saved connection under a name of their own. Absent: only as the connection says. */
  readonly personal?: PersonalUse
  /** `postgres://…`, `sqlite:path`, `duckdb:path` → config, or undefined when the URL is not of this engine. */
  parseUrl?(url: string): ConnectionConfig | undefined
}

/**
 * - `connection`: all sessions of one saved connection share a host (PostgreSQL).
 * - `database`: all sessions on one file share a host, whoever opens it; `hostKey` of two configs is equal for one file (DuckDB).
 *   `connectionId` keeps databases in memory apart: they belong to one saved connection.
 * - `session`: each session has its own host, because a running statement blocks it (SQLite).
 */
export type Hosting =
  | { readonly share: 'connection' }
  | { readonly share: 'database'; hostKey(config: ConnectionConfig, connectionId?: string): string }
  | { readonly share: 'session' }

/** Values of an engine's fields by key. Absent: the field's default. Secrets are in clear here and nowhere else. */
export type ConnectionConfig = Readonly<Record<string, string | number | boolean>>

/** What one person may do with a connection in multi-user mode. */
export interface Confinement {
  /** Whoever it is for: what is no file is theirs alone. */
  readonly person: string
  /** They may only read, though the connection may write. */
  readonly readOnly: boolean
  /** Whether SQL may reach other files of this machine, where the connection lets it. */
  readonly externalAccess: boolean
  /** Where it may not: the folders that are open all the same. */
  readonly files?: FileAccess
  /** Memory of a process at most; absent: as the connection says. */
  readonly memoryMB?: number
}

export interface PersonalUse {
  /** Keys of the fields that each person fills in for themselves where a connection says so; secrets among them stay secret. */
  readonly signIn: readonly string[]
  /** Key, of no field, under which `open` takes the name of the database role that all statements are to run as. */
  readonly role: string
}

/** Absolute paths of folders. */
export interface FileAccess {
  /** Files may be read, and never written. */
  readonly readable: readonly string[]
  /** The person's own folder, the only one to write files into; absent: none. */
  readonly exports?: string
}

export interface OpenOptions extends Cancellable {
  /** Where the engine may spill; private to this host, inside the state directory. */
  readonly tempDirectory?: string
  readonly memoryLimitMB?: number
  readonly threads?: number
  /** Shown to the server as the client's name, where it has such a thing. */
  readonly applicationName?: string
}

export interface ConnectionField extends FormField {
  /** Changing this field clears the saved secrets (R13): host, port, user, TLS mode. */
  readonly identity?: boolean
}
