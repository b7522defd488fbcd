import { createHash } from 'node:crypto'
import type { Actor } from '../auth/actor.ts'
import type { ConnectionPeople } from '../auth/connection-people.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { SecretBox } from '../home/secrets.ts'

/** A connection to which people bring their own user and password. */
export interface SignedInto {
  readonly id: string
  readonly name: string
  readonly config: ConnectionConfig
}

/** Users and passwords that people gave for a connection of which each is to have their own (R13). */
export class PersonalSignIn {
  readonly #kept: ConnectionPeople
  readonly #secrets: SecretBox

  constructor(kept: ConnectionPeople, secrets: SecretBox) {
    this.#kept = kept
    this.#secrets = secrets
  }

  has(actor: Actor, engine: Engine, connection: SignedInto): boolean {
    return this.#kept.signIn(connection.id, actor.id)?.place === placeOf(engine, connection)
  }

  /** Values of the engine's `personal.signIn` in clear. CREDENTIALS_REQUIRED when this person has given none for where it leads now. */
  of(actor: Actor, engine: Engine, connection: SignedInto): ConnectionConfig {
    const kept = this.#kept.signIn(connection.id, actor.id)
    const place = placeOf(engine, connection)
    if (kept === undefined || kept.place !== place) throw required(connection)
    return JSON.parse(this.#secrets.decrypt(kept.sealed, contextOf(actor, connection, place))) as ConnectionConfig
  }

  keep(actor: Actor, engine: Engine, connection: SignedInto, values: ConnectionConfig): void {
    const place = placeOf(engine, connection)
    const sealed = this.#secrets.encrypt(JSON.stringify(values), contextOf(actor, connection, place))
    this.#kept.keepSignIn(actor, connection, { place, sealed })
  }

  forget(actor: Actor, connection: SignedInto): void {
    this.#kept.forgetSignIn(actor, connection)
  }
}

function required({ name }: SignedInto): TuskError {
  return new TuskError('CREDENTIALS_REQUIRED', `“${name}” needs your own user and password.`, {
    detail: 'Each person signs in to this database for themselves, and Tusk knows no sign-in of yours for it.',
    hint: 'Choose “Sign in …” in the menu of the connection. After a change of its host, port or TLS mode it is asked for again.',
  })
}

/** Host, port, TLS mode: a sign-in is for the server that it was given for. */
function placeOf(engine: Engine, { config }: SignedInto): string {
  const own = new Set(engine.personal?.signIn)
  const identity = engine.fields
    .filter(field => field.identity === true && !own.has(field.key))
    .map(field => [field.key, config[field.key] ?? field.default ?? null])
  return createHash('sha256')
    .update(JSON.stringify([engine.id, identity]))
    .digest('hex')
}

function contextOf(actor: Actor, { id }: SignedInto, place: string): string {
  return `sign-in/${actor.id}/${id}/${place}`
}
