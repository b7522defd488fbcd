#!/usr/bin/env node
// The one door of the workspace: `npm start`, `npm test`, … all come here. Plain JavaScript without dependencies, for Node 18
// and newer: it finds or fetches Node 24, installs from the lock file, builds what is stale, and hands over.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_VERSION = '24'
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const cache = join(root, '.cache')
const product = join(root, 'packages', 'tusk')
const windows = process.platform === 'win32'

const commands = {
  start: { build: true, run: ['packages/tusk/src/cli/main.ts', 'studio'] },
  dev: { build: false, run: ['scripts/dev.ts'] },
  test: { build: true, run: ['scripts/test.ts'] },
  check: { build: false, run: ['scripts/check.ts'] },
  build: { build: true, run: undefined },
  bench: { build: true, run: ['packages/tusk/bench/main.ts'] },
  pack: { build: false, run: ['scripts/pack.ts'] },
}

const [name, ...rest] = process.argv.slice(2)
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
if (command === undefined) {
  console.error(`usage: npm run ${Object.keys(commands).join('|')}`)
  process.exit(2)
}
try {
  mkdirSync(cache, { recursive: true })
  const node = findNode() ?? fetchNode()
  install(node)
  if (command.build) build(node)
  if (command.run !== undefined) await handOver(node, [...command.run, ...rest])
} catch (error) {
  console.error(`tusk: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

function say(text) {
  console.error(`tusk: ${text}`)
}

/** This Node when it is new enough, or the one that an earlier call fetched. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const fetched = fetchedNode()
  return existsSync(fetched) ? fetched : undefined
}

function fetchedNode() {
  const folder = join(cache, `node-${NODE_VERSION}`, 'node_modules', nodePackage())
  return windows ? join(folder, 'bin', 'node.exe') : join(folder, 'bin', 'node')
}

function nodePackage() {
  return `node-${windows ? 'win' : process.platform}-${process.arch}`
}

/** Node comes as an ordinary npm package that holds nothing but the binary: no install script, no other download. */
function fetchNode() {
  say(`Node ${process.versions.node} is older than 24; fetching ${NODE_VERSION} through npm …`)
  const folder = join(cache, `node-${NODE_VERSION}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n')
  npm(
    [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${nodePackage()}@${NODE_VERSION}`,
    ],
    folder,
  )
  const node = fetchedNode()
  if (!existsSync(node))
    throw new Error(
      `npm has no Node 24 for ${process.platform}-${process.arch}; install Node 24 or newer yourself (nodejs.org)`,
    )
  return node
}

function install(node) {
  const stamp = hash([readFileSync(join(root, 'package-lock.json')), node])
  if (readStamp('installed') === stamp && existsSync(join(root, 'node_modules'))) return
  say('installing packages …')
  // Also where NODE_ENV says production: the web pages are built here.
  npm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root)
  writeStamp('installed', stamp)
}

function build(node) {
  const stamp = hash(
    webSources().map(file => {
      const { size, mtimeMs } = statSync(file)
      return `${file}:${size}:${mtimeMs}`
    }),
  )
  if (readStamp('built') === stamp && existsSync(join(product, 'build', 'web'))) return
  say('building the web pages …')
  run(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], product)
  writeStamp('built', stamp)
}

/** All that the browser's bundles are made of. */
function webSources() {
  const files = [join(root, 'package-lock.json'), join(product, 'vite.config.ts')]
  const walk = folder => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (/\.(ts|css|svelte|json|svg)$/.test(entry.name)) files.push(path)
    }
  }
  for (const folder of ['arrow', 'dialect', 'engine', 'geo', 'ui', 'features'])
    if (existsSync(join(product, 'src', folder))) walk(join(product, 'src', folder))
  return files.sort()
}

function npm(args, cwd) {
  run(windows ? 'npm.cmd' : 'npm', args, cwd, { ...process.env, NODE_OPTIONS: '' })
}

function run(file, args, cwd, env = process.env) {
  // Answers of programs go to stderr, so that stdout is the command's own.
  const { status, error, signal } = spawnSync(file, args, {
    cwd,
    env,
    stdio: ['ignore', 2, 2],
    shell: windows && file.endsWith('.cmd'),
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${[file, ...args].slice(0, 3).join(' ')} … failed (${signal ?? `exit ${status}`})`)
}

function handOver(node, args) {
  return new Promise((done, fail) => {
    const path = `${dirname(node)}${windows ? ';' : ':'}${process.env.PATH ?? ''}`
    const child = spawn(node, args, {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: path,
        TUSK_STARTED_IN: process.env.INIT_CWD ?? process.cwd(),
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cache, 'compiled'),
      },
    })
    // A terminal's Ctrl+C reaches the child by itself; a second one from here would mean "at once".
    process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143)
      done()
    })
  })
}

function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}

function readStamp(name) {
  try {
    return readFileSync(join(cache, `${name}.stamp`), 'utf8')
  } catch {
    return undefined
  }
}

function writeStamp(name, stamp) {
  const file = join(cache, `${name}.stamp`)
  writeFileSync(`${file}.${process.pid}`, stamp)
  renameSync(`${file}.${process.pid}`, file)
}
