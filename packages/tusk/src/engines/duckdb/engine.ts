import { duckdbDialect } from '../../dialect/duckdb.ts'
import type { ConnectionConfig, Engine } from '../../engine/engine.ts'
import { cancelled } from './cancelled.ts'
import { DuckdbConnection } from './connection.ts'
import { openInstance } from './instance.ts'
import { withFolders } from './open-folders.ts'
import { databaseKey, memoryPath } from './path.ts'

/** DuckDB: a file or a database in memory, in a host that owns it. */
export const duckdbEngine: Engine = {
  id: 'duckdb',
  label: 'DuckDB',
  dialect: duckdbDialect,
  hosting: {
    share: 'database',
    // A database in memory belongs to one saved connection, and among several people to one of them; its tabs share it. Which folders
    // a process may reach is settled when it starts.
    hostKey: (config, connectionId) => {
      const key = databaseKey(String(config.path ?? ''))
      if (key !== memoryPath) return key
      const { person = '', readable_folders: readable = '', export_folder: exports = '' } = config
      return `${memoryPath}${connectionId ?? ''}${person}${readable}${exports}`
    },
  },
  fields: [
    {
      key: 'path',
      label: 'Database file',
      kind: 'file',
      default: memoryPath,
      identity: true,
      placeholder: 'warehouse.duckdb',
      help: 'A DuckDB file, made when it is not there yet. “:memory:” is a database that is gone when its last tab closes.',
    },
    {
      key: 'read_only',
      label: 'Read-only',
      kind: 'boolean',
      default: false,
      help: 'Several programs may read a file at a time.',
    },
    {
      key: 'memory_limit_mb',
      label: 'Memory limit (MB)',
      kind: 'number',
      advanced: true,
      help: 'DuckDB spills to disk beyond it.',
    },
    { key: 'threads', label: 'Threads', kind: 'number', advanced: true },
    {
      key: 'temp_limit_mb',
      label: 'Spill limit (MB)',
      kind: 'number',
      advanced: true,
      help: 'Disk space for sorts and joins larger than memory.',
    },
    {
      key: 'external_access',
      label: 'Access to other files',
      kind: 'boolean',
      default: true,
      advanced: true,
      help: 'Lets SQL read and write files of this machine: read_csv, COPY, ATTACH.',
    },
  ],
  confine(config, { person, readOnly, externalAccess, files, memoryMB }) {
    const inMemory = databaseKey(String(config.path ?? '')) === memoryPath
    const memory = Math.min(
      Number(config.memory_limit_mb ?? Number.POSITIVE_INFINITY),
      memoryMB ?? Number.POSITIVE_INFINITY,
    )
    const mayReach = inMemory && config.external_access !== false
    return {
      ...config,
      ...(inMemory ? { person } : {}),
      ...(mayReach && !externalAccess && files !== undefined ? withFolders(files) : {}),
      ...(Number.isFinite(memory) ? { memory_limit_mb: memory } : {}),
      // One process owns a file for all who use it, so it does for each what all of them may.
      external_access: mayReach && externalAccess,
      session_read_only: readOnly,
      locked: true,
    }
  },
  async open(config, options = {}) {
    const instance = await openInstance(config, options)
    const connection = await DuckdbConnection.open(instance)
    if (options.signal?.aborted) {
      await connection[Symbol.asyncDispose]()
      throw cancelled(options.signal)
    }
    return connection
  },
  parseUrl(url): ConnectionConfig | undefined {
    if (!/^duckdb:/i.test(url)) return undefined
    const path = url
      .slice('duckdb:'.length)
      .replace(/^\/\/(?=[^/]|$)/, '')
      .replace(/^\/\/\//, '/')
    return { path: path === '' ? memoryPath : path }
  },
}
