/// <reference types="vite/client" />
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import { startComponentActions } from './component-actions.ts'
import { componentIslands } from './component-islands.ts'
import type { IslandModule } from './island.ts'
import { type IslandSources, startIslands } from './island-loader.ts'
import { startPluginGlobals } from './plugin-globals.ts'
import { startSessionEnd } from './session-end.ts'
import { startShell } from './shell.ts'

const modules = import.meta.glob<IslandModule>(['./*.island.ts', '../../features/*/web/*.island.ts'])
const sources: IslandSources = Object.fromEntries(
  Object.entries(modules).map(([path, load]) => [path.replace(/^.*\/(.+)\.island\.ts$/, '$1'), load]),
)

startSessionEnd()
startPluginGlobals()
startShell()
startComponentActions()
startIslands(document.body, name => componentIslands[name] ?? sources[name] ?? pluginIsland(name))
startInteraction()
document.addEventListener('htmx:after:swap', startInteraction)

/** `<plugin>/<name>`: the module `<name>.island.js` among the files of the plugin. */
function pluginIsland(name: string): (() => Promise<IslandModule>) | undefined {
  if (!/^[a-z][a-z0-9-]*\/[\w-]+(\/[\w-]+)*$/.test(name)) return undefined
  const address = `/static/plugins/${name}.island.js`
  return () => import(/* @vite-ignore */ address) as Promise<IslandModule>
}

/** Alpine and htmx, as soon as something on the page asks for them. */
function startInteraction(): void {
  if (document.querySelector('[x-data]') !== null) void import('./alpine.ts')
  if (document.querySelector('[hx-get],[hx-post],[hx-put],[hx-delete],[hx-patch],[hx-boost]') !== null)
    void import('./htmx.ts')
}
