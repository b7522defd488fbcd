import type { Database, Connection as Handle } from '@duckdb/node-bindings'
import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { ConnectionConfig, FileAccess, OpenOptions } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'
import { type Bindings, loadBindings } from './bindings.ts'
import { duckdbError } from './duckdb-error.ts'
import { Mounts } from './mount.ts'
import { openFolders } from './open-folders.ts'
import { databaseKey, memoryPath } from './path.ts'
import { refusedFunction } from './refused-functions.ts'
import { runTextRows } from './text-rows.ts'

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
  /** Its sessions are to refuse what writes: they are read-only on a database that is open for writing. */
  readonly refusesWrites: boolean
  /** Its sessions are to refuse what nobody should do to a database that is not theirs alone. */
  readonly locked: boolean
  /** The only folders that SQL reaches, where it does not reach all or none. */
  readonly folders: FileAccess | undefined
  /**
   * One more user of this instance, for another session: for one of the connection `config`, when that may be another one than
   * the one it was opened for. DATABASE_BUSY where it cannot be as `config` says: what it may do was settled at the opening.
   */
  share(config?: ConnectionConfig): Instance
}

type Settings = Readonly<Record<string, string>>

interface OpenDatabase {
  readonly path: string
  readonly database: Promise<Database>
  readonly settings: Settings
  /** SQL cannot change what the process may do. */
  readonly locked: boolean
  readonly folders: FileAccess | undefined
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
  const refusesWrites = config.session_read_only === true
  const known = openFiles.get(key)
  if (known !== undefined) {
    if (known.settings.access_mode !== settings.access_mode) throw openOtherwise(known)
    await known.database
    return instanceOf(duckdb, key, known, refusesWrites)
  }
  const mounts = new Mounts(duckdb)
  const locked = config.locked === true
  const folders = locked ? openFolders(config) : undefined
  const opened = {
    path,
    database: openDatabase(duckdb, path, settings, { locked, folders }, mounts),
    settings,
    locked,
    folders,
    mounts,
    users: 0,
  }
  if (key !== memoryPath) openFiles.set(key, opened)
  try {
    await opened.database
  } catch (error) {
    openFiles.delete(key)
    throw error
  }
  return instanceOf(duckdb, key, opened, refusesWrites)
}

function instanceOf(duckdb: Bindings, key: string, opened: OpenDatabase, refusesWrites: boolean): Instance {
  opened.users++
  let released = false
  return {
    duckdb,
    mounts: opened.mounts,
    refusesWrites,
    locked: opened.locked,
    folders: opened.folders,
    connect: async () => duckdb.connect(await opened.database),
    share: config =>
      instanceOf(duckdb, key, opened, config === undefined ? refusesWrites : mustRefuseWrites(opened, config)),
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

/** Whether a session of `config` is more narrow than the database was opened. */
function mustRefuseWrites(opened: OpenDatabase, config: ConnectionConfig): boolean {
  const wanted = instanceSettings(config, {})
  if (
    wanted.enable_external_access !== opened.settings.enable_external_access ||
    (config.locked === true) !== opened.locked
  )
    throw openOtherwise(opened)
  if (wanted.access_mode === opened.settings.access_mode) return config.session_read_only === true
  if (wanted.access_mode !== readOnlyMode) throw openOtherwise(opened)
  return true
}

const readOnlyMode = 'read_only'

async function openDatabase(
  duckdb: Bindings,
  path: string,
  settings: Settings,
  { locked, folders }: Pick<OpenDatabase, 'locked' | 'folders'>,
  mounts: Mounts,
): Promise<Database> {
  const config = duckdb.create_config()
  try {
    // Folders can be named only before the access is shut.
    for (const [name, value] of Object.entries(settings))
      if (name !== 'enable_external_access' || folders === undefined) duckdb.set_config(config, name, value)
  } catch (error) {
    throw new TuskError('CONNECTION_CONFIG', undefined, { cause: error, detail: messageOf(error) })
  }
  try {
    const database = await duckdb.open(path === '' ? memoryPath : path, config)
    const first = await duckdb.connect(database)
    if (locked) {
      await refuseHiddenCalls(duckdb, first)
      if (folders !== undefined) await shutAllBut(duckdb, first, folders)
      for (const statement of lock) await duckdb.query(first, statement)
    }
    mounts.register(first)
    return database
  } catch (error) {
    throw openingError(error, path)
  }
}

/** DuckDB follows links and `..` before it compares. Names without a folder are those of the export folder: this process is one person's. */
async function shutAllBut(duckdb: Bindings, handle: Handle, { readable, exports }: FileAccess): Promise<void> {
  const folders = exports === undefined ? readable : [...readable, exports]
  const list = folders.map(folder => duckdbDialect.quoteLiteral(folder)).join(', ')
  await duckdb.query(handle, `SET GLOBAL allowed_directories = [${list}]`)
  await duckdb.query(handle, 'SET GLOBAL enable_external_access = false')
  if (exports !== undefined) process.chdir(exports)
}

/** NOT_PERMITTED for a file, made elsewhere, whose views or macros call what nobody may write here. */
async function refuseHiddenCalls(duckdb: Bindings, handle: Handle): Promise<void> {
  const made = await runTextRows(
    duckdb,
    handle,
    `SELECT view_name, sql FROM duckdb_views() WHERE NOT internal
     UNION ALL SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal AND macro_definition IS NOT NULL`,
  )
  for (const [name, sql] of made) {
    const called = refusedFunction(sql ?? '')
    if (called === undefined) continue
    throw new TuskError(
      'NOT_PERMITTED',
      `The view or macro “${name}” of this database calls ${called}, which is refused here.`,
      {
        hint: 'Remove it from the file with another program, then open the file again.',
      },
    )
  }
}

/** SQL changes no settings but these: others would write files (`profiling_output`) or take more memory than is given. */
const changeable = [
  'streaming_buffer_size',
  'enable_progress_bar',
  'enable_progress_bar_print',
  'TimeZone',
  'schema',
  'search_path',
]
const lock = [
  `SET GLOBAL allowed_configs = [${changeable.map(name => `'${name}'`).join(', ')}]`,
  'SET GLOBAL lock_configuration = true',
]

/** Nothing is downloaded and nothing foreign is loaded; what the person may widen is in the fields. */
function instanceSettings(config: ConnectionConfig, options: OpenOptions): Settings {
  const memoryLimitMB = positive(config.memory_limit_mb) ?? options.memoryLimitMB
  const threads = positive(config.threads) ?? options.threads
  const tempLimitMB = positive(config.temp_limit_mb)
  return {
    access_mode: config.read_only === true ? readOnlyMode : 'automatic',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    errors_as_json: 'true',
    custom_user_agent: options.applicationName ?? 'tusk',
    ...(options.tempDirectory === undefined ? {} : { temp_directory: options.tempDirectory }),
    ...(memoryLimitMB === undefined ? {} : { memory_limit: `${memoryLimitMB}MB` }),
    ...(tempLimitMB === undefined ? {} : { max_temp_directory_size: `${tempLimitMB}MB` }),
    ...(threads === undefined ? {} : { threads: String(threads) }),
    // Last: once it is off, DuckDB takes no other temp_directory.
    enable_external_access: config.external_access === false ? 'false' : 'true',
  }
}

function positive(value: string | number | boolean | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? Math.floor(value) : undefined
}

function openingError(error: unknown, path: string): TuskError {
  const report = duckdbError(error)
  if (report.code === 'NOT_PERMITTED') return report
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

function openOtherwise({ path, settings }: OpenDatabase): TuskError {
  const mode = settings.access_mode === readOnlyMode ? 'read-only' : 'for writing'
  const access = settings.enable_external_access === 'true' ? 'with' : 'without'
  return new TuskError('DATABASE_BUSY', 'The database file is open in Tusk already, with other settings.', {
    detail: `${path} is open ${mode}, ${access} access to other files.`,
    hint: 'Close the tabs that use it, or use the same connection.',
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
