import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { TuskError } from '../../errors.ts'
import { Home } from '../../home/home.ts'
import { absolutePath } from '../../home/paths.ts'
import { checkPlugin } from '../../plugins/check-plugin.ts'
import { type PluginPackage, readPluginPackage } from '../../plugins/discover.ts'
import { shareTusk } from '../../plugins/module-hooks.ts'
import type { TuskPlugin } from '../../plugins/plugin.ts'
import { providedBy } from '../../plugins/provided-by.ts'
import { within } from '../../plugins/within.ts'
import { version } from '../../version.ts'
import { onRecord } from '../on-record.ts'
import { type Action, oneName } from './action.ts'
import { askYes } from './ask.ts'
import { npm } from './npm.ts'

/**
 * Installs into a folder of its own first, shows what came and asks; only then into the state directory. So a package that is refused,
 * by Tusk or by the person, was never there.
 */
export const run: Action = async call => {
  process.umask(0o077)
  const what = packageSpec(oneName(call, 'plugin'))
  const home = Home.open()
  const trial = mkdtempSync(join(home.path('tmp'), 'plugin-'))
  try {
    process.stderr.write(`looking at ${what} …\n`)
    await npm(trial, ['install', what], call.signal)
    const found = onlyPlugin(trial, what)
    const plugin = await imported(found)
    process.stderr.write(`\n${describe(found, plugin)}\n\n`)
    if (
      !call.yes &&
      !(await askYes(`Install ${plugin.name ?? plugin.id}? It runs inside Tusk, with all your rights.`, call.signal))
    ) {
      process.stderr.write('Nothing was installed.\n')
      return 1
    }
    await onRecord(home, { action: 'plugin.install', target: plugin.id }, () =>
      npm(home.path('plugins'), ['install', what], call.signal),
    )
    process.stdout.write(
      `${plugin.id} ${plugin.version ?? found.version} is installed. A studio that runs sees it at its next start.\n`,
    )
    return 0
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
}

/** A file or folder of this machine when there is one, otherwise a name that npm knows. */
function packageSpec(text: string): string {
  const path = absolutePath(text)
  if (existsSync(path)) return statSync(path).isDirectory() ? folderSpec(path) : path
  if (isAbsolute(text) || text.startsWith('.') || text.endsWith('.tgz'))
    throw new TuskError('USAGE', `There is no ${path}.`)
  if (!/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(@[a-z0-9.^~<>=*-]+)?$/i.test(text))
    throw new TuskError('USAGE', `“${text}” is no name of a package.`)
  return text
}

/** What would be packed of a folder is copied; npm's own way, a link, would go when the folder goes. */
function folderSpec(path: string): string {
  const found = readPluginPackage(path, 'installed')
  if (found === undefined)
    throw new TuskError('PLUGIN_FAILED', `${path} is not a Tusk plugin.`, {
      hint: 'Its package.json needs "tusk": { "plugin": "./dist/index.js" }.',
    })
  return path
}

function onlyPlugin(trial: string, what: string): PluginPackage {
  const nodeModules = join(trial, 'node_modules')
  const names = Object.keys(dependenciesOf(trial))
  for (const name of names) {
    const found = readPluginPackage(join(nodeModules, name), 'installed')
    if (found !== undefined) return found
  }
  throw new TuskError('PLUGIN_FAILED', `${what} is not a Tusk plugin.`, {
    detail: `It holds ${
      readdirSync(nodeModules)
        .filter(name => !name.startsWith('.'))
        .slice(0, 5)
        .join(', ') || 'nothing'
    }.`,
    hint: 'The package.json of a plugin has "tusk": { "plugin": "./dist/index.js" }.',
  })
}

function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  return dependencies
}

async function imported(found: PluginPackage): Promise<TuskPlugin> {
  shareTusk()
  const module = (await within(10_000, 'Importing it', () => import(found.entry))) as { default?: unknown }
  return checkPlugin(module.default, found.folder, version, {
    ids: [],
    engines: [],
    formats: [],
    steps: [],
    commands: [],
  })
}

function describe(found: PluginPackage, plugin: TuskPlugin): string {
  return [
    `${plugin.name ?? plugin.id} ${plugin.version ?? found.version} (${found.packageName})`,
    ...(plugin.description === undefined ? [] : [plugin.description]),
    ...providedBy(plugin).map(what => `  adds ${what}`),
    ...(plugin.permissions ?? []).map(({ permission, description }) => `  permission ${permission}: ${description}`),
  ].join('\n')
}
