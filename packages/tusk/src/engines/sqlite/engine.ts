import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { sqliteDialect } from '../../dialect/sqlite.ts'
import type { ConnectionConfig, Engine, OpenOptions } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'
import { AttachGuard } from './attach-guard.ts'
import { SqliteConnection } from './connection.ts'
import { throwIfAborted } from './result-stream.ts'
import { sqliteError } from './sqlite-error.ts'

const inMemory = ':memory:'

export const sqliteEngine: Engine = {
  id: 'sqlite',
  label: 'SQLite',
  dialect: sqliteDialect,
  hosting: { share: 'session' },
  fields: [
    {
      key: 'path',
      label: 'Database file',
      kind: 'file',
      required: true,
      placeholder: '/data/shop.db',
      help: 'Or :memory: for an empty database that lasts as long as the tab.',
      identity: true,
    },
    { key: 'read_only', label: 'Read-only', kind: 'boolean', default: false },
    { key: 'create', label: 'Create the file when it does not exist', kind: 'boolean', default: false },
    {
      key: 'busy_timeout',
      label: 'Busy timeout (ms)',
      kind: 'number',
      default: 5000,
      help: 'How long a statement waits while another program is writing to the file.',
      advanced: true,
    },
    {
      key: 'allow_attach',
      label: 'Allow ATTACH and VACUUM INTO',
      kind: 'boolean',
      default: false,
      help: 'Statements may then open and make other files of yours.',
      advanced: true,
    },
  ],

  confine: (config, { readOnly, externalAccess }) => ({
    ...config,
    read_only: readOnly || config.read_only === true,
    allow_attach: externalAccess && config.allow_attach === true,
  }),

  async open(config: ConnectionConfig, options: OpenOptions = {}): Promise<SqliteConnection> {
    throwIfAborted(options.signal)
    const path = String(config.path ?? '')
    const readOnly = config.read_only === true
    const file =
      path === inMemory ? undefined : await findFile(path, readOnly ? 'ro' : config.create === true ? 'rwc' : 'rw')
    if (options.tempDirectory !== undefined) process.env.SQLITE_TMPDIR = options.tempDirectory
    const { DatabaseSync: Database } = await import('node:sqlite')
    let database: DatabaseSync | undefined
    try {
      database = new Database(file ?? inMemory, {
        readOnly,
        timeout: Math.max(0, Math.min(2 ** 31 - 1, Number(config.busy_timeout ?? 5000))),
      })
      const version = readVersion(database)
      if (options.memoryLimitMB !== undefined)
        database.exec(`PRAGMA soft_heap_limit = ${Math.floor(options.memoryLimitMB * 2 ** 20)}`)
      const guard = new AttachGuard(database, {
        allowed: config.allow_attach === true,
        readOnly,
      })
      throwIfAborted(options.signal)
      return new SqliteConnection(database, version, guard)
    } catch (error) {
      database?.close()
      throw sqliteError(error, { detail: path }, 'CONNECTION_FAILED')
    }
  },

  /** `sqlite:path` (also `sqlite://…`), or a path that ends as SQLite files do. */
  parseUrl(url) {
    const path = /^sqlite:(?:\/\/)?(.+)$/is.exec(url)?.[1]
    if (path !== undefined) return { path }
    return /\.(?:db|db3|sqlite|sqlite3)$/i.test(url) && !/^[a-z][a-z0-9+.-]+:/i.test(url) ? { path: url } : undefined
  },
}

/** The file as a URL that SQLite opens but never creates by accident. */
async function findFile(path: string, mode: 'ro' | 'rw' | 'rwc'): Promise<URL> {
  if (path === '') throw new TuskError('CONNECTION_CONFIG', 'The path of the database file is missing.')
  const absolute = resolve(path)
  const found = await stat(absolute).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    if (found.code !== 'ENOENT' && found.code !== 'ENOTDIR')
      throw new TuskError('CONNECTION_FAILED', `The file “${absolute}” cannot be reached.`, {
        cause: found,
        sourceCode: found.code ?? '',
      })
    if (mode !== 'rwc')
      throw new TuskError('CONNECTION_FAILED', `There is no file “${absolute}”.`, {
        hint: 'Check the path, or let the connection create the file.',
        sourceCode: 'ENOENT',
      })
  } else if (!found.isFile()) throw new TuskError('CONNECTION_FAILED', `“${absolute}” is not a file.`)
  const url = pathToFileURL(absolute)
  url.search = `?mode=${mode}`
  return url
}

/** Also the first look into the file, which fails when it is not a database or somebody holds it. */
function readVersion(database: DatabaseSync): string {
  database.prepare('PRAGMA schema_version').get()
  const { version } = database.prepare('SELECT sqlite_version() AS version').get() ?? {}
  return `SQLite ${version}`
}
