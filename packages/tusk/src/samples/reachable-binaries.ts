import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { postgresAccount, untraversableParent } from './postgres-account.ts'

/**
 * `binDirectory` itself, or, where Tusk is root and the unprivileged user of PostgreSQL may not enter it (a clone under /root, a private
 * temporary folder), the same program in a copy that this user may enter: kept under the temporary folder and used again.
 */
export function reachableBinaries(binDirectory: string): string {
  const account = postgresAccount()
  if (account === undefined || untraversableParent(join(binDirectory, 'postgres'), account) === undefined)
    return binDirectory
  const source = dirname(binDirectory)
  const manifest = join(source, '..', 'package.json')
  const identity = createHash('sha256')
    .update(existsSync(manifest) ? readFileSync(manifest) : source)
    .digest('hex')
    .slice(0, 12)
  const copy = join(tmpdir(), `tusk-postgres-${identity}`)
  if (!existsSync(copy)) {
    const fresh = mkdtempSync(join(tmpdir(), 'tusk-postgres-new-'))
    cpSync(source, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true })
    chmodSync(fresh, 0o755)
    try {
      renameSync(fresh, copy)
    } catch {
      rmSync(fresh, { recursive: true, force: true }) // Another process made the copy first.
    }
  }
  // Under a folder that everybody may write to, what is run must be ours alone.
  const { uid, mode } = lstatSync(copy)
  if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${copy} is not this user's own folder`)
  return join(copy, 'native', 'bin')
}
