import { realpathSync } from 'node:fs'
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
