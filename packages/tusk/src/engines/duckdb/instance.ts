import type { Database, Connection as Handle } from '@duckdb/node-bindings'
import type { ConnectionConfig, OpenOptions } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'
import { type Bindings, loadBindings } from './bindings.ts'
import { duckdbError } from './duckdb-error.ts'
import { Mounts } from './mount.ts'
import { databaseKey, memoryPath } from './path.ts'

/**
 * One open DuckDB database. A file must have one instance in a process: a second one would not see the first one's changes
 * and, closing, would drop the process's lock on the file. So all who open a file here share one; the last to dispose closes it.
 * DuckDB keeps the file locked while a result that was not read to its end waits for the garbage collector: only the end of the
 * process frees it for certain.
 */
export interface Instance extends AsyncDisposable {
  readonly duckdb: Bindings
  readonly mounts: Mounts
  connect(): Promise<Handle>
  /** One more user of this instance, for another session. */
  share(): Instance
}

type Settings = Readonly<Record<string, string>>

interface OpenDatabase {
  readonly database: Promise<Database>
  readonly settings: Settings
  readonly mounts: Mounts
  users: number
}

const openFiles = new Map<string, OpenDatabase>()

/** Opens the database of `config`, or takes part in it when it is open already. CONNECTION_FAILED, DATABASE_BUSY. */
export async function openInstance(config: ConnectionConfig, options: OpenOptions): Promise<Instance> {
  const duckdb = await loadBindings()
  const settings = instanceSettings(config, options)
  const path = String(config.path ?? '')
  const key = databaseKey(path)
  const known = openFiles.get(key)
  if (known !== undefined) {
    if (known.settings.access_mode !== settings.access_mode) throw openOtherwise(path, known.settings)
    await known.database
    return instanceOf(duckdb, key, known)
  }
  const mounts = new Mounts(duckdb)
  const opened = { database: openDatabase(duckdb, path, settings, mounts), settings, mounts, users: 0 }
  if (key !== memoryPath) openFiles.set(key, opened)
  try {
    await opened.database
  } catch (error) {
    openFiles.delete(key)
    throw error
  }
  return instanceOf(duckdb, key, opened)
}

function instanceOf(duckdb: Bindings, key: string, opened: OpenDatabase): Instance {
  opened.users++
  let released = false
  return {
    duckdb,
    mounts: opened.mounts,
    connect: async () => duckdb.connect(await opened.database),
    share: () => instanceOf(duckdb, key, opened),
    async [Symbol.asyncDispose]() {
      if (released) return
      released = true
      const database = await opened.database
      if (--opened.users !== 0) return
      if (openFiles.get(key) === opened) openFiles.delete(key)
      opened.mounts[Symbol.dispose]()
      duckdb.close_sync(database)
    },
  }
}

async function openDatabase(duckdb: Bindings, path: string, settings: Settings, mounts: Mounts): Promise<Database> {
  const config = duckdb.create_config()
  try {
    for (const [name, value] of Object.entries(settings)) duckdb.set_config(config, name, value)
  } catch (error) {
    throw new TuskError('CONNECTION_CONFIG', undefined, { cause: error, detail: messageOf(error) })
  }
  try {
    const database = await duckdb.open(path === '' ? memoryPath : path, config)
    mounts.register(await duckdb.connect(database))
    return database
  } catch (error) {
    throw openingError(error, path)
  }
}

/** Nothing is downloaded and nothing foreign is loaded; what the person may widen is in the fields. */
function instanceSettings(config: ConnectionConfig, options: OpenOptions): Settings {
  const memoryLimitMB = positive(config.memoryLimitMB) ?? options.memoryLimitMB
  const threads = positive(config.threads) ?? options.threads
  const tempLimitMB = positive(config.tempLimitMB)
  return {
    access_mode: config.read_only === true ? 'read_only' : 'automatic',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    enable_external_access: config.externalAccess === false ? 'false' : 'true',
    errors_as_json: 'true',
    custom_user_agent: options.applicationName ?? 'tusk',
    ...(options.tempDirectory === undefined ? {} : { temp_directory: options.tempDirectory }),
    ...(memoryLimitMB === undefined ? {} : { memory_limit: `${memoryLimitMB}MB` }),
    ...(tempLimitMB === undefined ? {} : { max_temp_directory_size: `${tempLimitMB}MB` }),
    ...(threads === undefined ? {} : { threads: String(threads) }),
  }
}

function positive(value: string | number | boolean | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : undefined
}

function openingError(error: unknown, path: string): TuskError {
  const report = duckdbError(error)
  if (report.code === 'DATABASE_BUSY') {
    const holder = /Conflicting lock is held in (.*?) \(PID (\d+)\)/.exec(report.message)
    return new TuskError('DATABASE_BUSY', 'Another program has the database file open.', {
      cause: error,
      detail: holder === null ? report.message : `${path} is held by ${holder[1]} (process ${holder[2]}).`,
      hint: 'DuckDB lets one process write a file at a time: close it there, or open it read-only in both.',
    })
  }
  return new TuskError('CONNECTION_FAILED', 'The DuckDB database could not be opened.', {
    cause: error,
    detail: report.message,
    ...(report.sourceCode === undefined ? {} : { sourceCode: report.sourceCode }),
  })
}

function openOtherwise(path: string, settings: Settings): TuskError {
  return new TuskError('DATABASE_BUSY', 'The database file is open in Tusk already, with other settings.', {
    detail: `${path} is open ${settings.access_mode === 'read_only' ? 'read-only' : 'for writing'}.`,
    hint: 'Close the tabs that use it, or use the same connection.',
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
