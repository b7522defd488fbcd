import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const entry = fileURLToPath(new URL('../ui/styles/main.css', import.meta.url))

export interface StyleOptions {
  /** Folders whose files name classes: templates and web sources, of features and plugins too. Asked again after `renew`. */
  readonly sources: () => readonly string[]
  /** Compiled sheets are kept here, by the hash of all that they come from. */
  readonly cacheDirectory: string
  /** Look for changed sources at each call. */
  readonly watch?: boolean
}

export interface Style {
  /** The sheet for what the sources are now. Compiled once; a second start finds it in the cache. */
  current(): Promise<{ readonly hash: string; readonly file: string }>
  /** The sources are other ones now. */
  renew(): void
}

/** One style sheet for all pages: Tailwind and daisyUI over every class that a template or a web source names. */
export function createStyle({ sources, cacheDirectory, watch = false }: StyleOptions): Style {
  let made: { readonly stamp: string; readonly sheet: Promise<{ hash: string; file: string }> } | undefined
  return {
    async current() {
      const files = watch || made === undefined ? sources().flatMap(listSources) : []
      const stamp = watch || made === undefined ? stampOf(files) : made.stamp
      if (made === undefined || made.stamp !== stamp) {
        const sheet = compileCached(files, cacheDirectory)
        made = { stamp, sheet }
        sheet.catch(() => {
          made = undefined // the next page tries again
        })
      }
      return made.sheet
    },
    renew() {
      made = undefined
    },
  }
}

async function compileCached(
  files: readonly string[],
  cacheDirectory: string,
): Promise<{ hash: string; file: string }> {
  const contents = files.map(file => ({ extension: extname(file).slice(1), content: readFileSync(file, 'utf8') }))
  const sum = createHash('sha256').update(packageVersion('tailwindcss')).update(packageVersion('daisyui'))
  for (const file of styleFiles()) sum.update(readFileSync(file)).update('\0')
  for (const { content } of contents) sum.update('\0').update(content)
  const hash = sum.digest('hex').slice(0, 16)
  const file = join(cacheDirectory, `style-${hash}.css`)
  if (existsSync(file)) return { hash, file }
  const css = await compileSheet(contents)
  mkdirSync(cacheDirectory, { recursive: true, mode: 0o700 })
  // Written whole or not at all; it can always be compiled again, so no fsync.
  const partial = `${file}.${process.pid}.part`
  writeFileSync(partial, css, { mode: 0o600 })
  renameSync(partial, file)
  removeOld(cacheDirectory, file)
  return { hash, file }
}

async function compileSheet(contents: { content: string; extension: string }[]): Promise<string> {
  const [{ compile }, { Scanner }] = await Promise.all([import('tailwindcss'), import('@tailwindcss/oxide')])
  const compiler = await compile(readFileSync(entry, 'utf8'), {
    base: dirname(entry),
    loadStylesheet: async (id, base) => {
      const path = resolveStylesheet(id, base)
      return { path, base: dirname(path), content: readFileSync(path, 'utf8') }
    },
    loadModule: async (id, base) => {
      const path = id.startsWith('.') ? resolve(base, id) : require.resolve(id)
      const loaded = (await import(pathToFileURL(path).href)) as { default?: unknown }
      return { path, base: dirname(path), module: (loaded.default ?? loaded) as never }
    },
  })
  return compiler.build(new Scanner({}).scanFiles(contents))
}

function resolveStylesheet(id: string, base: string): string {
  if (id.startsWith('.')) return resolve(base, id)
  if (id === 'tailwindcss') return require.resolve('tailwindcss/index.css')
  return require.resolve(id.endsWith('.css') ? id : `${id}.css`)
}

function packageVersion(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version
}

/** Keeps the last few: another Tusk of another version may share the directory. */
function removeOld(cacheDirectory: string, current: string): void {
  const sheets = readdirSync(cacheDirectory)
    .filter(name => /^style-[0-9a-f]{16}\.css$/.test(name))
    .map(name => join(cacheDirectory, name))
    .filter(file => file !== current)
    .map(file => ({ file, time: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time)
  for (const { file } of sheets.slice(4)) rmSync(file, { force: true })
}

function stampOf(files: readonly string[]): string {
  return [...styleFiles(), ...files]
    .map(file => {
      const stat = statSync(file, { throwIfNoEntry: false })
      return `${file}:${stat?.size}:${stat?.mtimeMs}`
    })
    .join('|')
}

/** Our own sheets, which main.css puts together. */
function styleFiles(): string[] {
  const folder = dirname(entry)
  return readdirSync(folder)
    .filter(name => name.endsWith('.css'))
    .sort()
    .map(name => join(folder, name))
}

/** Templates, and the TypeScript of browsers (folders named `web`). */
function listSources(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(item => item.isFile() && /\.(html|ts|js|svelte)$/.test(item.name) && !item.name.endsWith('.d.ts'))
    .map(item => join(item.parentPath, item.name))
    .sort()
}
