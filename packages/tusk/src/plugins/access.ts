import type { Actor } from '../auth/actor.ts'
import type { TuskPlugin } from './plugin.ts'
import { within } from './within.ts'

/**
 * Whether the plugin as a whole is for somebody: its `permission`, then its own `checkAccess`, which can only refuse. A check that
 * throws or takes longer than a second refuses.
 */
export async function mayUse(plugin: TuskPlugin, actor: Actor): Promise<boolean> {
  const { permission } = plugin
  if (permission !== undefined && permission !== 'public' && permission !== 'authenticated' && !actor.can(permission))
    return false
  if (plugin.checkAccess === undefined) return true
  try {
    return (await within(1_000, 'Its check of access', async () => plugin.checkAccess?.(actor))) === true
  } catch {
    return false // the docstring says so: when in doubt, no
  }
}
