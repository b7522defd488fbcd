import type { ConnectionConfig, ConnectionField } from '../../engine/engine.ts'
import { TuskError } from '../../errors.ts'

export const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type TlsMode = (typeof tlsModes)[number]

export const fields: readonly ConnectionField[] = [
  {
    key: 'host',
    label: 'Host',
    kind: 'text',
    default: 'localhost',
    identity: true,
    help: 'Name, address, or a folder with the server’s socket.',
  },
  { key: 'port', label: 'Port', kind: 'number', default: 5432, identity: true },
  {
    key: 'database',
    label: 'Database',
    kind: 'text',
    placeholder: 'the user’s name',
    help: 'Empty: the database named like the user.',
  },
  { key: 'user', label: 'User', kind: 'text', default: 'postgres', identity: true },
  { key: 'password', label: 'Password', kind: 'secret' },
  {
    key: 'sslmode',
    label: 'TLS',
    kind: 'choice',
    choices: tlsModes,
    default: 'prefer',
    identity: true,
    help: 'verify-full is the only mode that knows who answers: it checks the certificate and the host name.',
  },
  {
    key: 'sslrootcert',
    label: 'Root certificate',
    kind: 'file',
    advanced: true,
    identity: true,
    help: 'PEM file of the authority that signed the server’s certificate. Empty: the well-known ones.',
  },
  { key: 'sslcert', label: 'Client certificate', kind: 'file', advanced: true, identity: true },
  { key: 'sslkey', label: 'Key of the client certificate', kind: 'file', advanced: true, identity: true },
  { key: 'search_path', label: 'Search path', kind: 'text', advanced: true, placeholder: '"$user", public' },
  { key: 'application_name', label: 'Application name', kind: 'text', advanced: true, placeholder: 'tusk' },
  {
    key: 'read_only',
    label: 'Read only',
    kind: 'boolean',
    default: false,
    advanced: true,
    help: 'Prevents accidents, not attacks: SQL can switch it off.',
  },
  { key: 'connect_timeout', label: 'Connect timeout (s)', kind: 'number', default: 10, advanced: true },
  {
    key: 'statement_timeout',
    label: 'Statement timeout (s)',
    kind: 'number',
    default: 0,
    advanced: true,
    help: '0: none.',
  },
  {
    key: 'idle_in_transaction_timeout',
    label: 'Idle in transaction timeout (s)',
    kind: 'number',
    default: 3600,
    advanced: true,
    help: 'The server ends a session that leaves a transaction open for so long. 0: never.',
  },
]

export interface PostgresSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  readonly tlsMode: TlsMode
  readonly rootCertificateFile: string | undefined
  readonly clientCertificateFile: string | undefined
  readonly clientKeyFile: string | undefined
  readonly searchPath: string | undefined
  readonly applicationName: string
  readonly readOnly: boolean
  readonly connectTimeoutSeconds: number
  readonly statementTimeoutSeconds: number
  readonly idleInTransactionTimeoutSeconds: number
  /** Statements run as this role of the database. */
  readonly role: string | undefined
}

/** Values were checked against `fields` before; this gives them names and their defaults. CONNECTION_CONFIG for a role that cannot be. */
export function settingsOf(config: ConnectionConfig, applicationName?: string): PostgresSettings {
  const value = (key: string) => config[key] ?? fields.find(field => field.key === key)?.default
  const text = (key: string) => {
    const given = value(key)
    return given === undefined || given === '' ? undefined : String(given)
  }
  const user = text('user') ?? 'postgres'
  return {
    host: text('host') ?? 'localhost',
    port: Number(value('port')),
    database: text('database') ?? user,
    user,
    password: text('password'),
    tlsMode: tlsModes.find(mode => mode === value('sslmode')) ?? 'verify-full',
    rootCertificateFile: text('sslrootcert'),
    clientCertificateFile: text('sslcert'),
    clientKeyFile: text('sslkey'),
    searchPath: text('search_path'),
    applicationName: text('application_name') ?? applicationName ?? 'tusk',
    readOnly: value('read_only') === true,
    connectTimeoutSeconds: Number(value('connect_timeout')),
    statementTimeoutSeconds: Number(value('statement_timeout')),
    idleInTransactionTimeoutSeconds: Number(value('idle_in_transaction_timeout')),
    role: checkedRole(text('role')),
  }
}

/** For PostgreSQL the role `none` is the user who signed in, and a name that is too long the role of its first 63 bytes. */
function checkedRole(role: string | undefined): string | undefined {
  if (role === undefined) return undefined
  if (role !== 'none' && !role.includes('\0') && role.isWellFormed() && Buffer.byteLength(role) <= 63) return role
  throw new TuskError('CONNECTION_CONFIG', `There can be no database role “${role}”.`, {
    hint: 'Have the owner of the connection name another role for you.',
  })
}

/** The server settings that each session starts with; they are also what RESET goes back to. */
export function sessionDefaults(settings: PostgresSettings): ReadonlyMap<string, string> {
  const defaults = new Map([
    // What has no binary form here (ranges, records) comes as text, which should read the same everywhere.
    ['DateStyle', 'ISO'],
    ['IntervalStyle', 'postgres'],
    ['statement_timeout', `${Math.round(settings.statementTimeoutSeconds * 1000)}`],
    ['idle_in_transaction_session_timeout', `${Math.round(settings.idleInTransactionTimeoutSeconds * 1000)}`],
  ])
  if (settings.searchPath !== undefined) defaults.set('search_path', settings.searchPath)
  if (settings.role !== undefined) defaults.set('role', settings.role)
  if (settings.readOnly) defaults.set('default_transaction_read_only', 'on')
  return defaults
}

const urlOptions = new Map<string, string>([
  ...fields.map(field => [field.key, field.key] as const),
  ['dbname', 'database'],
])

/** `postgres://user:password@host:port/database?sslmode=…`, each part percent-encoded where need be. */
export function parsePostgresUrl(url: string): ConnectionConfig | undefined {
  const match =
    /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(url)
  if (match === null) return undefined
  const [, credentials, host, port, database, query] = match
  const config: Record<string, string | number | boolean> = {}
  const set = (key: string, text: string | undefined) => {
    if (text === undefined || text === '') return
    const kind = fields.find(field => field.key === key)?.kind
    config[key] =
      kind === 'number' && /^\d+(\.\d+)?$/.test(text)
        ? Number(text)
        : kind === 'boolean'
          ? /^(1|true|on|yes)$/i.test(text)
          : text
  }
  try {
    const separator = credentials?.indexOf(':') ?? -1
    set('user', decodeURIComponent((separator < 0 ? credentials : credentials?.slice(0, separator)) ?? ''))
    if (separator >= 0) set('password', decodeURIComponent(credentials!.slice(separator + 1)))
    set('host', decodeURIComponent(host ?? '').replace(/^\[(.*)\]$/, '$1'))
    set('port', port)
    set('database', decodeURIComponent(database ?? ''))
    for (const [name, text] of new URLSearchParams((query ?? '').replaceAll('+', '%2B'))) {
      const key = urlOptions.get(name)
      if (key !== undefined) set(key, text)
    }
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
  return config
}
