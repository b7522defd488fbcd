import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TuskError } from '../errors.ts'

/** A package with a plugin in it, not yet imported. */
export interface PluginPackage {
  readonly packageName: string
  readonly version: string
  readonly description: string
  /** Real path of the package. */
  readonly folder: string
  /** URL of the module whose default export is the plugin. */
  readonly entry: string
  readonly source: 'beside' | 'installed' | 'folder'
}

export interface DiscoverOptions {
  /** `~/.tusk/plugins`: packages lie in its `node_modules`. */
  readonly installed?: string
  /** Folders of packages, given at the start. */
  readonly folders?: readonly string[]
  /** A folder `node_modules`; default: the one that Tusk itself lies in. */
  readonly beside?: string | undefined
}

export interface Discovered {
  readonly packages: readonly PluginPackage[]
  /** Packages that say that they are plugins, and are not usable. */
  readonly problems: readonly { readonly packageName: string; readonly folder: string; readonly error: TuskError }[]
}

/**
 * Finds plugins: packages whose package.json says `"tusk": { "plugin": "./dist/index.js" }`. A folder given at the start goes before an
 * installed package of the same name, that before one beside Tusk. Nothing of a plugin runs here.
 */
export function discoverPlugins(options: DiscoverOptions): Discovered {
  const packages = new Map<string, PluginPackage>()
  const problems: { packageName: string; folder: string; error: TuskError }[] = []
  const places: (readonly [PluginPackage['source'], readonly string[]])[] = [
    ['folder', (options.folders ?? []).map(folder => resolve(folder))],
    ['installed', options.installed === undefined ? [] : packagesIn(join(options.installed, 'node_modules'))],
    ['beside', packagesIn('beside' in options ? options.beside : ownNodeModules())],
  ]
  for (const [source, folders] of places)
    for (const folder of folders) {
      try {
        const found = readPluginPackage(folder, source)
        if (found === undefined) {
          if (source === 'folder') throw notAPlugin(folder)
        } else if (!packages.has(found.packageName)) packages.set(found.packageName, found)
      } catch (error) {
        problems.push({ packageName: basename(folder), folder, error: TuskError.from(error, 'PLUGIN_FAILED') })
      }
    }
  return { packages: [...packages.values()], problems }
}

/**
 * The plugin in a folder; undefined when its package.json names none. PLUGIN_FAILED when what it names is not a file inside the folder.
 * A folder given at the start is somebody's work: its `tusk.source`, TypeScript that Node runs as it is, goes before `tusk.plugin`.
 */
export function readPluginPackage(folder: string, source: PluginPackage['source']): PluginPackage | undefined {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return undefined
  let manifest: Manifest
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  } catch (error) {
    throw new TuskError('PLUGIN_FAILED', `${file} cannot be read.`, { cause: error })
  }
  const { plugin, source: typescript } = manifest.tusk ?? {}
  if (plugin === undefined) return undefined
  const real = realpathSync(folder)
  const wanted = source === 'folder' && typeof typescript === 'string' ? [typescript, plugin] : [plugin]
  for (const name of wanted) {
    if (typeof name !== 'string') throw notAPlugin(folder)
    const entry = fileInside(real, name)
    if (entry !== undefined)
      return {
        packageName: manifest.name ?? basename(real),
        version: manifest.version ?? '',
        description: manifest.description ?? '',
        folder: real,
        entry: pathToFileURL(entry).href,
        source,
      }
  }
  throw new TuskError('PLUGIN_FAILED', `${manifest.name ?? folder} has no file ${String(wanted.at(-1))}.`, {
    detail: 'Its package.json names it as the plugin’s module.',
    hint: source === 'folder' ? 'Build it first: npm run build.' : 'Ask its author for a complete package.',
  })
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly description?: string
  readonly tusk?: { readonly plugin?: unknown; readonly source?: unknown }
}

/** The real path of `name` when it is a file inside `folder`; links out of it do not count. */
export function fileInside(folder: string, name: string): string | undefined {
  const path = resolve(folder, name)
  if (!existsSync(path)) return undefined
  const real = realpathSync(path)
  return real.startsWith(folder + sep) && statSync(real).isFile() ? real : undefined
}

function notAPlugin(folder: string): TuskError {
  return new TuskError('PLUGIN_FAILED', `${folder} is not a Tusk plugin.`, {
    hint: 'Its package.json needs "tusk": { "plugin": "./dist/index.js" }.',
  })
}

function packagesIn(nodeModules: string | undefined): string[] {
  if (nodeModules === undefined || !existsSync(nodeModules)) return []
  return readdirSync(nodeModules)
    .filter(name => !name.startsWith('.'))
    .flatMap(name =>
      name.startsWith('@')
        ? readdirSync(join(nodeModules, name)).map(inner => join(nodeModules, name, inner))
        : [join(nodeModules, name)],
    )
    .sort()
}

/** `node_modules` that Tusk was installed into, or the one of the workspace it is worked on in. */
function ownNodeModules(): string | undefined {
  const own = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '')
  if (basename(dirname(own)) === 'node_modules') return dirname(own)
  for (let folder = dirname(own); folder !== dirname(folder); folder = dirname(folder)) {
    const link = join(folder, 'node_modules', 'tuskdata')
    if (existsSync(link)) return realpathSync(link) === own ? dirname(link) : undefined
  }
  return undefined
}
