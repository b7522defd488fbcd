import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'

/** A program that some tests need, and the Debian packages that bring it. */
interface Tool {
  readonly name: string
  readonly packages: readonly string[]
  present(): boolean
}

const tools: readonly Tool[] = [
  {
    name: 'Chromium, for the browser tests',
    packages: ['chromium'],
    present: () => existsSync(process.env.TUSK_CHROMIUM ?? '/usr/bin/chromium'),
  },
  {
    name: 'PostgreSQL 15 with PostGIS, for the tests against a second server version',
    packages: ['postgresql-15', 'postgresql-15-postgis-3'],
    present: () =>
      existsSync('/usr/lib/postgresql/15/bin/postgres') &&
      globSync('/usr/share/postgresql/15/extension/postgis.control').length > 0,
  },
  { name: 'the sqlite3 shell, for the benchmarks', packages: ['sqlite3'], present: () => onPath('sqlite3') },
  {
    name: 'curl and jq, for the examples of docs/api-tokens.md',
    packages: ['curl', 'jq'],
    present: () => onPath('curl') && onPath('jq'),
  },
  { name: 'openssl, for the TLS tests', packages: ['openssl'], present: () => onPath('openssl') },
]

/**
 * Installs what is missing where that is allowed (Debian, root). Gives a line for each tool that stays absent, with the command
 * that would bring it; its tests are then skipped by name.
 */
export function ensureTestTools(): readonly string[] {
  const missing = tools.filter(tool => !tool.present())
  if (missing.length === 0) return []
  const packages = missing.flatMap(tool => tool.packages)
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    process.stdout.write(`installing ${packages.join(', ')} …\n`)
    const apt = (...args: readonly string[]): void => {
      spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=600', '-qq', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    }
    apt('update')
    apt('install', '-y', '--no-install-recommends', ...packages)
  }
  return missing
    .filter(tool => !tool.present())
    .map(
      tool =>
        `absent: ${tool.name}; its tests are skipped. To enable them: sudo apt-get install ${tool.packages.join(' ')}`,
    )
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(':').some(folder => existsSync(`${folder}/${program}`))
}
