import { parse, stringify, TomlError } from 'smol-toml'
import { TuskError } from '../../errors.ts'
import { type ConnectionLevel, connectionLevels } from '../connection-rights.ts'
import { type Limits, limitNames } from '../limits.ts'

/** People, groups and rights as a file says them. What an entry leaves out stays as it is; of something new it is empty. Never a password. */
export interface DirectoryDocument {
  /** By name. */
  readonly groups: Readonly<Record<string, GroupEntry>>
  readonly people: Readonly<Record<string, PersonEntry>>
}

export interface GroupEntry {
  readonly description?: string
  readonly permissions?: readonly string[]
  readonly claim?: string
  /** Folders to read. */
  readonly read?: readonly string[]
  /** Folders to read and write. */
  readonly write?: readonly string[]
  /** All of them: one that is absent is no limit. */
  readonly limits?: Limits
  /** All of the group's rights on connections. */
  readonly connections?: readonly ConnectionEntry[]
}

export interface ConnectionEntry {
  /** Either may be absent, not both; a name must be that of one connection only. */
  readonly id?: string
  readonly name?: string
  readonly level: ConnectionLevel
  readonly readOnly?: boolean
}

export interface PersonEntry {
  readonly displayName?: string
  readonly email?: string
  readonly administrator?: boolean
  readonly active?: boolean
  /** Names: all of them. */
  readonly groups?: readonly string[]
  /** Of an identity provider; both or none. */
  readonly issuer?: string
  readonly subject?: string
}

const HEAD = `# People, groups and rights of a Tusk. Read it in with: tusk users import FILE --dry-run
# What an entry leaves out stays as it is. Passwords are in no such file.
`

export function writeDirectory(document: DirectoryDocument): string {
  return `${HEAD}\n${stringify(document)}`
}

/** BAD_REQUEST with the line, or the key and what is wrong with it. */
export function readDirectory(text: string): DirectoryDocument {
  const root = table(parsed(text), 'the file', ['groups', 'people'])
  return {
    groups: entries(root.groups, 'groups', groupEntry),
    people: entries(root.people, 'people', personEntry),
  }
}

function parsed(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new TuskError('BAD_REQUEST', 'This is not TOML.', {
      detail: `Line ${error.line}, column ${error.column}: ${error.message.split('\n')[0]}`,
      cause: error,
    })
  }
}

function groupEntry(value: unknown, key: string): GroupEntry {
  const given = table(value, key, ['description', 'permissions', 'claim', 'read', 'write', 'limits', 'connections'])
  return present({
    description: text(given.description, `${key}.description`),
    permissions: texts(given.permissions, `${key}.permissions`),
    claim: text(given.claim, `${key}.claim`),
    read: texts(given.read, `${key}.read`),
    write: texts(given.write, `${key}.write`),
    limits: given.limits === undefined ? undefined : limits(given.limits, `${key}.limits`),
    connections:
      given.connections === undefined
        ? undefined
        : list(given.connections, `${key}.connections`).map((one, at) => connection(one, `${key}.connections[${at}]`)),
  })
}

function personEntry(value: unknown, key: string): PersonEntry {
  const given = table(value, key, ['displayName', 'email', 'administrator', 'active', 'groups', 'issuer', 'subject'])
  const issuer = text(given.issuer, `${key}.issuer`)
  const subject = text(given.subject, `${key}.subject`)
  if ((issuer === undefined) !== (subject === undefined)) throw wrong(key, 'needs both issuer and subject, or neither')
  return present({
    displayName: text(given.displayName, `${key}.displayName`),
    email: text(given.email, `${key}.email`),
    administrator: flag(given.administrator, `${key}.administrator`),
    active: flag(given.active, `${key}.active`),
    groups: texts(given.groups, `${key}.groups`),
    issuer,
    subject,
  })
}

function connection(value: unknown, key: string): ConnectionEntry {
  const given = table(value, key, ['id', 'name', 'level', 'readOnly'])
  const level = connectionLevels.find(one => one === given.level)
  if (level === undefined) throw wrong(`${key}.level`, `must be one of ${connectionLevels.join(', ')}`)
  const id = text(given.id, `${key}.id`)
  const name = text(given.name, `${key}.name`)
  if (id === undefined && name === undefined) throw wrong(key, 'needs the name or the id of a connection')
  return present({ id, name, level, readOnly: flag(given.readOnly, `${key}.readOnly`) })
}

function limits(value: unknown, key: string): Limits {
  const given = table(value, key, limitNames)
  for (const [name, amount] of Object.entries(given))
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 1)
      throw wrong(`${key}.${name}`, 'must be a whole number above 0')
  return given as Limits
}

function entries<Entry>(
  value: unknown,
  key: string,
  read: (value: unknown, key: string) => Entry,
): Readonly<Record<string, Entry>> {
  if (value === undefined) return {}
  return Object.fromEntries(
    Object.entries(table(value, key)).map(([name, entry]) => [name, read(entry, `${key}.${name}`)]),
  )
}

function table(value: unknown, key: string, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(key, 'must be a table')
  const [stranger] = known === undefined ? [] : Object.keys(value).filter(name => !known.includes(name))
  if (stranger !== undefined) throw wrong(`${key}.${stranger}`, `is not known; there are ${known?.join(', ')}`)
  return value as Readonly<Record<string, unknown>>
}

function list(value: unknown, key: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(key, 'must be a list')
  return value
}

function texts(value: unknown, key: string): readonly string[] | undefined {
  if (value === undefined) return undefined
  return list(value, key).map((one, at) => {
    if (typeof one !== 'string') throw wrong(`${key}[${at}]`, 'must be text')
    return one
  })
}

function text(value: unknown, key: string): string | undefined {
  if (value !== undefined && typeof value !== 'string') throw wrong(key, 'must be text')
  return value
}

function flag(value: unknown, key: string): boolean | undefined {
  if (value !== undefined && typeof value !== 'boolean') throw wrong(key, 'must be true or false')
  return value
}

function wrong(key: string, what: string): TuskError {
  return new TuskError('BAD_REQUEST', `${key} ${what}.`)
}

/** Without members that are undefined. */
function present<T extends object>(value: { readonly [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T
}
