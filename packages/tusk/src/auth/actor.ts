import type { Permission, PluginPermission } from './permissions.ts'

/** Who asks. Repositories take it first and filter by `id` (R15). */
export interface Actor {
  /** Owner id of everything this person makes; `local` in single mode. */
  readonly id: string
  readonly name: string
  can(permission: Permission | PluginPermission): boolean
}

/** The one person of single mode, who may do everything. */
export const localActor: Actor = { id: 'local', name: 'local', can: () => true }
