import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { TuskError } from '../errors.ts'

/** The unprivileged user that PostgreSQL runs as when Tusk itself is root, which PostgreSQL refuses. */
export interface PostgresAccount {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** Undefined when this process is not root: then PostgreSQL runs as the same user. Otherwise `postgres`, or `nobody`. */
export function postgresAccount(): PostgresAccount | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find(fields => fields[0] === name) ?? []
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) }
  }
  throw new TuskError(
    'UNSUPPORTED',
    'PostgreSQL does not run as root, and there is no unprivileged user to run it as.',
    {
      hint: 'Start Tusk as an ordinary user, or add the system user "postgres".',
    },
  )
}

/** The first folder on the way to `path` (itself left out) that the account may not enter; undefined when all is well. */
export function untraversableParent(path: string, account: PostgresAccount): string | undefined {
  const parents: string[] = []
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    parents.unshift(folder)
    if (folder === dirname(folder)) break
  }
  return parents.find(folder => !mayEnter(folder, account))
}

function mayEnter(folder: string, account: PostgresAccount): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
