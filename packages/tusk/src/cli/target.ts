import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { localActor } from '../auth/actor.ts'
import { checkConfig } from '../engine/check-config.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'
import { dataFileView } from '../engines/duckdb/data-file.ts'
import { TuskError } from '../errors.ts'
import { type SavedConnections, withPaths } from '../query/saved-connections.ts'

/** What `-c` names: an engine with its settings, and a statement that must run first (the view over a data file). */
export interface Target {
  readonly name: string
  readonly engine: Engine
  readonly config: ConnectionConfig
  /** Of a saved connection that is marked with one. */
  readonly environment?: string
  readonly setup?: string
}

/**
 * - nothing: an empty DuckDB in memory, which can read files · a saved connection's name or id
 * - `postgres://…`, `sqlite:path`, `duckdb:path` · a database file · a data file (CSV, Parquet, JSON …), which becomes a view
 *
 * USAGE when it is none of these.
 */
export function resolveTarget(text: string | undefined, connections: SavedConnections): Target {
  const { engines } = connections
  const duckdb = engineOf(engines, 'duckdb')
  if (text === undefined) return { name: 'DuckDB', engine: duckdb, config: checkConfig(duckdb, { path: ':memory:' }) }
  const saved = connections.list(localActor).find(connection => connection.name === text || connection.id === text)
  if (saved !== undefined) {
    const { engine, config, name, environment } = connections.resolve(localActor, saved.id)
    return { name, engine, config, ...(environment === undefined ? {} : { environment }) }
  }
  for (const engine of engines) {
    const config = engine.parseUrl?.(text)
    if (config !== undefined) return { name: text, engine, config: withPaths(engine, checkConfig(engine, config)) }
  }
  if (existsSync(text)) return fileTarget(resolve(text), engines, duckdb)
  throw new TuskError('USAGE', `“${text}” is no saved connection, no URL and no file.`, {
    hint: 'Saved connections: tusk connections. URLs: postgres://user@host/database, sqlite:path, duckdb:path.',
  })
}

function fileTarget(path: string, engines: readonly Engine[], duckdb: Engine): Target {
  if (['.db', '.sqlite', '.sqlite3', '.db3'].includes(extname(path).toLowerCase())) {
    const sqlite = engineOf(engines, 'sqlite')
    return { name: path, engine: sqlite, config: checkConfig(sqlite, { path }) }
  }
  if (['.duckdb', '.ddb'].includes(extname(path).toLowerCase()))
    return { name: path, engine: duckdb, config: checkConfig(duckdb, { path }) }
  const view = dataFileView(path)
  if (view === undefined)
    throw new TuskError('USAGE', `${path} is of a kind that Tusk does not know.`, {
      hint: 'Known: .csv .tsv .parquet .json .ndjson .db .sqlite .duckdb',
    })
  return { name: path, engine: duckdb, config: checkConfig(duckdb, { path: ':memory:' }), setup: view.sql }
}

function engineOf(engines: readonly Engine[], id: string): Engine {
  const engine = engines.find(one => one.id === id)
  if (engine === undefined) throw new TuskError('DRIVER_MISSING', `This Tusk has no ${id}.`)
  return engine
}
