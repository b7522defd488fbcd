import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Actor } from '../auth/actor.ts'
import { checkConfig } from '../engine/check-config.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import { absolutePath } from '../home/paths.ts'
import type { SecretBox } from '../home/secrets.ts'
import { readConnectionFile, type StoredConnection, writeConnectionFile } from './connection-file.ts'
import type { ConnectionInput, Connections, ResolvedConnection, SavedConnection } from './connections.ts'

export interface SavedConnectionsOptions {
  readonly file: string
  readonly engines: readonly Engine[]
  readonly secrets: SecretBox
}

/** Connections of connections.toml. Reads the file again when another process (the command line) has changed it. */
export class SavedConnections implements Connections {
  readonly engines: readonly Engine[]
  readonly #file: string
  readonly #secrets: SecretBox
  #stored: readonly StoredConnection[] = []
  #stamp = ''
  #writing: Promise<unknown> = Promise.resolve()

  constructor(options: SavedConnectionsOptions) {
    this.engines = options.engines
    this.#file = options.file
    this.#secrets = options.secrets
    this.#refresh()
  }

  list(actor: Actor): readonly SavedConnection[] {
    this.#refresh()
    return this.#stored.filter(connection => connection.owner === actor.id).map(publicView)
  }

  get(actor: Actor, id: string): SavedConnection {
    return publicView(this.#find(actor, id))
  }

  async create(
    actor: Actor,
    input: ConnectionInput & { readonly sample?: boolean; readonly id?: string },
  ): Promise<SavedConnection> {
    return this.#change(stored => {
      const id = input.id ?? randomBytes(6).toString('hex')
      const name = uniqueName(actor, stored, checkedName(input.name))
      const { config, secrets } = this.#split(this.#engine(input.engine), input.config)
      checkConfig(this.#engine(input.engine), { ...config, ...secrets })
      const connection: StoredConnection = {
        id,
        name,
        engine: input.engine,
        owner: actor.id,
        ...(input.color === undefined ? {} : { color: input.color }),
        readOnly: input.readOnly ?? false,
        sample: input.sample ?? false,
        version: 1,
        config,
        secrets: this.#seal(actor, id, secrets),
      }
      return { stored: [...stored, connection], value: publicView(connection) }
    })
  }

  async update(
    actor: Actor,
    id: string,
    input: ConnectionInput & { readonly version?: number },
  ): Promise<SavedConnection> {
    return this.#change(stored => {
      const old = this.#find(actor, id)
      if (input.version !== undefined && input.version !== old.version)
        throw new TuskError('CONFLICT', `“${old.name}” was changed in the meantime.`, {
          hint: 'Open it again to see the newer settings, then change them.',
        })
      if (input.engine !== old.engine)
        throw new TuskError('BAD_REQUEST', 'The kind of a connection cannot be changed.', {
          hint: 'Make a new connection instead.',
        })
      const engine = this.#engine(old.engine)
      const { config, secrets } = this.#split(engine, input.config)
      const given = new Set(Object.keys(input.config))
      const moved = engine.fields.some(
        field =>
          field.identity === true && (config[field.key] ?? field.default) !== (old.config[field.key] ?? field.default),
      )
      const kept = moved ? {} : Object.fromEntries(Object.entries(old.secrets).filter(([key]) => !given.has(key)))
      const connection: StoredConnection = {
        ...old,
        name: uniqueName(
          actor,
          stored.filter(one => one.id !== id),
          checkedName(input.name),
        ),
        readOnly: input.readOnly ?? old.readOnly,
        version: old.version + 1,
        config,
        secrets: { ...kept, ...this.#seal(actor, id, secrets) },
        ...(input.color === undefined ? {} : { color: input.color }),
      }
      checkConfig(engine, { ...config, ...this.#open(connection) })
      return { stored: stored.map(one => (one.id === id ? connection : one)), value: publicView(connection) }
    })
  }

  async remove(actor: Actor, id: string): Promise<void> {
    await this.#change(stored => {
      this.#find(actor, id)
      return { stored: stored.filter(one => one.id !== id), value: undefined }
    })
  }

  resolve(actor: Actor, id: string): ResolvedConnection {
    const connection = this.#find(actor, id)
    return this.#resolved(connection, { ...connection.config, ...this.#open(connection) })
  }

  check(actor: Actor, input: ConnectionInput, id?: string): ResolvedConnection {
    const engine = this.#engine(input.engine)
    const saved = id === undefined ? undefined : this.#find(actor, id)
    const { config, secrets } = this.#split(engine, input.config)
    const moved =
      saved !== undefined &&
      engine.fields.some(
        field =>
          field.identity === true &&
          (config[field.key] ?? field.default) !== (saved.config[field.key] ?? field.default),
      )
    // Lending a saved password to another host would hand it to whoever answers there (R13).
    const lent = saved === undefined || moved ? {} : this.#open(saved)
    const given = new Set(Object.keys(input.config))
    const kept = Object.fromEntries(Object.entries(lent).filter(([key]) => !given.has(key)))
    return {
      id: id ?? '',
      name: input.name,
      engine,
      config: withReadOnly(
        engine,
        withPaths(engine, checkConfig(engine, { ...config, ...kept, ...secrets })),
        input.readOnly ?? false,
      ),
      readOnly: input.readOnly ?? false,
    }
  }

  #resolved(connection: StoredConnection, values: ConnectionConfig): ResolvedConnection {
    const engine = this.#engine(connection.engine)
    return {
      id: connection.id,
      name: connection.name,
      engine,
      config: withReadOnly(engine, withPaths(engine, checkConfig(engine, values)), connection.readOnly),
      readOnly: connection.readOnly,
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

  #find(actor: Actor, id: string): StoredConnection {
    this.#refresh()
    const connection = this.#stored.find(one => one.id === id && one.owner === actor.id)
    if (connection === undefined) throw new TuskError('NOT_FOUND', 'There is no such connection.')
    return connection
  }

  /** Form values → plain config and clear secrets; what is null or empty is left out. */
  #split(
    engine: Engine,
    values: ConnectionInput['config'],
  ): { config: ConnectionConfig; secrets: Record<string, string> } {
    const config: Record<string, string | number | boolean> = {}
    const secrets: Record<string, string> = {}
    const secretKeys = new Set(engine.fields.filter(field => field.kind === 'secret').map(field => field.key))
    for (const [key, value] of Object.entries(values)) {
      if (value === null || value === '') continue
      if (secretKeys.has(key)) secrets[key] = String(value)
      else config[key] = value
    }
    return { config, secrets }
  }

  #seal(actor: Actor, id: string, secrets: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(secrets).map(([key, value]) => [key, this.#secrets.encrypt(value, `${actor.id}/${id}/${key}`)]),
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

  /** One writer after the other; passwords that the older Tusk left in clear are encrypted on the way. */
  #change<T>(
    change: (stored: readonly StoredConnection[]) => { stored: readonly StoredConnection[]; value: T },
  ): Promise<T> {
    const work = this.#writing.then(async () => {
      this.#refresh()
      const { stored, value } = change(this.#stored)
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
      await writeConnectionFile(this.#file, sealed)
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

function publicView(connection: StoredConnection): SavedConnection {
  const { secrets, clearSecrets, ...rest } = connection
  return { ...rest, secrets: Object.keys({ ...clearSecrets, ...secrets }) }
}

function checkedName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '') throw new TuskError('CONNECTION_CONFIG', 'The connection needs a name.')
  return trimmed
}

function uniqueName(actor: Actor, stored: readonly StoredConnection[], name: string): string {
  const taken = new Set(stored.filter(one => one.owner === actor.id).map(one => one.name))
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

/** The connection's read-only switch turns on the engine's own. */
function withReadOnly(engine: Engine, config: ConnectionConfig, readOnly: boolean): ConnectionConfig {
  if (!readOnly || !engine.fields.some(field => field.key === 'read_only')) return config
  return { ...config, read_only: true }
}
