import { TuskError } from '../errors.ts'
import type { Notification } from './notification.ts'
import type { TuskPlugin } from './plugin.ts'
import type { PluginConfig, PluginStorage, PluginTusk, Tusk } from './tusk.ts'

export interface PluginParts {
  readonly storage?: PluginStorage | undefined
  readonly config?: PluginConfig | undefined
  readonly stateFile?: (name: string) => string
  readonly notify?: (event: string, notification: Notification) => void
}

/** Tusk as one plugin or feature gets it. What it did not declare says so when it is asked for. */
export function pluginTusk(tusk: Tusk, plugin: TuskPlugin, parts: PluginParts = {}): PluginTusk {
  return {
    ...tusk,
    log: tusk.log.child({ plugin: plugin.id }),
    stateFile: parts.stateFile ?? tusk.stateFile,
    get storage(): PluginStorage {
      return parts.storage ?? missing(plugin, 'storage', 'migrations')
    },
    get config(): PluginConfig {
      return parts.config ?? missing(plugin, 'settings', 'config')
    },
    notify(event, notification) {
      if (plugin.notifications?.some(one => one.event === event) !== true)
        throw new TuskError('BAD_REQUEST', `“${event}” is not among the notifications of ${plugin.id}.`)
      parts.notify?.(`${plugin.id}.${event}`, notification)
    },
  }
}

function missing(plugin: TuskPlugin, what: string, member: string): never {
  throw new TuskError('PLUGIN_FAILED', `${plugin.id} has no ${what}.`, { hint: `Declare \`${member}\` in the plugin.` })
}
