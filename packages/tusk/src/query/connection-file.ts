import { stringify } from 'smol-toml'
import type { ConnectionConfig } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { readToml } from '../home/read-toml.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'

/** One saved connection as it stands in connections.toml. `secrets` are encrypted; `clearSecrets` come from a file of the older Tusk. */
export interface StoredConnection {
  readonly id: string
  readonly name: string
  readonly engine: string
  readonly owner: string
  readonly color?: string
  readonly environment?: string
  readonly readOnly: boolean
  readonly sample: boolean
  /** Each person signs in to the database with their own user and password. */
  readonly eachSignsIn: boolean
  /** Statements run as the database role of the person. */
  readonly asOwnRole: boolean
  readonly version: number
  readonly config: ConnectionConfig
  readonly secrets: Readonly<Record<string, string>>
  readonly clearSecrets?: Readonly<Record<string, string>>
}

/** Reads the file, also one of the older Tusk. STATE_DAMAGED, and nothing is overwritten, when it is not understood. */
export function readConnectionFile(file: string): StoredConnection[] {
  const hint = 'Correct the file or move it away; Tusk does not overwrite it.'
  const table = readToml(file, 'STATE_DAMAGED', hint)
  try {
    const entries = table.connections ?? []
    if (!Array.isArray(entries)) throw new Error('“connections” is not a list of tables')
    return entries.map(fromToml)
  } catch (error) {
    throw new TuskError('STATE_DAMAGED', `${file} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      hint,
      cause: error,
    })
  }
}

export async function writeConnectionFile(file: string, connections: readonly StoredConnection[]): Promise<void> {
  await writeFileAtomic(file, `${stringify({ connections: connections.map(toToml) })}\n`)
}

function toToml(connection: StoredConnection): Record<string, unknown> {
  const { clearSecrets: _, readOnly, eachSignsIn, asOwnRole, ...rest } = connection
  return {
    ...rest,
    read_only: readOnly,
    ...(eachSignsIn ? { each_signs_in: true } : {}),
    ...(asOwnRole ? { as_own_role: true } : {}),
  }
}

function fromToml(entry: unknown): StoredConnection {
  if (!isTable(entry)) throw new Error('a connection is not a table')
  const { id, name } = entry
  if (typeof id !== 'string' || typeof name !== 'string') throw new Error('a connection has no id or name')
  if (typeof entry.engine !== 'string') return fromOlderTusk(id, name, entry)
  return {
    id,
    name,
    engine: entry.engine,
    owner: typeof entry.owner === 'string' ? entry.owner : 'local',
    ...(typeof entry.color === 'string' ? { color: entry.color } : {}),
    ...(typeof entry.environment === 'string' ? { environment: entry.environment } : {}),
    readOnly: entry.read_only === true,
    sample: entry.sample === true,
    eachSignsIn: entry.each_signs_in === true,
    asOwnRole: entry.as_own_role === true,
    version: typeof entry.version === 'number' ? entry.version : 1,
    config: withPresentKeys(entry.engine, plainValues(entry.config)),
    secrets: texts(entry.secrets),
  }
}

/** How older files name what DuckDB may use. A value under the present name goes first. */
const formerDuckdbKeys: Readonly<Record<string, string>> = {
  memoryLimitMB: 'memory_limit_mb',
  tempLimitMB: 'temp_limit_mb',
  externalAccess: 'external_access',
}

/** `config` with the present names of its keys. */
function withPresentKeys(engine: string, config: ConnectionConfig): ConnectionConfig {
  if (engine !== 'duckdb') return config
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => {
      const present = Object.hasOwn(formerDuckdbKeys, key) ? formerDuckdbKeys[key]! : key
      return present !== key && Object.hasOwn(config, present) ? [] : [[present, value]]
    }),
  )
}

/** The older Tusk wrote `type` and the values side by side, the password in clear. */
function fromOlderTusk(id: string, name: string, entry: Record<string, unknown>): StoredConnection {
  const { id: _id, name: _name, type, password, ...values } = entry
  if (typeof type !== 'string') throw new Error(`connection “${name}” has no engine`)
  return {
    id,
    name,
    engine: type,
    owner: 'local',
    readOnly: false,
    sample: false,
    eachSignsIn: false,
    asOwnRole: false,
    version: 1,
    config: withPresentKeys(type, plainValues(values)),
    secrets: {},
    ...(typeof password === 'string' && password !== '' ? { clearSecrets: { password } } : {}),
  }
}

function plainValues(table: unknown): ConnectionConfig {
  const values: Record<string, string | number | boolean> = {}
  if (isTable(table))
    for (const [key, value] of Object.entries(table))
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') values[key] = value
  return values
}

function texts(table: unknown): Record<string, string> {
  const values: Record<string, string> = {}
  if (isTable(table))
    for (const [key, value] of Object.entries(table)) if (typeof value === 'string') values[key] = value
  return values
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
