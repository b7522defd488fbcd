import type { WireConnectionField, WireEngine } from '../../../wire.ts'

export interface ParsedAddress {
  readonly engine: string
  readonly config: Readonly<Record<string, string | number | boolean>>
}

const schemes: Readonly<Record<string, string>> = { postgres: 'postgres', postgresql: 'postgres' }
const fileEndings: readonly (readonly [RegExp, string])[] = [
  [/\.(duckdb|ddb)$/i, 'duckdb'],
  [/\.(db|sqlite|sqlite3)$/i, 'sqlite'],
]

/**
 * An address as people paste it (`postgres://user:secret@host:5432/shop?sslmode=require`, `duckdb:path`, `sqlite:path`, a file's
 * path) as values of the engine's fields. Undefined when it is none; what the engine has no field for is left out.
 */
export function parseAddress(text: string, engines: readonly WireEngine[]): ParsedAddress | undefined {
  const address = text.trim().replace(/^(['"])(.*)\1$/, '$2')
  const scheme = /^([a-z0-9+-]+):/i.exec(address)?.[1]?.toLowerCase()
  if (scheme === 'duckdb' || scheme === 'sqlite') {
    const path = address
      .slice(scheme.length + 1)
      .replace(/^\/\/(?=[^/]|$)/, '')
      .replace(/^\/\/\//, '/')
    return known(scheme, { path: path === '' ? ':memory:' : path }, engines)
  }
  if (scheme !== undefined && schemes[scheme] !== undefined) return parseServer(address, schemes[scheme], engines)
  if (/[\s]/.test(address) && !/^([a-z]:)?[\\/~.]/i.test(address)) return undefined
  const byFile = fileEndings.find(([ending]) => ending.test(address))
  return byFile && known(byFile[1], { path: address }, engines)
}

function parseServer(address: string, engine: string, engines: readonly WireEngine[]): ParsedAddress | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const values: Record<string, string> = {
    host: url.searchParams.get('host') ?? decode(url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: url.port,
    database: decode(url.pathname.slice(1)),
    user: decode(url.username),
    password: decode(url.password),
  }
  for (const [key, value] of url.searchParams) values[key] ??= value
  return known(engine, values, engines)
}

function known(
  id: string,
  values: Readonly<Record<string, string>>,
  engines: readonly WireEngine[],
): ParsedAddress | undefined {
  const engine = engines.find(candidate => candidate.id === id)
  if (engine === undefined) return undefined
  const config: Record<string, string | number | boolean> = {}
  for (const field of engine.fields) {
    const value = values[field.key]
    if (value === undefined || value === '') continue
    const read = readValue(field, value)
    if (read !== undefined) config[field.key] = read
  }
  return { engine: id, config }
}

function readValue(field: WireConnectionField, text: string): string | number | boolean | undefined {
  if (field.kind === 'number') return Number.isFinite(Number(text)) ? Number(text) : undefined
  if (field.kind === 'boolean') return /^(1|true|on|yes)$/i.test(text)
  if (field.kind === 'choice') return field.choices?.includes(text) === true ? text : undefined
  return text
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A stray percent sign: as it was pasted.
  }
}
