import type { Logger } from 'pino'
import type { Actor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import type { TuskPlugin } from './plugin.ts'
import { within } from './within.ts'

interface Trouble {
  readonly error: TuskError
  isLogged: boolean
}

const troubles = new WeakMap<TuskPlugin, Trouble>()

/**
 * Whether the plugin as a whole is for somebody: its `permission`, then its own `checkAccess`, which can only refuse. A check that
 * throws or takes longer than a second refuses; that is logged once, and `accessTrouble` has it from then on.
 */
export async function mayUse(plugin: TuskPlugin, actor: Actor, log?: Pick<Logger, 'warn'>): Promise<boolean> {
  const { permission } = plugin
  if (permission !== undefined && permission !== 'public' && permission !== 'authenticated' && !actor.can(permission))
    return false
  if (plugin.checkAccess === undefined) return true
  try {
    return (await within(1_000, 'Its check of access', async () => plugin.checkAccess?.(actor))) === true
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const known = troubles.get(plugin)
    const trouble = known?.error.detail === message ? known : { error: failed(message), isLogged: false }
    troubles.set(plugin, trouble)
    if (log !== undefined && !trouble.isLogged) {
      trouble.isLogged = true
      log.warn(
        { plugin: plugin.id, err: error },
        `the plugin ${plugin.id} refuses everybody whose access it cannot check`,
      )
    }
    return false
  }
}

/** What went wrong when the plugin was asked who may use it; undefined: nothing so far. */
export function accessTrouble(plugin: TuskPlugin): TuskError | undefined {
  return troubles.get(plugin)?.error
}

function failed(message: string): TuskError {
  return new TuskError('PLUGIN_FAILED', 'Its check of access failed, so it refuses.', { detail: message })
}
