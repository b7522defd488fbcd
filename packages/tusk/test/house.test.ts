import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/**
 * The import rules of docs/house.md, as a table: which rooms a room may import from. `type` marks imports of types only.
 * Files directly under src are rooms of their own (`errors`, `wire`, `tusk` …).
 */
const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  version: [],
  wire: ['type errors', 'type arrow'],
  arrow: ['errors'],
  dialect: ['errors', 'type engine', 'type arrow'],
  engine: ['errors', 'type arrow', 'arrow'],
  'engines/postgres': ['engine', 'arrow', 'errors', 'dialect'],
  'engines/duckdb': ['engine', 'arrow', 'errors', 'dialect'],
  'engines/sqlite': ['engine', 'arrow', 'errors', 'dialect'],
  engines: ['engines/*', 'type engine'],
  export: ['arrow', 'errors', 'type engine', 'dialect'],
  host: ['engine', 'arrow', 'errors', 'results', 'type export'],
  'host-entry': ['host', 'engines', 'export', 'plugins'],
  results: ['engine', 'arrow', 'errors', 'home', 'dialect', 'type host', 'engines/duckdb'],
  query: ['engine', 'dialect', 'arrow', 'errors', 'home', 'type auth', 'type host', 'type results', 'type wire'],
  home: ['errors'],
  auth: ['errors', 'home'],
  jobs: ['errors'],
  pipeline: ['errors', 'type arrow', 'type engine'],
  plugins: [
    'arrow',
    'dialect',
    'engine',
    'errors',
    'home',
    'type auth',
    'type export',
    'type host',
    'type jobs',
    'type pipeline',
    'type query',
    'type results',
  ],
  server: ['auth', 'errors', 'plugins', 'type wire', 'version'],
  ui: [],
  features: [
    'arrow',
    'auth',
    'engine',
    'errors',
    'home',
    'export',
    'dialect',
    'plugins',
    'type query',
    'type results',
    'type wire',
    'type host',
  ],
  samples: ['errors', 'home', 'type engine', 'type dialect', 'dialect', 'arrow', 'engines/postgres'],
  cli: ['*'],
  tusk: ['*'],
  studio: ['*'],
  'open-hosts': ['home', 'host', 'type host'],
}

/** Browser code: no `node:`; of ours only browser code, pure rooms and types. */
const allowedForBrowser = ['web', 'arrow', 'geo', 'dialect', 'errors', 'type wire', 'type engine', 'type results']

interface Edge {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

const edges: readonly Edge[] = globSync('**/*.ts', { cwd: src }).flatMap(file => importsOf(file))

test('every import between rooms is one that docs/house.md allows', () => {
  const wrong = edges.filter(({ file, target }) => target.startsWith('.') && !isAllowed(file, target)).map(describe)
  assert.deepEqual(wrong, [])
})

test('the table would refuse what it is there to refuse', () => {
  for (const [file, target] of [
    ['query/runs.ts', '../engines/postgres/engine.ts'],
    ['server/app.ts', '../features/sql/feature.ts'],
    ['features/sql/routes.ts', '../settings/feature.ts'],
    ['arrow/ipc.ts', '../errors.js/../query/runs.ts'],
    ['ui/web/grid/grid.ts', '../../../home/home.ts'],
  ] as const)
    assert.equal(isAllowed(file, target), false, `${file} → ${target}`)
  assert.ok(edges.length > 100)
})

test('a driver package is imported only inside the folder of its engine', () => {
  const drivers: Readonly<Record<string, string>> = {
    pg: 'engines/postgres',
    '@duckdb/node-api': 'engines/duckdb',
    '@duckdb/node-bindings': 'engines/duckdb',
  }
  const wrong = edges.filter(({ file, target, typeOnly }) => {
    const home = drivers[target]
    if (home === undefined || typeOnly) return false
    return !roomOf(file).startsWith(home) && !roomOf(file).startsWith('samples')
  })
  assert.deepEqual(wrong.map(describe), [])
})

for (const [library, only] of [
  ['@uwdata/flechette', 'arrow/'],
  ['minijinja-js', 'server/render.ts'],
  // What plugins are offered; our own routes have route-schema.ts, as it costs each start 14 MB.
  ['typebox', 'plugins/schema.ts'],
] as const)
  test(`only ${only} knows ${library}`, () => {
    const wrong = edges.filter(
      ({ file, target, typeOnly }) => target === library && !typeOnly && !file.startsWith(only),
    )
    assert.deepEqual(wrong.map(describe), [])
  })

test('plugin packages import what Tusk offers them, Node and themselves', () => {
  const repository = join(src, '../../..')
  const offered = Object.keys(
    (JSON.parse(readFileSync(join(src, '../package.json'), 'utf8')) as { exports: Record<string, string> }).exports,
  ).map(name => name.replace('.', 'tuskdata'))
  const packages = [
    ...globSync(['examples/*/package.json', 'packages/tusk-*/package.json'], { cwd: repository }).map(dirname),
    'packages/tusk/src/cli/plugins/new-plugin',
  ]
  const found = packages.flatMap(folder =>
    globSync('**/*.{ts,js}{,.template}', {
      cwd: join(repository, folder),
      exclude: ['**/node_modules/**', '**/dist/**'],
    })
      .flatMap(name => importsOf(join(folder, name), repository))
      .map(edge => ({ ...edge, folder })),
  )
  const wrong = found.filter(({ file, folder, target }) => {
    if (target.startsWith('.')) return relative(folder, join(dirname(file), target)).startsWith('..')
    return !target.startsWith('node:') && !offered.includes(target)
  })
  assert.deepEqual(wrong.map(describe), [])
  assert.ok(found.some(({ target, folder }) => target === 'tuskdata/plugin' && folder.startsWith('examples')))
})

test('only the command line reads its arguments and ends the process', () => {
  const files = globSync('**/*.ts', { cwd: src }).filter(file => !file.startsWith('cli/') && !isBrowser(file))
  const wrong = files.filter(file => /process\.(argv|exit\()/.test(readFileSync(join(src, file), 'utf8')))
  // A host is a process of ours: its entry and what ends it live in host/; the sample maker is one too.
  assert.deepEqual(
    wrong.filter(file => !file.startsWith('host') && !file.startsWith('samples/')),
    [],
  )
})

test('only home knows where the state directory is', () => {
  const wrong = globSync('**/*.ts', { cwd: src }).filter(
    file =>
      !file.startsWith('home/') &&
      /TUSK_HOME(?!.*says)|\bhomedir\(/.test(withoutText(readFileSync(join(src, file), 'utf8'))),
  )
  assert.deepEqual(wrong, [])
})

function importsOf(file: string, root = src): Edge[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: Edge[] = []
  const pattern =
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  for (const [statement, typeKeyword, target, dynamic] of text.matchAll(pattern)) {
    const named = /\{([^}]*)\}/.exec(statement)?.[1]
    const allTypes = named?.split(',').every(name => name.trim() === '' || name.trim().startsWith('type '))
    found.push({
      file,
      target: target ?? dynamic ?? '',
      typeOnly: typeKeyword !== undefined || (allTypes === true && !/^\s*(import|export)\s+\w+\s*,/.test(statement)),
    })
  }
  return found
}

function isAllowed(file: string, target: string): boolean {
  const typeOnly = edges.filter(one => one.file === file && one.target === target).every(one => one.typeOnly)
  const path = relative(src, resolve(src, dirname(file), target))
  if (path.startsWith('..')) return path.endsWith('package.json')
  const from = roomOf(file)
  const to = roomOf(path)
  if (isBrowser(file)) {
    if (isBrowser(path)) return !file.startsWith('ui/') || path.startsWith('ui/')
    return allowedForBrowser.includes(to) || (typeOnly && allowedForBrowser.includes(`type ${to}`))
  }
  if (from === to) return !from.startsWith('features') || featureOf(file) === featureOf(path)
  const rules = allowed[from] ?? []
  return (
    rules.includes('*') ||
    rules.includes(to) ||
    rules.includes(`${to.split('/')[0]}/*`) ||
    (typeOnly && rules.includes(`type ${to}`))
  )
}

function roomOf(file: string): string {
  const [first = '', second = ''] = file.split(sep)
  if (first === 'engines' && !second.endsWith('.ts')) return `engines/${second}`
  return first.replace(/\.ts$/, '')
}

function featureOf(file: string): string {
  return file.split(sep)[1] ?? ''
}

function isBrowser(file: string): boolean {
  return file.includes(`web${sep}`)
}

function withoutText(text: string): string {
  return text.replace(/'[^'\n]*'/g, "''").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}

function describe({ file, target }: Edge): string {
  return `${file} → ${target}`
}
