import type { Logger } from 'pino'
import type { Actor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import type { PreferenceKeeper } from '../auth/preferences.ts'
import type { Cancellable, Engine } from '../engine/engine.ts'
import type { FormValues } from '../engine/form-field.ts'
import type { Exporter } from '../export/exporter.ts'
import type { ExportFolders } from '../home/export-folders.ts'
import type { HostPool } from '../host/host-pool.ts'
import type { Timetable } from '../jobs/timetable.ts'
import type { PipelineStep } from '../pipeline/step.ts'
import type { Catalog } from '../query/catalog.ts'
import type { Connections } from '../query/connections.ts'
import type { History } from '../query/history.ts'
import type { Loads } from '../query/loads.ts'
import type { ResultNames } from '../query/result-names.ts'
import type { Runs } from '../query/runs.ts'
import type { ResultCompute } from '../results/result-compute.ts'
import type { ResultStore, StoredResult } from '../results/result-store.ts'
import type { Notification } from './notification.ts'
import type { Plugins } from './plugins.ts'

/** What a feature or plugin gets to work with. Everything that belongs to a person takes the actor first. */
export interface Tusk {
  readonly version: string
  /** A file of this feature's own in the state directory; a plugin's lie in `plugins/<id>/`. */
  stateFile(name: string): string
  readonly log: Logger
  readonly engines: readonly Engine[]
  readonly exporters: readonly Exporter[]
  readonly steps: readonly PipelineStep[]
  readonly connections: Connections
  readonly catalog: Catalog
  readonly runs: Runs
  /** Rows of results on their way into tables. */
  readonly loads: Loads
  readonly results: ResultStore
  readonly compute: ResultCompute
  readonly history: History
  readonly hosts: HostPool
  readonly plugins: Plugins
  /** Names of stored results: `@name` in SQL. */
  readonly resultNames: ResultNames
  /** People, groups, sessions, the audit log; absent in single mode. */
  readonly auth?: Auth
  /** What people chose for themselves: theme and editor. */
  readonly preferences: PreferenceKeeper
  /** Where SQL of each person may write files; absent in single mode, where it may anywhere. */
  readonly exportFolders?: ExportFolders
  /** Jobs of plugins and of Tusk itself. */
  readonly timetable: Timetable
  /**
   * Runs one statement in a session of its own and gives its stored result as soon as the columns are known; wait for `done` to have
   * all rows. Throws what the statement failed with, and what `result.error` says is how it ended. Aborting cancels it at its source.
   */
  run(actor: Actor, request: RunRequest, options?: Cancellable): Promise<StoredResult>
}

export interface RunRequest {
  readonly connectionId: string
  /** One statement, run exactly as it is written. */
  readonly sql: string
  /** Bind parameters in order; null is NULL. */
  readonly parameters?: readonly (string | null)[]
  /** A person has seen what would be lost: without it DELETE without WHERE and the like are CONFIRMATION_NEEDED on production. */
  readonly confirmed?: boolean
}

/** The Tusk of one plugin: with what belongs to that plugin alone. */
export interface PluginTusk extends Tusk {
  /** The plugin's own SQLite database. PLUGIN_FAILED when the plugin declares no `migrations`. */
  readonly storage: PluginStorage
  readonly config: PluginConfig
  /** Tells people. `event` is one of the plugin's `notifications`; BAD_REQUEST otherwise. */
  notify(event: string, notification: Notification): void
}

/** A value as SQLite takes and gives it. */
export type StorageValue = string | number | bigint | null | Uint8Array

/** A small SQLite database, in this process: for the plugin's own state, not for data sets of millions of rows. Values are bound, never pasted. */
export interface PluginStorage {
  all(sql: string, ...values: StorageValue[]): Record<string, StorageValue>[]
  get(sql: string, ...values: StorageValue[]): Record<string, StorageValue> | undefined
  run(sql: string, ...values: StorageValue[]): { readonly changes: number; readonly lastInsertId: number }
  /** All of `work` or none of it. */
  transaction<T>(work: () => T): T
}

/** The plugin's settings, defaults filled in, secrets in clear. */
export interface PluginConfig {
  readonly values: FormValues
  /** Changes the given ones and leaves the rest; null takes one back to its default. CONFIG_INVALID names the field. */
  change(values: Readonly<Record<string, string | number | boolean | null>>): Promise<void>
  /** Called after each change, until disposed. */
  onChange(listener: (values: FormValues) => void): Disposable
}
