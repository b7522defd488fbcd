import { existsSync, globSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TuskError } from '../../errors.ts'
import { absolutePath } from '../../home/paths.ts'
import { version } from '../../version.ts'
import { commandNames } from '../command-table.ts'
import { type Action, oneName } from './action.ts'

const templates = fileURLToPath(new URL('./new-plugin/', import.meta.url))
const ownFolder = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '')

/**
 * Writes a plugin that works: its tests pass at once, without a network, because `tuskdata` (and TypeScript, where this Tusk has it
 * beside it) are links to what is here.
 */
export const run: Action = async call => {
  const folder = absolutePath(oneName(call, 'name'))
  const id = basename(folder)
  checkId(id)
  if (existsSync(folder)) throw new TuskError('USAGE', `${folder} exists already.`, { hint: 'Choose another name.' })
  const words: Readonly<Record<string, string>> = {
    id,
    name: id.replaceAll('-', ' ').replace(/^./, letter => letter.toUpperCase()),
    schema: id.replaceAll('-', '_'),
    range: `>=${version}`,
    tusk: isInstalled() ? version : `file:${ownFolder}`,
  }
  for (const name of globSync('**/*.template', { cwd: templates })) {
    const file = join(folder, name.replace(/\.template$/, '').replace(/^gitignore$/, '.gitignore'))
    mkdirSync(dirname(file), { recursive: true })
    // What begins like a placeholder and is none belongs to a template of the plugin.
    const text = readFileSync(join(templates, name), 'utf8').replaceAll(
      /\{\{(\w+)\}\}/g,
      (whole, word: string) => words[word] ?? whole,
    )
    writeFileSync(file, text)
  }
  link('tuskdata', folder, ownFolder)
  for (const name of ['typescript', '@types/node']) link(name, folder, findPackage(name))
  linkCompiler(folder)
  process.stdout.write(
    [
      `${folder} is a plugin. What now:`,
      '',
      `  cd ${relative(process.cwd(), folder) || '.'}`,
      '  npm test',
      `  tusk studio --plugin . --watch     its page is /p/${id}`,
      '',
      'Its README.md says where what is; npm install replaces the links to this Tusk by packages.',
      '',
    ].join('\n'),
  )
  return 0
}

function checkId(id: string): void {
  if (!/^[a-z][a-z0-9-]{1,31}$/.test(id))
    throw new TuskError('USAGE', `“${id}” is no id for a plugin.`, {
      hint: 'Two to 32 small letters, digits and hyphens, a letter first: tusk plugins new my-plugin',
    })
  if (commandNames.includes(id))
    throw new TuskError('USAGE', `“${id}” is a command of Tusk.`, { hint: 'Choose another name.' })
}

/** Installed as a package, other than run from where it is worked on. */
function isInstalled(): boolean {
  return basename(dirname(ownFolder)) === 'node_modules'
}

/** Puts a package where the plugin will look for it. What is not here is left to `npm install`. */
function link(name: string, folder: string, target: string | undefined): void {
  if (target === undefined) return
  const place = join(folder, 'node_modules', name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(realpathSync(target), place, 'junction')
}

/** `tsc` for the scripts of package.json, as npm would link it; on Windows npm writes a program for it, so `npm install` has to. */
function linkCompiler(folder: string): void {
  if (process.platform === 'win32' || !existsSync(join(folder, 'node_modules/typescript/bin/tsc'))) return
  mkdirSync(join(folder, 'node_modules/.bin'))
  symlinkSync('../typescript/bin/tsc', join(folder, 'node_modules/.bin/tsc'))
}

function findPackage(name: string): string | undefined {
  return (createRequire(import.meta.url).resolve.paths(name) ?? [])
    .map(path => join(path, name))
    .find(path => existsSync(join(path, 'package.json')))
}
