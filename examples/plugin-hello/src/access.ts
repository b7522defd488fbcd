// #region access
import type { Actor, PermissionDescription } from 'tuskdata/plugin'

/** What groups can be given: reading takes nothing, adding people does. */
export const permissions: readonly PermissionDescription[] = [
  { permission: 'plugin.hello.write', description: 'Add and remove people to greet.' },
]

/** Asked after the permissions. It can refuse; it cannot allow. */
export function checkAccess(actor: Actor): boolean {
  return actor.id !== 'grump'
}
// #endregion
