import { existsSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import { TuskError } from '../errors.ts'
import { fileInside } from './discover.ts'
import type { TuskPlugin } from './plugin.ts'

/** What is taken already. */
export interface TakenNames {
  /** Ids of features and plugins. */
  readonly ids: readonly string[]
  readonly engines: readonly string[]
  readonly formats: readonly string[]
  readonly steps: readonly string[]
  readonly commands: readonly string[]
}

/**
 * Whether a module's default export is a plugin that this Tusk can have: PLUGIN_FAILED, in a sentence for its author, for the first
 * thing that is not so. `folder` is its package: templates and files must lie in there.
 */
export function checkPlugin(value: unknown, folder: string, tuskVersion: string, taken: TakenNames): TuskPlugin {
  if (typeof value !== 'object' || value === null || !('id' in value))
    throw failed('Its module has no plugin as its default export.', 'export default definePlugin({ id: … })')
  const plugin = value as TuskPlugin
  const { id } = plugin
  if (typeof id !== 'string' || !/^[a-z][a-z0-9-]{1,31}$/.test(id))
    throw failed(
      `“${String(id)}” is no id for a plugin.`,
      'Two to 32 small letters, digits and hyphens, a letter first.',
    )
  if (taken.ids.includes(id)) throw failed(`There is another plugin with the id “${id}”.`, 'Disable one of them.')
  checkRange(plugin, tuskVersion)
  for (const [what, url] of [
    ['templates', plugin.templates],
    ['assets', plugin.assets],
  ] as const)
    if (url !== undefined) checkFolder(what, url, folder)
  for (const { permission } of plugin.permissions ?? [])
    if (!permission.startsWith(`plugin.${id}.`) || !/^plugin\.[a-z0-9-]+\.[a-z][a-z0-9_.-]*$/.test(permission))
      throw failed(`“${permission}” is no permission of this plugin.`, `Its permissions begin with plugin.${id}.`)
  unique(
    'engine',
    plugin.engines?.map(engine => engine.id),
    taken.engines,
  )
  unique(
    'export format',
    plugin.exporters?.map(exporter => exporter.format),
    taken.formats,
  )
  unique(
    'pipeline step',
    plugin.steps?.map(step => step.kind),
    taken.steps,
  )
  unique(
    'command',
    plugin.commands?.map(command => command.name),
    taken.commands,
  )
  unique(
    'dataset',
    plugin.datasets?.map(dataset => dataset.name),
    [],
    /^[a-z][a-z0-9_]{0,62}$/,
  )
  unique(
    'job',
    plugin.jobs?.map(job => job.id),
  )
  unique(
    'result viewer',
    plugin.resultViewers?.map(viewer => viewer.id),
  )
  unique(
    'notification',
    plugin.notifications?.map(({ event }) => event),
    [],
    /^[a-z][a-z0-9_.-]{0,62}$/,
  )
  unique(
    'setting',
    plugin.config?.map(field => field.key),
    [],
    /^[a-z][a-z0-9_]{0,62}$/,
  )
  for (const dataset of plugin.datasets ?? [])
    if ('table' in dataset && plugin.migrations === undefined)
      throw failed(`The dataset “${dataset.name}” is a table, but the plugin has no migrations that make it.`)
  for (const viewer of plugin.resultViewers ?? [])
    if (
      plugin.assets === undefined ||
      fileInside(realpathSync(fileURLToPath(plugin.assets)), viewer.module) === undefined
    )
      throw failed(`The result viewer “${viewer.id}” has no module ${viewer.module} in the plugin’s assets.`)
  return plugin
}

function checkRange({ requires }: TuskPlugin, tuskVersion: string): void {
  if (requires === undefined) return
  if (semver.validRange(requires) === null)
    throw failed(`“${requires}” is no range of versions.`, 'As ^1.2.0 or >=1.0.0 <3.')
  // A Tusk in development counts as the version that it becomes.
  const version = semver.coerce(tuskVersion)
  if (version === null || !semver.satisfies(version, requires))
    throw failed(
      `It needs Tusk ${requires}, this is ${tuskVersion}.`,
      'Install another version of the plugin, or of Tusk.',
    )
}

/** A folder of the package itself: `..` and links may not lead out of it. */
function checkFolder(what: string, url: unknown, folder: string): void {
  if (!(url instanceof URL) || url.protocol !== 'file:')
    throw failed(`Its ${what} must be the URL of a folder.`, "new URL('../templates/', import.meta.url)")
  const path = fileURLToPath(url)
  if (!existsSync(path) || !statSync(path).isDirectory()) throw failed(`Its folder of ${what} does not exist: ${path}`)
  const real = realpathSync(path)
  if (real !== folder && !real.startsWith(folder + sep))
    throw failed(`Its folder of ${what} lies outside of the package: ${real}`)
}

function unique(
  what: string,
  names: readonly string[] | undefined,
  taken: readonly string[] = [],
  pattern = /^[a-z][a-z0-9.-]{1,62}$/,
): void {
  const seen = new Set<string>()
  for (const name of names ?? []) {
    if (typeof name !== 'string' || !pattern.test(name)) throw failed(`“${String(name)}” is no name for a ${what}.`)
    if (taken.includes(name)) throw failed(`There is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} “${name}” already.`)
    if (seen.has(name)) throw failed(`It has the ${what} “${name}” twice.`)
    seen.add(name)
  }
}

function failed(message: string, hint?: string): TuskError {
  return new TuskError('PLUGIN_FAILED', message, hint === undefined ? {} : { hint })
}
