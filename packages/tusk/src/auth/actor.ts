import type { Root } from '../home/roots.ts'
import type { Limits } from './limits.ts'
import type { Permission, PluginPermission } from './permissions.ts'

/** Who asks. Repositories take it first and filter by `id` (R15). Made anew for each request, from what is true at that moment. */
export interface Actor {
  /** Owner id of everything this person makes; `local` in single mode. */
  readonly id: string
  readonly name: string
  can(permission: Permission | PluginPermission): boolean
  /** How they came in. Absent for the one person of single mode and for the operator at the command line, who may do everything. */
  readonly signedIn?: SignedIn
}

export interface SignedIn {
  readonly via: 'session' | 'token' | 'proxy'
  /** Of the session or token. */
  readonly id: string
  readonly administrator: boolean
  /** Ids. */
  readonly groups: readonly string[]
  readonly limits: Limits
  /** Folders of their groups, whose files they may reach. */
  readonly fileRoots: readonly Root[]
  /** Nothing but the change of the password is open to them. */
  readonly mustChangePassword: boolean
  /** Where the request came from. */
  readonly address: string
  /** The only connections that a token may use. Absent: all that the person may. */
  readonly connections?: readonly string[]
}

/** The one person of single mode, who may do everything. The first administrator of multi-user mode has the same id, and so the same things. */
export const localActor: Actor = { id: 'local', name: 'local', can: () => true }

/** Whether somebody is above permissions: an administrator, the operator at the command line, the one person of single mode. */
export function isAdministrator({ signedIn }: Actor): boolean {
  return signedIn?.administrator ?? true
}
