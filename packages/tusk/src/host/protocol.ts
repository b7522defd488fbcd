import type { Schema } from '../arrow/schema.ts'
import type { Notice } from '../engine/connection.ts'
import type { ConnectionConfig } from '../engine/engine.ts'
import type { Relation, RelationColumn, RelationName } from '../engine/introspector.ts'
import type { LoadRequest } from '../engine/load.ts'
import type { TableDetails } from '../engine/table-details.ts'
import type { WireError } from '../errors.ts'
import type { RunOutcome, StoreProgress } from './host-pool.ts'

/*
 * What a host and its parent say to each other, over Node's IPC channel. Control only: rows go to the disk, exported
 * bytes to the host's standard output. The parent calls, the host answers each call once, and may send events of it before.
 */

/** Each call: what it takes and what it answers. Calls about a session name it by the number it was opened with. */
export interface HostCalls {
  readonly open: { readonly takes: OpenRequest; readonly gives: { readonly version?: string } }
  readonly close: { readonly takes: OfSession; readonly gives: undefined }
  readonly run: { readonly takes: OfSession & RunRequest; readonly gives: WireOutcome }
  readonly relations: { readonly takes: OfSession; readonly gives: readonly Relation[] }
  readonly columns: {
    readonly takes: OfSession & { readonly relation: RelationName }
    readonly gives: readonly RelationColumn[]
  }
  readonly allColumns: {
    readonly takes: OfSession & { readonly limit: number }
    readonly gives: ReadonlyMap<string, readonly RelationColumn[]>
  }
  readonly table: { readonly takes: OfSession & { readonly relation: RelationName }; readonly gives: TableDetails }
  readonly searchPath: { readonly takes: OfSession; readonly gives: readonly string[] }
  readonly mount: {
    readonly takes: OfSession & { readonly name: string; readonly directory: string; readonly schema?: string }
    readonly gives: undefined
  }
  readonly unmount: { readonly takes: OfSession & { readonly name: string }; readonly gives: undefined }
  readonly rowNumbers: {
    readonly takes: OfSession & { readonly sql: string; readonly file: string }
    readonly gives: { readonly count: number }
  }
  readonly rows: {
    readonly takes: OfSession & { readonly sql: string; readonly limit: number }
    readonly gives: readonly (readonly (string | null)[])[]
  }
  readonly load: { readonly takes: OfSession & LoadCall; readonly gives: { readonly rows: number } }
  readonly export: { readonly takes: ExportCall; readonly gives: undefined }
}

export type HostMethod = keyof HostCalls
export type HostCall = {
  readonly [Method in HostMethod]: {
    readonly kind: 'call'
    readonly call: number
    readonly method: Method
    readonly takes: HostCalls[Method]['takes']
  }
}[HostMethod]

export type ToHost =
  | HostCall
  /** Answers `wants`: so many bytes in all may the rows of that call take. */
  | { readonly kind: 'granted'; readonly call: number; readonly bytes: number }
  /** Ends the work of a call, which then answers with this error. */
  | { readonly kind: 'cancel'; readonly call: number; readonly reason: WireError }
  /** Closes all sessions and ends the process. */
  | { readonly kind: 'exit' }

export type FromHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly call: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly call: number; readonly event: CallEvent }
  /** The rows of a `run` are about to take so many bytes in all; nothing is written until `granted` has come. */
  | { readonly kind: 'wants'; readonly call: number; readonly bytes: number }

export type CallEvent =
  /** The statement's columns are known, and readable in its directory. */
  | { readonly kind: 'columns'; readonly schema: Schema }
  | { readonly kind: 'progress'; readonly progress: StoreProgress }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** What the session's transaction is after `rows`, and after a statement that failed before its columns were known. */
  | { readonly kind: 'transaction'; readonly transaction: RunOutcome['transaction'] }
  | { readonly kind: 'exported'; readonly rows: number }
  | { readonly kind: 'loaded'; readonly rows: number }

export interface OfSession {
  readonly session: number
}

export interface OpenRequest extends OfSession {
  readonly engine: string
  /** URL of the plugin's module that brings the engine; absent: it is Tusk's own. */
  readonly module?: string
  readonly config: ConnectionConfig
  readonly label: string
  /** All sessions of the host work on one database, opened once: new ones are `Connection.session` of the first. */
  readonly shared: boolean
  /** A running statement blocks the process (SQLite). */
  readonly blocks: boolean
  readonly tempDirectory: string
  readonly memoryLimitMB?: number
  readonly threads?: number
  readonly applicationName?: string
}

export interface RunRequest {
  readonly sql: string
  readonly parameters?: readonly (string | null)[]
  readonly directory: string
  readonly maxRows?: number
  readonly maxBytes?: number
  /** Bytes that the rows may take before the host asks for more; absent: it never asks. */
  readonly grantedBytes?: number
}

/** A RunOutcome with its error as plain JSON. */
export type WireOutcome = Omit<RunOutcome, 'error'> & { readonly error?: WireError }

/** A LoadRequest whose rows are those of the stored result in `directory`, or of a view of it. */
export interface LoadCall extends Omit<LoadRequest, 'source'> {
  readonly directory: string
  readonly rowNumbersFile?: string
}

export interface ExportCall {
  readonly directory: string
  readonly format: string
  /** URL of the plugin's module that brings the format; absent: it is Tusk's own. */
  readonly module?: string
  readonly options: Readonly<Record<string, unknown>>
  readonly rowNumbersFile?: string
}
