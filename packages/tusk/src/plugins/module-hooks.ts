import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

let registered = false
const generations = new Map<string, number>()

/**
 * Lets plugins, wherever they lie, import `tuskdata/plugin`, `tuskdata/arrow` and `tuskdata/testing` of the Tusk that runs: there is one
 * of each, whatever the plugin has installed itself. Call it before importing one; more calls do nothing.
 */
export function shareTusk(): void {
  if (registered) return
  registered = true
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = specifier.startsWith('tuskdata/')
        ? next(specifier, { ...context, parentURL: import.meta.url })
        : next(specifier, context)
      for (const [folder, generation] of generations)
        if (resolved.url.startsWith(folder) && !resolved.url.includes('/node_modules/') && !resolved.url.includes('?'))
          return { ...resolved, url: `${resolved.url}?reloaded=${generation}` }
      return resolved
    },
  })
}

/** From now on the modules in `folder` are new ones: the next import reads the files again. The old ones stay in memory. */
export function forgetModules(folder: string): void {
  const url = `${pathToFileURL(folder).href}/`
  generations.set(url, (generations.get(url) ?? 0) + 1)
}
