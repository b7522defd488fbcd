import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)

export interface Check {
  readonly name: string
  /** Prints what is wrong; true when nothing is. */
  run(): boolean
}

/** Types and lint, as `npm run check` and `npm test` see them. */
export const checks: readonly Check[] = [
  { name: 'types', run: () => node(packageBin('typescript', 'tsc'), ['--noEmit', '-p', '.']) },
  {
    name: 'types of browser code',
    run: () => node(packageBin('typescript', 'tsc'), ['--noEmit', '-p', 'tsconfig.web.json']),
  },
  {
    name: 'types of tests of browser code',
    run: () => node(packageBin('typescript', 'tsc'), ['--noEmit', '-p', 'tsconfig.web-tests.json']),
  },
  {
    name: 'lint',
    run: () =>
      node(packageBin('@biomejs/biome', 'biome'), [
        'ci',
        '--colors=off',
        '--error-on-warnings',
        '--no-errors-on-unmatched',
        '.',
      ]),
  },
]

function packageBin(name: string, bin: string): string {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin: bins } = require(manifest) as { bin: string | Record<string, string> }
  const path = typeof bins === 'string' ? bins : bins[bin]
  if (path === undefined) throw new Error(`${name} has no command ${bin}`)
  return join(dirname(manifest), path)
}

function node(script: string, args: readonly string[]): boolean {
  return (
    spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  )
}

if (import.meta.main) {
  const failed = checks.filter(check => !check.run())
  if (failed.length > 0) {
    process.stdout.write(`${failed.map(check => check.name).join(', ')}: failed\n`)
    process.exitCode = 1
  }
}
