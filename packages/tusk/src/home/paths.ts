import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the person started Tusk: what relative paths of theirs are relative to. `npm start` runs elsewhere and says where it was called. */
export function startDirectory(): string {
  return process.env.TUSK_STARTED_IN ?? process.cwd()
}

/** A path as a person writes it → an absolute one: `~` is their home, the rest starts where they started Tusk. */
export function absolutePath(path: string): string {
  if (path === '~') return homedir()
  if (path.startsWith('~/') || path.startsWith('~\\')) return join(homedir(), path.slice(2))
  return resolve(startDirectory(), path)
}
