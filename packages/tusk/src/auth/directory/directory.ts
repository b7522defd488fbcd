import { createHash } from 'node:crypto'
import { TuskError } from '../../errors.ts'
import type { StateDatabase } from '../../home/database.ts'
import { type Actor, isAdministrator } from '../actor.ts'
import type { Audit } from '../audit.ts'
import type { ConnectionRight, ConnectionRights } from '../connection-rights.ts'
import type { Group, GroupInput, Groups } from '../groups.ts'
import type { People, Person } from '../people.ts'
import type { ConnectionNames } from './connection-names.ts'
import type { ConnectionEntry, DirectoryDocument, GroupEntry, PersonEntry } from './directory-document.ts'

/** What an import would do, one line a thing. */
export interface DirectoryChange {
  readonly kind: 'add' | 'change' | 'remove' | 'disable'
  readonly what: 'group' | 'person'
  readonly name: string
  /** What becomes different: `permissions: + data.view, − data.export`. */
  readonly facts: readonly string[]
}

export interface DirectoryPlan {
  readonly changes: readonly DirectoryChange[]
  /** Names of people who are new and come in by no provider: each needs a first password. */
  readonly needPassword: readonly string[]
  /** The same as long as an import would do the same. */
  readonly fingerprint: string
}

export interface ImportOptions {
  /** Remove groups that the document does not name, and disable people that it does not name. */
  readonly prune?: boolean
}

/** People, groups and rights as one document: out, and in after a look at what it would do, both on record. Only for administrators: NOT_PERMITTED. */
export class Directory {
  readonly #database: StateDatabase
  readonly #people: People
  readonly #groups: Groups
  readonly #rights: ConnectionRights
  readonly #audit: Audit

  constructor(parts: {
    readonly database: StateDatabase
    readonly people: People
    readonly groups: Groups
    readonly rights: ConnectionRights
    readonly audit: Audit
  }) {
    this.#database = parts.database
    this.#people = parts.people
    this.#groups = parts.groups
    this.#rights = parts.rights
    this.#audit = parts.audit
  }

  export(by: Actor, connections: ConnectionNames): DirectoryDocument {
    mustBeAdministrator(by)
    const [groups, people] = [this.#groups.list(), this.#people.list()]
    this.#audit.add(by, { action: 'people.export', details: { people: people.length, groups: groups.length } })
    return {
      groups: Object.fromEntries(
        groups.map(group => [group.name, entryOfGroup(group, this.#rightsOf(group.id, connections))]),
      ),
      people: Object.fromEntries(people.map(person => [person.name, entryOfPerson(person)])),
    }
  }

  /** What `apply` would do now. BAD_REQUEST names what does not exist or is not unique, CONFLICT what cannot be. Changes nothing. */
  plan(
    by: Actor,
    document: DirectoryDocument,
    connections: ConnectionNames,
    options: ImportOptions = {},
  ): DirectoryPlan {
    mustBeAdministrator(by)
    const undo = new Error('only a look')
    let plan: DirectoryPlan | undefined
    // Done and undone: what a look says is what happens.
    try {
      this.#database.transaction(() => {
        plan = this.#run(by, document, connections, options, () => undefined)
        throw undo
      })
    } catch (error) {
      if (error !== undo) throw error
    }
    if (plan === undefined) throw new Error('there is no plan')
    return plan
  }

  /**
   * All of it or nothing. CONFLICT when it would no longer do what was looked at. `passwordHashOf` gives the first password of who is in
   * `needPassword`, which must be changed at the first login; undefined: none, until somebody gives them one.
   */
  apply(
    by: Actor,
    document: DirectoryDocument,
    connections: ConnectionNames,
    options: ImportOptions & {
      readonly fingerprint: string
      readonly passwordHashOf: (name: string) => string | undefined
    },
  ): DirectoryPlan {
    mustBeAdministrator(by)
    return this.#database.transaction(() => {
      const plan = this.#run(by, document, connections, options, options.passwordHashOf)
      if (plan.fingerprint !== options.fingerprint)
        throw new TuskError('CONFLICT', 'People or groups were changed since you looked at what this would do.', {
          hint: 'Look again.',
        })
      const details = { changes: plan.changes.length, prune: options.prune ?? false }
      this.#audit.add(by, { action: 'people.import', details })
      return plan
    })
  }

  #run(
    by: Actor,
    document: DirectoryDocument,
    connections: ConnectionNames,
    { prune = false }: ImportOptions,
    passwordHashOf: (name: string) => string | undefined,
  ): DirectoryPlan {
    const changes: DirectoryChange[] = []
    const needPassword: string[] = []
    for (const [name, entry] of Object.entries(document.groups)) {
      const old = this.#groups.byName(name)
      const input = inputFrom(name, entry, old)
      const before = old === undefined ? {} : entryOfGroup(old, this.#rightsOf(old.id, connections))
      const group = old === undefined ? this.#groups.create(by, input) : this.#groups.byName(name)
      if (group === undefined) continue
      if (entry.connections !== undefined) this.#setRights(by, group.id, entry.connections, connections)
      if (old !== undefined && differences(bare(before), bare(entryOfGroup({ ...old, ...input }, []))).length > 0)
        this.#groups.update(by, old.id, input)
      const after = entryOfGroup(this.#groups.get(group.id), this.#rightsOf(group.id, connections))
      const facts = differences(before, after)
      if (old === undefined || facts.length > 0)
        changes.push({ kind: old === undefined ? 'add' : 'change', what: 'group', name: group.name, facts })
    }
    // Administrators first: there is one at every moment.
    const people = Object.entries(document.people)
    const rank = ([, { administrator, active }]: (typeof people)[number]): number =>
      administrator === true && active !== false ? 0 : 1
    for (const [name, entry] of people.toSorted((one, other) => rank(one) - rank(other))) {
      const old = this.#people.byName(name)
      const before = old === undefined ? {} : entryOfPerson(old)
      if (old === undefined && entry.issuer === undefined) needPassword.push(name)
      const person = this.#putPerson(by, name, entry, old, passwordHashOf)
      const facts = differences(before, entryOfPerson(person))
      if (old === undefined || facts.length > 0)
        changes.push({ kind: old === undefined ? 'add' : 'change', what: 'person', name: person.name, facts })
    }
    if (prune) this.#prune(by, document, changes)
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([changes, needPassword]))
      .digest('hex')
    return { changes, needPassword, fingerprint }
  }

  #putPerson(
    by: Actor,
    name: string,
    entry: PersonEntry,
    old: Person | undefined,
    passwordHashOf: (name: string) => string | undefined,
  ): Person {
    const groups = entry.groups?.map(group => {
      const id = this.#groups.byName(group)?.id
      if (id === undefined)
        throw new TuskError('BAD_REQUEST', `people.${name}.groups names “${group}”, which is no group.`)
      return id
    })
    const facts = {
      ...(entry.email === undefined ? {} : { email: entry.email }),
      ...(entry.displayName === undefined ? {} : { displayName: entry.displayName }),
      ...(entry.administrator === undefined ? {} : { administrator: entry.administrator }),
      ...(groups === undefined ? {} : { groups }),
    }
    let person = old
    if (person === undefined) {
      const passwordHash = entry.issuer === undefined ? passwordHashOf(name) : undefined
      person = this.#people.create(by, {
        name,
        ...facts,
        ...(passwordHash === undefined ? {} : { passwordHash, mustChangePassword: true }),
      })
      if (entry.active === false) person = this.#people.update(by, person.id, { active: false })
    } else if (differences(entryOfPerson(person), { ...entryOfPerson(person), ...entry }).length > 0)
      person = this.#people.update(by, person.id, {
        ...facts,
        ...(entry.active === undefined ? {} : { active: entry.active }),
      })
    const { issuer, subject } = entry
    if (issuer === undefined || subject === undefined) return person
    const same = this.#people.byExternal(issuer, subject)?.id === person.id
    return same ? person : this.#people.link(by, person.id, { issuer, subject })
  }

  #prune(by: Actor, document: DirectoryDocument, changes: DirectoryChange[]): void {
    const named = (names: Readonly<Record<string, unknown>>): Set<string> =>
      new Set(Object.keys(names).map(name => name.trim().normalize('NFC').toLowerCase()))
    const groups = named(document.groups)
    for (const { id, name } of this.#groups.list()) {
      if (groups.has(name.toLowerCase())) continue
      this.#groups.remove(by, id)
      changes.push({ kind: 'remove', what: 'group', name, facts: [] })
    }
    const people = named(document.people)
    for (const { id, name, active } of this.#people.list()) {
      if (!active || people.has(name.toLowerCase())) continue
      this.#people.update(by, id, { active: false })
      changes.push({ kind: 'disable', what: 'person', name, facts: [] })
    }
  }

  #rightsOf(groupId: string, connections: ConnectionNames): readonly ConnectionEntry[] {
    return this.#rights.ofGroup(groupId).map(({ connectionId, level, readOnly }) => {
      const name = connections.nameOf(connectionId)
      return { id: connectionId, ...(name === undefined ? {} : { name }), level, ...(readOnly ? { readOnly } : {}) }
    })
  }

  #setRights(by: Actor, groupId: string, wanted: readonly ConnectionEntry[], connections: ConnectionNames): void {
    const next = new Map(
      wanted.map(entry => {
        const id = idOf(entry, connections)
        return [
          id,
          { groupId, level: entry.level, readOnly: entry.readOnly ?? false } satisfies ConnectionRight,
        ] as const
      }),
    )
    const now = new Map(this.#rights.ofGroup(groupId).map(right => [right.connectionId, right]))
    for (const id of new Set([...now.keys(), ...next.keys()])) {
      const old = now.get(id)
      const right = next.get(id)
      if (old?.level === right?.level && old?.readOnly === right?.readOnly) continue
      const others = this.#rights.of(id).filter(one => one.groupId !== groupId)
      this.#rights.set(by, id, connections.nameOf(id) ?? id, [...others, ...(right === undefined ? [] : [right])])
    }
  }
}

function mustBeAdministrator(by: Actor): void {
  if (!isAdministrator(by))
    throw new TuskError('NOT_PERMITTED', 'Only an administrator can read people, groups and rights out or in.')
}

function idOf({ id, name }: ConnectionEntry, connections: ConnectionNames): string {
  if (id !== undefined && connections.nameOf(id) !== undefined) return id
  const found = name === undefined ? [] : connections.named(name)
  const [only] = found
  if (found.length === 1 && only !== undefined) return only
  throw new TuskError(
    'BAD_REQUEST',
    found.length > 1 ? `There are ${found.length} connections “${name}”.` : `There is no connection “${name ?? id}”.`,
    { hint: found.length > 1 ? 'Name its id: tusk connections list --json' : 'Make it first, or take the entry out.' },
  )
}

function inputFrom(name: string, entry: GroupEntry, old: Group | undefined): GroupInput {
  const roots = (writable: boolean): readonly string[] =>
    old?.fileRoots.flatMap(root => (root.writable === writable ? [root.path] : [])) ?? []
  const claim = entry.claim ?? old?.claim
  return {
    name: old?.name ?? name,
    description: entry.description ?? old?.description ?? '',
    permissions: entry.permissions ?? old?.permissions ?? [],
    limits: entry.limits ?? old?.limits ?? {},
    fileRoots: [
      ...(entry.read ?? roots(false)).map(path => ({ path, writable: false })),
      ...(entry.write ?? roots(true)).map(path => ({ path, writable: true })),
    ],
    ...(claim === undefined ? {} : { claim }),
  }
}

function entryOfGroup(
  group: Pick<GroupInput, 'description' | 'permissions' | 'claim' | 'limits' | 'fileRoots'>,
  connections: readonly ConnectionEntry[],
): GroupEntry {
  const roots = (writable: boolean): readonly string[] =>
    (group.fileRoots ?? []).flatMap(root => (root.writable === writable ? [root.path] : []))
  return {
    description: group.description?.trim() ?? '',
    permissions: group.permissions,
    claim: group.claim?.trim() ?? '',
    read: roots(false),
    write: roots(true),
    limits: group.limits ?? {},
    connections,
  }
}

/** Without what another table keeps. */
function bare({ connections: _, ...entry }: GroupEntry): GroupEntry {
  return entry
}

function entryOfPerson(person: Person): PersonEntry {
  const { issuer, subject } = person
  return {
    displayName: person.displayName ?? '',
    email: person.email ?? '',
    administrator: person.administrator,
    active: person.active,
    groups: person.groups.map(({ name }) => name),
    ...(issuer === undefined || subject === undefined ? {} : { issuer, subject }),
  }
}

/** Of two entries, in words; lists without regard to order. */
function differences(before: object, after: object): readonly string[] {
  const facts: string[] = []
  const old = before as Readonly<Record<string, unknown>>
  for (const [key, value] of Object.entries(after)) {
    const was = old[key]
    if (Array.isArray(value)) {
      const now = new Set(value.map(inWords))
      const then = new Set((Array.isArray(was) ? was : []).map(inWords))
      const parts = [
        ...[...now].filter(one => !then.has(one)).map(one => `+ ${one}`),
        ...[...then].filter(one => !now.has(one)).map(one => `− ${one}`),
      ]
      if (parts.length > 0) facts.push(`${key}: ${parts.join(', ')}`)
    } else if (inWords(was) !== inWords(value))
      facts.push(
        was === undefined || inWords(was) === ''
          ? `${key}: ${inWords(value)}`
          : `${key}: ${inWords(was)} → ${inWords(value) || 'none'}`,
      )
  }
  return facts
}

function inWords(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .filter(([key, one]) => one !== undefined && !(key === 'id' && 'name' in value))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => (key === 'name' ? String(one) : `${key} ${one}`))
    .join(' ')
}
