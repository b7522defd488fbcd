import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Actor } from '../auth/actor.ts'
import type { Audit, AuditNews } from '../auth/audit.ts'
import type { AuditAction } from '../auth/audit-actions.ts'
import type { ConnectionPeople } from '../auth/connection-people.ts'
import type { ConnectionRights } from '../auth/connection-rights.ts'
import { checkConfig } from '../engine/check-config.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'
import { checkFields } from '../engine/form-field.ts'
import { TuskError } from '../errors.ts'
import { absolutePath } from '../home/paths.ts'
import type { SecretBox } from '../home/secrets.ts'
import { checkFiles, confineConnection, type FilePlaces, withReadOnly } from './confine-connection.ts'
import { readConnectionFile, type StoredConnection, writeConnectionFile } from './connection-file.ts'
import type {
  ConnectionInput,
  Connections,
  OwnedConnection,
  ResolvedConnection,
  SavedConnection,
} from './connections.ts'
import { PersonalSignIn } from './personal-sign-in.ts'

export interface SavedConnectionsOptions {
  readonly file: string
  readonly engines: readonly Engine[]
  readonly secrets: SecretBox
  /** What groups may do with connections of others; absent in single mode. */
  readonly rights?: Pick<ConnectionRights, 'held' | 'forget'>
  /** Where changes are on record; absent in single mode. */
  readonly audit?: Pick<Audit, 'around'>
  /** Own sign-ins and roles of people; absent in single mode. */
  readonly people?: ConnectionPeople
  /** What SQL may reach of the machine's files; absent in single mode. */
  readonly places?: FilePlaces
}

/** Connections of connections.toml. Reads the file again when another process (the command line) has changed it. */
export class SavedConnections implements Connections {
  readonly engines: readonly Engine[]
  readonly #file: string
  readonly #secrets: SecretBox
  readonly #rights: Pick<ConnectionRights, 'held' | 'forget'> | undefined
  readonly #audit: Pick<Audit, 'around'> | undefined
  readonly #places: FilePlaces | undefined
  readonly #people: ConnectionPeople | undefined
  readonly #signIns: PersonalSignIn | undefined
  #stored: readonly StoredConnection[] = []
  #stamp = ''
  #writing: Promise<unknown> = Promise.resolve()

  constructor(options: SavedConnectionsOptions) {
    this.engines = options.engines
    this.#file = options.file
    this.#secrets = options.secrets
    this.#rights = options.rights
    this.#audit = options.audit
    this.#places = options.places
    this.#people = options.people
    this.#signIns = options.people && new PersonalSignIn(options.people, options.secrets)
    this.#refresh()
  }

  list(actor: Actor): readonly SavedConnection[] {
    this.#refresh()
    return this.#stored.flatMap(connection => {
      const access = this.#access(actor, connection)
      return access === undefined ? [] : [this.#shown(actor, connection, access)]
    })
  }

  get(actor: Actor, id: string): SavedConnection {
    const connection = this.#find(actor, id, 'view')
    return this.#shown(actor, connection, this.#access(actor, connection))
  }

  async create(
    actor: Actor,
    input: ConnectionInput & { readonly sample?: boolean; readonly id?: string },
  ): Promise<SavedConnection> {
    const created = await this.#change(actor, stored => {
      const id = input.id ?? randomBytes(6).toString('hex')
      const name = uniqueName(actor, stored, checkedName(input.name))
      const { eachSignsIn, asOwnRole } = this.#personal(input)
      const { config, secrets } = this.#split(this.#engine(input.engine), input.config, eachSignsIn)
      checkConfig(this.#engine(input.engine), { ...config, ...secrets })
      checkFiles(
        actor,
        this.#engine(input.engine),
        withPaths(this.#engine(input.engine), config),
        input.readOnly ?? false,
        this.#places?.stateDirectory,
      )
      const connection: StoredConnection = {
        id,
        name,
        engine: input.engine,
        owner: actor.id,
        ...(input.color === undefined ? {} : { color: input.color }),
        ...(input.environment === undefined ? {} : { environment: input.environment }),
        readOnly: input.readOnly ?? false,
        sample: input.sample ?? false,
        eachSignsIn,
        asOwnRole,
        version: 1,
        config,
        secrets: this.#seal(actor, id, secrets),
      }
      return {
        stored: [...stored, connection],
        value: this.#shown(actor, connection, owned),
        news: this.#news(actor, 'connection.create', connection),
      }
    })
    return created
  }

  async update(
    actor: Actor,
    id: string,
    input: ConnectionInput & { readonly version?: number },
  ): Promise<SavedConnection> {
    const left: string[] = []
    const updated = await this.#change(actor, stored => {
      const old = this.#find(actor, id, 'edit')
      const owner = { id: old.owner }
      if (input.version !== undefined && input.version !== old.version)
        throw new TuskError('CONFLICT', `“${old.name}” was changed in the meantime.`, {
          hint: 'Open it again to see the newer settings, then change them.',
        })
      if (input.engine !== old.engine)
        throw new TuskError('BAD_REQUEST', 'The kind of a connection cannot be changed.', {
          hint: 'Make a new connection instead.',
        })
      const engine = this.#engine(old.engine)
      const { eachSignsIn, asOwnRole } = this.#personal(input, old)
      const { config, secrets } = this.#split(engine, input.config, eachSignsIn)
      const given = new Set([...Object.keys(input.config), ...(eachSignsIn ? (engine.personal?.signIn ?? []) : [])])
      const moved = engine.fields.some(
        field =>
          field.identity === true && (config[field.key] ?? field.default) !== (old.config[field.key] ?? field.default),
      )
      if (moved || !eachSignsIn) left.push(id)
      const kept = moved ? {} : Object.fromEntries(Object.entries(old.secrets).filter(([key]) => !given.has(key)))
      const connection: StoredConnection = {
        ...old,
        name: uniqueName(
          owner,
          stored.filter(one => one.id !== id),
          checkedName(input.name),
        ),
        readOnly: input.readOnly ?? old.readOnly,
        eachSignsIn,
        asOwnRole,
        version: old.version + 1,
        config,
        secrets: { ...kept, ...this.#seal(owner, id, secrets) },
        ...(input.color === undefined ? {} : { color: input.color }),
        ...(input.environment === undefined ? {} : { environment: input.environment }),
      }
      checkConfig(engine, { ...config, ...this.#open(connection) })
      // Who may change a connection that somebody else made to a file keeps it; another file is their own choice.
      const widened = old.readOnly && !connection.readOnly
      if (moved || widened)
        checkFiles(actor, engine, withPaths(engine, config), connection.readOnly, this.#places?.stateDirectory)
      return {
        stored: stored.map(one => (one.id === id ? connection : one)),
        value: this.#shown(actor, connection, this.#access(actor, connection)),
        news: this.#news(actor, 'connection.update', connection),
      }
    })
    // Those of a crash before this are of no use either: they are bound to where they were given for.
    for (const moved of left) this.#people?.forgetSignIns(moved)
    return updated
  }

  async remove(actor: Actor, id: string): Promise<void> {
    await this.#change(actor, stored => {
      const removed = this.#find(actor, id, 'own')
      return {
        stored: stored.filter(one => one.id !== id),
        value: undefined,
        news: this.#news(actor, 'connection.delete', removed),
      }
    })
    this.#forget(id)
  }

  ownedBy(by: Actor, personId?: string): readonly OwnedConnection[] {
    if (!mayManage(by)) throw new TuskError('NOT_PERMITTED', 'Only an administrator can see what others own.')
    this.#refresh()
    return this.#stored
      .filter(({ owner }) => personId === undefined || owner === personId)
      .map(({ id, name, engine, owner }) => ({ id, name, engine, owner }))
  }

  /** Ids alone, for the room that settles what a person leaves. */
  idsOf(personId: string): readonly string[] {
    this.#refresh()
    return this.#stored.filter(({ owner }) => owner === personId).map(({ id }) => id)
  }

  async transfer(by: Actor, id: string, to: { readonly id: string; readonly name: string }): Promise<void> {
    await this.#change(by, stored => {
      const old = stored.find(one => one.id === id)
      if (old === undefined || (old.owner !== by.id && !mayManage(by)))
        throw new TuskError('NOT_FOUND', 'There is no such connection.')
      const { clearSecrets: _, ...rest } = old
      const connection: StoredConnection = {
        ...rest,
        owner: to.id,
        name: uniqueName(to, stored, old.name),
        version: old.version + 1,
        // A secret is bound to its owner, so it is sealed anew.
        secrets: this.#seal(to, id, this.#open(old)),
      }
      return {
        stored: stored.map(one => (one.id === id ? connection : one)),
        value: undefined,
        news: [
          {
            action: 'connection.transfer',
            target: connection.name,
            details: { connection: id, from: old.owner, to: to.name },
          },
        ],
      }
    })
  }

  async removeOf(by: Actor, personId: string): Promise<void> {
    if (!by.can('system.users')) throw new TuskError('NOT_PERMITTED', 'This needs the permission system.users.')
    const removed = await this.#change(by, stored => {
      const theirs = stored.filter(one => one.owner === personId)
      return {
        stored: stored.filter(one => one.owner !== personId),
        value: theirs,
        news: theirs.flatMap(one => this.#news(by, 'connection.delete', one)),
      }
    })
    for (const { id } of removed) this.#forget(id)
  }

  /** The samples that Tusk itself renews at each start are nobody's doing. */
  #news(actor: Actor, action: AuditAction, { id, name, engine, sample }: StoredConnection): readonly AuditNews[] {
    if (sample && actor.signedIn === undefined) return []
    return [{ action, target: name, details: { connection: id, engine } }]
  }

  resolve(actor: Actor, id: string, purpose: 'view' | 'use' = 'use'): ResolvedConnection {
    if (purpose === 'use' && !actor.can('connections.use'))
      throw new TuskError('NOT_PERMITTED', undefined, { detail: 'This needs the permission connections.use.' })
    const connection = this.#find(actor, id, purpose)
    return this.#resolvedFor(actor, connection, this.#ownSignIn(actor, connection))
  }

  resolveWithSignIn(actor: Actor, id: string, values: ConnectionConfig): ResolvedConnection {
    const connection = this.#forSignIn(actor, id)
    return this.#resolvedFor(actor, connection, this.#signInValues(connection, values))
  }

  keepSignIn(actor: Actor, id: string, values: ConnectionConfig): void {
    const connection = this.#forSignIn(actor, id)
    this.#signIns?.keep(actor, this.#engine(connection.engine), connection, this.#signInValues(connection, values))
  }

  forgetSignIn(actor: Actor, id: string): void {
    this.#signIns?.forget(actor, this.#find(actor, id, 'view'))
  }

  #forSignIn(actor: Actor, id: string): StoredConnection {
    const connection = this.#find(actor, id, 'view')
    if (connection.eachSignsIn && this.#signIns !== undefined) return connection
    throw new TuskError('BAD_REQUEST', `“${connection.name}” brings its own user and password.`)
  }

  /** Exactly the fields that people fill in for themselves. */
  #signInValues(connection: StoredConnection, values: ConnectionConfig): ConnectionConfig {
    const engine = this.#engine(connection.engine)
    const own = engine.personal?.signIn ?? []
    const fields = engine.fields.filter(({ key }) => own.includes(key))
    return checkFields(
      engine.label,
      fields.map(({ default: _, ...field }) => ({ ...field, required: true })),
      values,
    )
  }

  #ownSignIn(actor: Actor, connection: StoredConnection): ConnectionConfig {
    if (!connection.eachSignsIn) return {}
    if (this.#signIns === undefined)
      throw new TuskError('CREDENTIALS_REQUIRED', `“${connection.name}” has no user and password of its own.`, {
        detail: 'Each person of a Tusk with users signs in to it for themselves.',
        hint: 'Give the connection a user and password, or name a URL with both.',
      })
    return this.#signIns.of(actor, this.#engine(connection.engine), connection)
  }

  #resolvedFor(actor: Actor, connection: StoredConnection, signIn: ConnectionConfig): ResolvedConnection {
    const readOnly = connection.readOnly || this.#access(actor, connection)?.readOnly === true
    const role = this.#roleOf(actor, connection)
    const values = { ...connection.config, ...this.#open(connection), ...signIn }
    const resolved = this.#resolved(actor, connection, values, readOnly)
    const { personal } = resolved.engine
    return {
      ...resolved,
      ...(role === undefined || personal === undefined
        ? {}
        : { config: { ...resolved.config, [personal.role]: role } }),
      ...(connection.eachSignsIn || role !== undefined ? { hostKey: `${connection.id} ${actor.id}` } : {}),
    }
  }

  /** The operator at the command line is above roles. */
  #roleOf({ id, name, signedIn }: Actor, connection: StoredConnection): string | undefined {
    if (!connection.asOwnRole || this.#people === undefined || signedIn === undefined) return undefined
    return this.#people.role(connection.id, id) ?? name
  }

  /** What of a connection is each person's own; what the input leaves out stays. */
  #personal(input: ConnectionInput, old?: StoredConnection): { eachSignsIn: boolean; asOwnRole: boolean } {
    const eachSignsIn = input.eachSignsIn ?? old?.eachSignsIn ?? false
    const asOwnRole = input.asOwnRole ?? old?.asOwnRole ?? false
    const wanted = input.eachSignsIn === true || input.asOwnRole === true
    if (wanted && this.#people === undefined)
      throw new TuskError('BAD_REQUEST', 'There is only one person here.', {
        hint: 'Own sign-ins and roles are for a Tusk with users: tusk auth enable.',
      })
    const engine = this.#engine(input.engine)
    if (wanted && engine.personal === undefined)
      throw new TuskError('BAD_REQUEST', `${engine.label} knows no users and roles.`)
    return { eachSignsIn, asOwnRole }
  }

  #shown(actor: Actor, connection: StoredConnection, access: Access = owned): SavedConnection {
    const { secrets, clearSecrets, ...rest } = connection
    const role = this.#roleOf(actor, connection)
    const engine = this.engines.find(one => one.id === connection.engine)
    return {
      ...rest,
      readOnly: rest.readOnly || access.readOnly,
      level: access.level,
      secrets: Object.keys({ ...clearSecrets, ...secrets }),
      signedIn:
        connection.eachSignsIn && engine !== undefined && this.#signIns?.has(actor, engine, connection) === true,
      ...(role === undefined ? {} : { role }),
    }
  }

  #forget(id: string): void {
    this.#rights?.forget(id)
    this.#people?.forget(id)
  }

  check(actor: Actor, input: ConnectionInput, id?: string): ResolvedConnection {
    const engine = this.#engine(input.engine)
    const saved = id === undefined ? undefined : this.#find(actor, id, 'edit')
    const { eachSignsIn } = this.#personal(input, saved)
    const { config, secrets } = this.#split(engine, input.config, eachSignsIn)
    const moved =
      saved !== undefined &&
      engine.fields.some(
        field =>
          field.identity === true &&
          (config[field.key] ?? field.default) !== (saved.config[field.key] ?? field.default),
      )
    // Lending a saved password to another host would hand it to whoever answers there (R13).
    const lent = saved === undefined || moved ? {} : this.#open(saved)
    const own = eachSignsIn ? this.#signIns?.of(actor, engine, { id: id ?? '', name: input.name, config }) : undefined
    const given = new Set(Object.keys(input.config))
    const kept = Object.fromEntries(Object.entries(lent).filter(([key]) => !given.has(key)))
    const readOnly = input.readOnly ?? false
    if (saved === undefined || moved || (saved.readOnly && !readOnly))
      checkFiles(actor, engine, withPaths(engine, config), readOnly, this.#places?.stateDirectory)
    return this.#resolved(
      actor,
      { id: id ?? '', name: input.name, engine: engine.id, readOnly },
      { ...config, ...kept, ...secrets, ...own },
    )
  }

  #resolved(
    actor: Actor,
    connection: Pick<StoredConnection, 'id' | 'name' | 'engine' | 'environment' | 'readOnly'>,
    values: ConnectionConfig,
    readOnly = connection.readOnly,
  ): ResolvedConnection {
    const engine = this.#engine(connection.engine)
    return {
      id: connection.id,
      hostKey: connection.id,
      name: connection.name,
      engine,
      config: confineConnection(
        actor,
        engine,
        withReadOnly(engine, withPaths(engine, checkConfig(engine, values)), connection.readOnly),
        readOnly,
        this.#places,
      ),
      ...(connection.environment === undefined ? {} : { environment: connection.environment }),
      readOnly,
    }
  }

  #engine(id: string): Engine {
    const engine = this.engines.find(one => one.id === id)
    if (engine === undefined)
      throw new TuskError('CONNECTION_CONFIG', `There is no kind of database “${id}”.`, {
        hint: `Known: ${this.engines.map(one => one.id).join(', ')}`,
      })
    return engine
  }

  /** NOT_FOUND unless it may be seen at all, NOT_PERMITTED when it may be seen but not that. */
  #find(actor: Actor, id: string, level: SavedConnection['level']): StoredConnection {
    this.#refresh()
    const connection = this.#stored.find(one => one.id === id)
    const access = connection === undefined ? undefined : this.#access(actor, connection)
    if (connection === undefined || access === undefined)
      throw new TuskError('NOT_FOUND', 'There is no such connection.')
    if (levels.indexOf(access.level) < levels.indexOf(level))
      throw new TuskError('NOT_PERMITTED', `You may not ${words[level]} “${connection.name}”.`, {
        hint: 'Its owner decides which groups may view, use and edit it.',
      })
    return connection
  }

  /** What somebody may do with a connection; undefined: it does not exist for them. A token sees only those that it names. */
  #access(actor: Actor, { id, owner }: StoredConnection): Access | undefined {
    const only = actor.signedIn?.connections
    if (only !== undefined && !only.includes(id)) return undefined
    return owner === actor.id ? owned : this.#rights?.held(actor, id)
  }

  /** Form values → plain config and clear secrets; what is null or empty, or each person's own, is left out. */
  #split(
    engine: Engine,
    values: ConnectionInput['config'],
    eachSignsIn: boolean,
  ): { config: ConnectionConfig; secrets: Record<string, string> } {
    const config: Record<string, string | number | boolean> = {}
    const secrets: Record<string, string> = {}
    const secretKeys = new Set(engine.fields.filter(field => field.kind === 'secret').map(field => field.key))
    for (const [key, value] of Object.entries(values)) {
      if (value === null || value === '' || (eachSignsIn && engine.personal?.signIn.includes(key) === true)) continue
      if (secretKeys.has(key)) secrets[key] = String(value)
      else config[key] = value
    }
    return { config, secrets }
  }

  #seal(owner: Pick<Actor, 'id'>, id: string, secrets: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(secrets).map(([key, value]) => [key, this.#secrets.encrypt(value, `${owner.id}/${id}/${key}`)]),
    )
  }

  #open(connection: StoredConnection): Record<string, string> {
    const opened = Object.entries(connection.secrets).map(([key, sealed]): [string, string] => [
      key,
      this.#secrets.decrypt(sealed, `${connection.owner}/${connection.id}/${key}`),
    ])
    return { ...connection.clearSecrets, ...Object.fromEntries(opened) }
  }

  #refresh(): void {
    const stamp = fileStamp(this.#file)
    if (stamp === this.#stamp) return
    this.#stored = readConnectionFile(this.#file)
    this.#stamp = stamp
  }

  /**
   * One writer after the other; passwords that the older Tusk left in clear are encrypted on the way. `news` are on record
   * around the write, as `Audit.around` says.
   */
  #change<T>(
    by: Actor,
    change: (stored: readonly StoredConnection[]) => {
      readonly stored: readonly StoredConnection[]
      readonly value: T
      readonly news: readonly AuditNews[]
    },
  ): Promise<T> {
    const work = this.#writing.then(async () => {
      this.#refresh()
      const { stored, value, news } = change(this.#stored)
      const sealed = stored.map(({ clearSecrets, ...connection }) =>
        clearSecrets === undefined
          ? connection
          : {
              ...connection,
              secrets: {
                ...Object.fromEntries(
                  Object.entries(clearSecrets).map(([key, text]) => [
                    key,
                    this.#secrets.encrypt(text, `${connection.owner}/${connection.id}/${key}`),
                  ]),
                ),
                ...connection.secrets,
              },
            },
      )
      const write = (): Promise<void> => writeConnectionFile(this.#file, sealed)
      await (this.#audit === undefined ? write() : this.#audit.around(by, news, write))
      this.#stored = sealed
      this.#stamp = fileStamp(this.#file)
      return value
    })
    this.#writing = work.catch(() => undefined)
    return work
  }
}

function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? 'absent' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`
}

interface Access {
  readonly level: SavedConnection['level']
  readonly readOnly: boolean
}

const owned: Access = { level: 'own', readOnly: false }
/** An administrator who may manage people. Being one opens nobody's connection (R15), but it can be given away, on record. */
function mayManage(by: Actor): boolean {
  return (by.signedIn?.administrator ?? true) && by.can('system.users')
}

const levels: readonly SavedConnection['level'][] = ['view', 'use', 'edit', 'own']
const words = { view: 'see', use: 'use', edit: 'change', own: 'remove' } as const

function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '') throw new TuskError('CONNECTION_CONFIG', 'The connection needs a name.')
  return trimmed
}

function uniqueName(owner: Pick<Actor, 'id'>, stored: readonly StoredConnection[], name: string): string {
  const taken = new Set(stored.filter(one => one.owner === owner.id).map(one => one.name))
  if (!taken.has(name)) return name
  let number = 2
  while (taken.has(`${name} (${number})`)) number++
  return `${name} (${number})`
}

/** Paths as the person wrote them are kept; a host, whose directory and home are others, gets absolute ones. */
export function withPaths(engine: Engine, config: ConnectionConfig): ConnectionConfig {
  const paths = engine.fields.filter(field => field.kind === 'file').map(field => field.key)
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      paths.includes(key) && typeof value === 'string' && value !== ':memory:' && !value.startsWith('file:')
        ? absolutePath(value)
        : value,
    ]),
  )
}
