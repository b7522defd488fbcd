/// <reference types="vite/client" />
import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import type { IslandModule } from './island.ts'
import { type IslandSources, startIslands } from './island-loader.ts'
import { startShell } from './shell.ts'

const modules = import.meta.glob<IslandModule>(['./*.island.ts', '../../features/*/web/*.island.ts'])
const sources: IslandSources = Object.fromEntries(
  Object.entries(modules).map(([path, load]) => [path.replace(/^.*\/(.+)\.island\.ts$/, '$1'), load]),
)

startShell()
startIslands(document.body, sources)
if (document.querySelector('[x-data]') !== null) void import('./alpine.ts')
if (document.querySelector('[hx-get],[hx-post],[hx-put],[hx-delete],[hx-patch],[hx-boost]') !== null)
  void import('./htmx.ts')
