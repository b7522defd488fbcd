import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/** A folder whose files somebody may reach. */
export interface Root {
  readonly path: string
  readonly writable: boolean
}

/**
 * The root that a path lies in, a writable one before others; undefined when it lies in none. Links are followed as far as the path
 * exists, so that neither `..` nor a link leads out (R27); what somebody else changes on disk after the answer is not seen.
 */
export function rootOf(path: string, roots: readonly Root[]): Root | undefined {
  if (path.includes('\0')) return undefined
  const real = realPath(resolve(path))
  const holding = roots.filter(root => holds(realPath(resolve(root.path)), real))
  return holding.find(({ writable }) => writable) ?? holding[0]
}

/**
 * Real paths of the folders of `roots` that are there, for whoever reaches all that lies in them. Not those that hold `kept` (the state
 * directory) or lie in it: no folder is opened to it.
 */
export function openFolders(roots: readonly Root[], kept: string): readonly string[] {
  const closed = realPath(resolve(kept))
  const paths = roots.map(({ path }) => realPath(resolve(path)))
  return [...new Set(paths)].filter(
    path => !holds(path, closed) && !holds(closed, path) && statSync(path, { throwIfNoEntry: false })?.isDirectory(),
  )
}

/** Whether a path, wherever links lead it, lies in a folder. */
export function liesIn(folder: string, path: string): boolean {
  return path.includes('\0') || holds(realPath(resolve(folder)), realPath(resolve(path)))
}

function holds(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Of what is not there yet, the real path of the folder it would be in. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
