import type { Actor } from '../auth/actor.ts'
import type { ConnectionConfig, Engine } from '../engine/engine.ts'

/**
 * Saved connections (connections.toml). Every member shows a person their own and what the rights of their groups open to them; any
 * other connection is NOT_FOUND. What the rights do not reach (using a connection that may be viewed) is NOT_PERMITTED.
 */
export interface Connections {
  list(actor: Actor): readonly SavedConnection[]
  get(actor: Actor, id: string): SavedConnection
  create(actor: Actor, input: ConnectionInput): Promise<SavedConnection>
  /** CONFLICT when `version` is stale. Changing an identity field drops the saved secrets that the input does not give (R13). */
  update(actor: Actor, id: string, input: ConnectionInput & { readonly version?: number }): Promise<SavedConnection>
  remove(actor: Actor, id: string): Promise<void>
  /**
   * Settings with secrets in clear, for opening a session only: to `use` it, which needs `connections.use`, or to `view` its schema.
   * CONNECTION_CONFIG when they are not valid, CREDENTIALS_REQUIRED where this person has not given their own.
   */
  resolve(actor: Actor, id: string, purpose?: 'view' | 'use'): ResolvedConnection
  /** As `resolve`, with this user and password of theirs instead of those that are kept. BAD_REQUEST when it is no connection for that. */
  resolveWithSignIn(actor: Actor, id: string, values: ConnectionConfig): ResolvedConnection
  /** Keeps what somebody signs in with, encrypted, until the connection leads elsewhere. As `resolveWithSignIn`. */
  keepSignIn(actor: Actor, id: string, values: ConnectionConfig): void
  forgetSignIn(actor: Actor, id: string): void
  /** Checks form values against the engine's fields, with the saved secrets of `id` where they are absent. CONNECTION_CONFIG names the field. */
  check(actor: Actor, input: ConnectionInput, id?: string): ResolvedConnection
  engines: readonly Engine[]
  /** Name and owner of what somebody owns, or of all there is; no settings. NOT_PERMITTED unless an administrator with `system.users` asks. */
  ownedBy(by: Actor, personId?: string): readonly OwnedConnection[]
  /**
   * Gives a connection to another person, with its secrets and the rights of groups. Its owner does it, or an administrator with
   * `system.users`; for anybody else NOT_FOUND. That `to` exists is the caller's to check.
   */
  transfer(by: Actor, id: string, to: { readonly id: string; readonly name: string }): Promise<void>
  /** Removes all that somebody owns, who is to be deleted. NOT_PERMITTED without `system.users`. */
  removeOf(by: Actor, personId: string): Promise<void>
}

export interface OwnedConnection {
  readonly id: string
  readonly name: string
  readonly engine: string
  /** Id of a person. */
  readonly owner: string
}

export interface SavedConnection {
  readonly id: string
  readonly name: string
  readonly engine: string
  /** Without secrets. */
  readonly config: ConnectionConfig
  readonly secrets: readonly string[]
  readonly color?: string
  /** `production` asks before it loses data; other words are labels. */
  readonly environment?: string
  readonly readOnly: boolean
  readonly sample: boolean
  /** Each person signs in to the database with their own user and password. */
  readonly eachSignsIn: boolean
  /** Where each signs in: whether the one who asks has given theirs. */
  readonly signedIn: boolean
  /** Statements run as the database role of the person. */
  readonly asOwnRole: boolean
  /** The role that statements of the one who asks run as. */
  readonly role?: string
  readonly owner: string
  /** What the one who asks may do with it. */
  readonly level: 'view' | 'use' | 'edit' | 'own'
  readonly version: number
}

export interface ConnectionInput {
  readonly name: string
  readonly engine: string
  /** null or '' removes a value; an absent secret is kept. */
  readonly config: Readonly<Record<string, string | number | boolean | null>>
  readonly color?: string
  /** '' removes it; absent: as it was. */
  readonly environment?: string
  readonly readOnly?: boolean
  /** BAD_REQUEST where the kind of database knows no such thing, and in single mode. */
  readonly eachSignsIn?: boolean
  readonly asOwnRole?: boolean
}

export interface ResolvedConnection {
  readonly id: string
  /** Sessions of equal keys may share a process: of one connection, and where people have their own sign-in or role of one person. */
  readonly hostKey: string
  readonly name: string
  readonly engine: Engine
  readonly config: ConnectionConfig
  readonly environment?: string
  readonly readOnly: boolean
}
