import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run pack [-- FOLDER]` makes the npm package: FOLDER/package, and FOLDER/tuskdata-VERSION.tgz of it. Node strips no types under
 * node_modules, so JavaScript is shipped: `src` compiled file by file to `lib`, as deep as it was, so that every path in it holds; the
 * suites of `test/contract` to `testing`; the browser's code as the bundle that Vite makes.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const product = join(root, 'packages', 'tusk')

export interface Packed {
  readonly folder: string
  readonly tarball: string
}

export function pack(output: string): Packed {
  const folder = join(output, 'package')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  compile(folder)
  declareIslands(folder)
  copyFiles(folder)
  writeClassNames(folder)
  run('vite', 'bin/vite.js', ['build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', join(folder, 'build/web')])
  writeFileSync(join(folder, 'build/web/LICENSES.txt'), notices())
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  return { folder, tarball: npmPack(folder, output) }
}

function compile(folder: string): void {
  run('typescript', 'bin/tsc', ['-p', 'tsconfig.package.json', '--outDir', folder])
  renameSync(join(folder, 'src'), join(folder, 'lib'))
  renameSync(join(folder, 'test'), join(folder, 'testing'))
  for (const name of globSync('testing/**/*.{js,ts}', { cwd: folder })) {
    const file = join(folder, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(?<=['"`])\.\.\/\.\.\/src\//g, '../../lib/'))
  }
}

/** `tuskdata/island`: of the browser's code only the types that plugins are given, and what these name. */
function declareIslands(folder: string): void {
  const types = mkdtempSync(join(tmpdir(), 'tusk-types-'))
  try {
    run('typescript', 'bin/tsc', ['-p', 'tsconfig.island.json', '--outDir', types])
    const wanted = ['src/ui/web/plugin-island.d.ts']
    for (const name of wanted) {
      const text = readFileSync(join(types, name), 'utf8')
      mkdirSync(dirname(join(folder, name.replace(/^src/, 'lib'))), { recursive: true })
      writeFileSync(join(folder, name.replace(/^src/, 'lib')), text)
      for (const [, path = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.[jt]s['"]/g)) {
        const next = `${join(dirname(name), path)}.d.ts`
        if (!wanted.includes(next)) wanted.push(next)
      }
    }
  } finally {
    rmSync(types, { recursive: true, force: true })
  }
}

/** Templates, styles and whatever else lies beside the code and is read at run time. */
function copyFiles(folder: string): void {
  for (const name of globSync('src/**/*', { cwd: product, withFileTypes: true })) {
    const path = join(name.parentPath, name.name)
    const inside = path.slice(join(product, 'src').length)
    if (!name.isFile() || extname(path) === '.ts' || /[/\\]web[/\\]/.test(inside)) continue
    cpSync(path, join(folder, 'lib', inside))
  }
  for (const name of ['bin/tusk.mjs', 'README.md']) cpSync(join(product, name), join(folder, name))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
}

/** The style sheet is compiled at the first start, from every class that is named somewhere; browser code names some, and is not there. */
function writeClassNames(folder: string): void {
  const { Scanner } = createRequire(join(product, 'package.json'))('@tailwindcss/oxide') as ScannerModule
  for (const web of globSync(['src/ui/web', 'src/features/*/web'], { cwd: product })) {
    const sources = globSync('**/*.{ts,js,svelte}', { cwd: join(product, web), exclude: ['**/*.d.ts'] }).sort()
    const names = new Scanner({}).scanFiles(
      sources.map(name => ({
        extension: extname(name).slice(1),
        content: readFileSync(join(product, web, name), 'utf8'),
      })),
    )
    const target = join(folder, web.replace(/^src/, 'lib'))
    mkdirSync(target, { recursive: true })
    writeFileSync(
      join(target, 'class-names.js'),
      `// Words of the browser's code that may be class names, for the style sheet.\nexport default ${JSON.stringify(names.sort())}\n`,
    )
  }
}

interface ScannerModule {
  readonly Scanner: new (
    options: object,
  ) => {
    scanFiles(files: readonly { readonly extension: string; readonly content: string }[]): string[]
  }
}

interface Manifest {
  readonly [key: string]: unknown
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function manifest(): object {
  const { devDependencies: _, exports, ...rest } = readManifest(product)
  const compiled = (path: string, extension: string): string =>
    path
      .replace(/^\.\/src\//, './lib/')
      .replace(/^\.\/test\//, './testing/')
      .replace(/\.ts$/, extension)
  return {
    ...rest,
    keywords: ['sql', 'postgresql', 'duckdb', 'sqlite', 'arrow', 'database', 'studio'],
    exports: {
      ...Object.fromEntries(
        Object.entries(exports).map(([name, path]) => [
          name,
          name === './island'
            ? { types: compiled(path, '.d.ts') }
            : { types: compiled(path, '.d.ts'), default: compiled(path, '.js') },
        ]),
      ),
      './package.json': './package.json',
    },
    files: ['bin', 'build/web', 'lib', 'testing'],
  }
}

/** The licences of what the bundle holds parts of: all that browser code is built from, with what that needs. */
function notices(): string {
  const seen = new Map<string, string>()
  const walk = (name: string, from: string): void => {
    const folder = packageFolder(name, from)
    if (folder === undefined || seen.has(folder)) return
    const {
      version,
      license,
      dependencies = {},
    } = readManifest(folder) as Manifest & {
      readonly license?: string
      readonly dependencies?: Readonly<Record<string, string>>
    }
    const [file] = globSync('{LICENSE,LICENCE,license,OFL}*', { cwd: folder }).sort()
    const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`
    seen.set(folder, `${name} ${version} (${license ?? 'see its text'})${text}\n`)
    for (const next of Object.keys(dependencies)) walk(next, folder)
  }
  for (const name of [...Object.keys(readManifest(product).devDependencies), '@uwdata/flechette'])
    if (name !== 'vite') walk(name, product)
  return [...seen.values()].sort().join(`\n${'-'.repeat(80)}\n\n`)
}

function packageFolder(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
    if (folder === dirname(folder)) return undefined
  }
}

function npmPack(folder: string, output: string): string {
  const windows = process.platform === 'win32'
  const { status, stdout, stderr } = spawnSync(
    windows ? 'npm.cmd' : 'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', output],
    { cwd: folder, encoding: 'utf8', shell: windows, env: { ...process.env, NODE_OPTIONS: '' } },
  )
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`)
  return join(output, stdout.trim().split('\n').at(-1) ?? '')
}

function run(packageName: string, script: string, args: readonly string[]): void {
  const folder = packageFolder(packageName, product)
  if (folder === undefined) throw new Error(`${packageName} is not installed`)
  const { status } = spawnSync(process.execPath, [join(folder, script), ...args], {
    cwd: product,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error(`${packageName} failed`)
}

if (import.meta.main) {
  const { tarball } = pack(resolve(process.argv[2] ?? join(product, 'build')))
  process.stdout.write(`${tarball}\n`)
}
