import { randomUUID } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { TuskError } from '../errors.ts'
import type { Row, StateDatabase } from '../home/database.ts'
import type { Root } from '../home/roots.ts'
import { type Actor, isAdministrator } from './actor.ts'
import type { Audit } from './audit.ts'
import { type Limits, limitNames } from './limits.ts'
import { type Permission, type PluginPermission, permissions } from './permissions.ts'

export interface Group {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly permissions: readonly (Permission | PluginPermission)[]
  readonly limits: Limits
  /** Folders of this machine that its members may read, and write to where they hold data.import or data.export. */
  readonly fileRoots: readonly Root[]
  /** Members of this group of the identity provider come in as members. */
  readonly claim?: string
  readonly members: number
  readonly version: number
}

export interface GroupInput {
  readonly name: string
  readonly description?: string
  readonly permissions: readonly string[]
  readonly limits?: Limits
  readonly fileRoots?: readonly Root[]
  readonly claim?: string
}

/** Groups and what they may. Nobody gives away what they do not hold themselves (R16): NOT_PERMITTED. */
export class Groups {
  readonly #database: StateDatabase
  readonly #audit: Audit

  constructor(database: StateDatabase, audit: Audit) {
    this.#database = database
    this.#audit = audit
  }

  list(): readonly Group[] {
    return this.#database.all(`${select} ORDER BY name`).map(row => this.#from(row))
  }

  /** NOT_FOUND. */
  get(id: string): Group {
    const row = this.#database.get(`${select} WHERE id = ?`, id)
    if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such group.')
    return this.#from(row)
  }

  byName(name: string): Group | undefined {
    const row = this.#database.get(`${select} WHERE name = ?`, name)
    return row === undefined ? undefined : this.#from(row)
  }

  /** CONFLICT when the name is taken, BAD_REQUEST for a permission that does not exist or a limit that is no number. */
  create(by: Actor, input: GroupInput): Group {
    const checked = checkedInput(input)
    mayGive(by, checked.permissions)
    mayOpen(by, [], checked.fileRoots)
    if (checked.claim !== undefined) mayGiveGroup(by, checked)
    const id = randomUUID()
    return this.#database.transaction(() => {
      this.#nameIsFree(checked.name, id)
      this.#database.run('INSERT INTO person_group (id, name) VALUES (?, ?)', id, checked.name)
      this.#write(id, checked)
      this.#audit.add(by, { action: 'group.create', target: checked.name, details: facts(checked) })
      return this.get(id)
    })
  }

  /** CONFLICT when `version` is stale. Who changes a group must hold what it has and what it gets. */
  update(by: Actor, id: string, input: GroupInput & { readonly version?: number }): Group {
    const checked = checkedInput(input)
    return this.#database.transaction(() => {
      const old = this.get(id)
      if (input.version !== undefined && input.version !== old.version)
        throw new TuskError('CONFLICT', `The group “${old.name}” was changed in the meantime.`)
      mayGive(by, [...old.permissions, ...checked.permissions])
      mayOpen(by, old.fileRoots, checked.fileRoots)
      // Whoever has this claim is put into the group by it.
      if (checked.claim !== undefined && checked.claim !== old.claim) mayGiveGroup(by, checked)
      this.#nameIsFree(checked.name, id)
      this.#write(id, checked)
      this.#audit.add(by, { action: 'group.update', target: checked.name, details: facts(checked) })
      return this.get(id)
    })
  }

  remove(by: Actor, id: string): void {
    this.#database.transaction(() => {
      const old = this.get(id)
      mayGive(by, old.permissions)
      this.#database.run('DELETE FROM person_group WHERE id = ?', id)
      this.#audit.add(by, { action: 'group.delete', target: old.name })
    })
  }

  /** Groups of a person. */
  of(personId: string): readonly Group[] {
    return this.#database
      .all(`${select} WHERE id IN (SELECT group_id FROM membership WHERE person_id = ?) ORDER BY name`, personId)
      .map(row => this.#from(row))
  }

  #nameIsFree(name: string, id: string): void {
    const other = this.byName(name)
    if (other !== undefined && other.id !== id)
      throw new TuskError('CONFLICT', `There is a group “${other.name}” already.`)
  }

  #write(id: string, input: CheckedInput): void {
    this.#database.run(
      `UPDATE person_group SET name = ?, description = ?, limits = ?, file_roots = ?, claim = ?,
         version = version + 1 WHERE id = ?`,
      input.name,
      input.description,
      JSON.stringify(input.limits),
      JSON.stringify(input.fileRoots),
      input.claim ?? null,
      id,
    )
    this.#database.run('DELETE FROM group_permission WHERE group_id = ?', id)
    for (const permission of input.permissions)
      this.#database.run('INSERT INTO group_permission (group_id, permission) VALUES (?, ?)', id, permission)
  }

  #from(row: Row): Group {
    const id = String(row.id)
    const held = this.#database.all('SELECT permission FROM group_permission WHERE group_id = ?', id)
    const names = new Set(held.map(({ permission }) => String(permission)))
    const own = permissions.filter(permission => names.delete(permission))
    return {
      id,
      name: String(row.name),
      description: String(row.description),
      permissions: [...own, ...([...names].sort() as PluginPermission[])],
      limits: JSON.parse(String(row.limits)) as Limits,
      fileRoots: JSON.parse(String(row.file_roots)) as Root[],
      ...(row.claim === null ? {} : { claim: String(row.claim) }),
      members: Number(row.members),
      version: Number(row.version),
    }
  }
}

/** NOT_PERMITTED unless the person holds every one of them. */
export function mayGive(by: Actor, given: readonly (Permission | PluginPermission)[]): void {
  if (isAdministrator(by)) return
  const missing = given.filter(permission => !by.can(permission))
  if (missing.length > 0)
    throw new TuskError('NOT_PERMITTED', 'Nobody can give or take what they do not have themselves.', {
      detail: `You do not hold ${missing.join(', ')}.`,
    })
}

const select =
  'SELECT *, (SELECT count(*) FROM membership WHERE group_id = person_group.id) AS members FROM person_group'

type CheckedInput = Required<Omit<GroupInput, 'claim' | 'permissions'>> & {
  readonly permissions: Group['permissions']
  readonly claim?: string
}

/** Putting people into a group gives them what it has: its permissions and its folders. NOT_PERMITTED. */
export function mayGiveGroup(
  by: Actor,
  { permissions: given, fileRoots }: Pick<Group, 'permissions' | 'fileRoots'>,
): void {
  mayGive(by, given)
  const { signedIn } = by
  if (signedIn === undefined || signedIn.administrator) return
  const held = new Set(signedIn.fileRoots.map(root => JSON.stringify(root)))
  if (!fileRoots.every(root => held.has(JSON.stringify(root))))
    throw new TuskError('NOT_PERMITTED', 'This group opens folders that are not open to you.')
}

/** Folders are opened and closed by administrators only: none of the permissions is about the machine's files. */
function mayOpen(by: Actor, old: readonly Root[], wanted: readonly Root[]): void {
  if ((by.signedIn?.administrator ?? true) || JSON.stringify(old) === JSON.stringify(wanted)) return
  throw new TuskError('NOT_PERMITTED', 'Only an administrator can open folders to a group.')
}

function checkedInput(input: GroupInput): CheckedInput {
  const name = input.name.trim()
  if (name === '' || name.length > 100)
    throw new TuskError('BAD_REQUEST', 'A group needs a name of at most 100 characters.')
  const known = new Set<string>(permissions)
  for (const permission of input.permissions)
    if (!known.has(permission) && !/^plugin\.[a-z][a-z0-9-]{1,31}\.[a-z0-9_.-]+$/.test(permission))
      throw new TuskError('BAD_REQUEST', `There is no permission “${permission}”.`)
  const limits = input.limits ?? {}
  for (const [key, value] of Object.entries(limits))
    if (!(limitNames as readonly string[]).includes(key) || !Number.isSafeInteger(value) || value < 1)
      throw new TuskError('BAD_REQUEST', `The limit ${key} must be a whole number above 0.`)
  const fileRoots = (input.fileRoots ?? []).map(({ path, writable }) => ({ path, writable }))
  for (const { path } of fileRoots)
    if (!isAbsolute(path) || path.includes('\0') || path.length > 4_000)
      throw new TuskError('BAD_REQUEST', `“${path}” is no absolute path of a folder.`)
  const { claim } = input
  return {
    name,
    description: input.description?.trim() ?? '',
    permissions: [...new Set(input.permissions)] as Group['permissions'],
    limits,
    fileRoots,
    ...(claim === undefined || claim.trim() === '' ? {} : { claim: claim.trim() }),
  }
}

function facts(input: CheckedInput): Record<string, string> {
  return {
    permissions: input.permissions.join(' '),
    limits: JSON.stringify(input.limits),
    folders: input.fileRoots.map(({ path, writable }) => (writable ? path : `${path} (read-only)`)).join(', '),
  }
}
