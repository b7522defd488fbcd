import { watch } from 'node:fs'
import { sep } from 'node:path'
import type { Logger } from 'pino'
import type { PluginHost } from './plugin-host.ts'

/** Files of an editor, of npm and of git say nothing about a plugin. */
const ignored = /(^|[/\\])(node_modules|\.git|\.state)([/\\]|$)|~$|\.(swp|tmp|db|db-wal|db-shm)$/

/** Loads plugins that were given as folders again after their files change, once it has been quiet for a moment, until disposed. */
export function watchPlugins(plugins: PluginHost, log: Logger, say: (text: string) => void): Disposable {
  const ends = plugins
    .list()
    .filter(({ source }) => source === 'folder')
    .map(({ packageName, folder }) => {
      let timer: NodeJS.Timeout | undefined
      const watcher = watch(folder, { recursive: true }, (_event, name) => {
        if (name === null || ignored.test(name.split(sep).join('/'))) return
        clearTimeout(timer)
        timer = setTimeout(() => void reload(packageName), 150)
      })
      watcher.on('error', error => log.warn({ err: error, folder }, 'a plugin cannot be watched'))
      return () => {
        clearTimeout(timer)
        watcher.close()
      }
    })
  return {
    [Symbol.dispose]() {
      for (const end of ends) end()
    },
  }

  async function reload(packageName: string): Promise<void> {
    try {
      const { id, error } = await plugins.reload(packageName)
      say(
        error === undefined
          ? `${id} is loaded again`
          : `${id} failed: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}`,
      )
    } catch (error) {
      log.error({ err: error }, 'a plugin could not be loaded again')
    }
  }
}
