import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

export const memoryPath = ':memory:'

/** One key for one database file, by whatever name and link it is reached; `:memory:` for a database in memory. */
export function databaseKey(path: string): string {
  if (path === '' || path === memoryPath) return memoryPath
  const absolute = resolve(path)
  return realPath(absolute) ?? join(realPath(dirname(absolute)) ?? dirname(absolute), basename(absolute))
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined // not there yet: DuckDB makes it, or says why not
  }
}
