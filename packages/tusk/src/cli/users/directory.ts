import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { text as readAll } from 'node:stream/consumers'
import { localActor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { type ConnectionNames, connectionNames } from '../../auth/directory/connection-names.ts'
import type { DirectoryPlan } from '../../auth/directory/directory.ts'
import { type DirectoryDocument, readDirectory, writeDirectory } from '../../auth/directory/directory-document.ts'
import { readLegacyDirectory, SQLITE_MAGIC } from '../../auth/directory/legacy-directory.ts'
import { oneTimePassword } from '../../auth/password-rules.ts'
import { hashPassword } from '../../auth/passwords.ts'
import { TuskError } from '../../errors.ts'
import { Home } from '../../home/home.ts'
import { writeFileAtomic } from '../../home/write-file-atomic.ts'
import { SavedConnections } from '../../query/saved-connections.ts'
import type { CommandCall } from '../command.ts'
import { askYes } from '../plugins/ask.ts'

/** `tusk users export [FILE]` */
export async function exportDirectory(auth: Auth, file: string | undefined): Promise<number> {
  const text = writeDirectory(auth.directory.export(localActor, await names()))
  if (file === undefined) process.stdout.write(text)
  else await writeFileAtomic(file, text)
  return 0
}

/** `tusk users import FILE [--dry-run] [--prune] [--yes]`; a TOML file, or users.db of the older Tusk. */
export async function importDirectory(
  auth: Auth,
  file: string | undefined,
  { values, signal }: CommandCall,
): Promise<number> {
  if (file === undefined) throw new TuskError('USAGE', 'Which file?')
  const connections = await names()
  const { document, leftOut } = await documentFrom(file)
  const prune = values.prune === true
  const plan = auth.directory.plan(localActor, document, connections, { prune })
  const json = values.json === true
  const done = values['dry-run'] === true || plan.changes.length === 0
  if (!json || !done) process.stderr.write([...leftOut.map(one => `left out: ${one}\n`), ...planLines(plan)].join(''))
  if (done) {
    if (json) process.stdout.write(`${JSON.stringify({ changes: plan.changes, leftOut, done: false }, null, 2)}\n`)
    return 0
  }
  if (values.yes !== true && !(await askYes('Do this?', signal))) return 1
  const passwords = new Map(plan.needPassword.map(name => [name, oneTimePassword()]))
  const hashes = new Map<string, string>()
  for (const [name, password] of passwords) hashes.set(name, await hashPassword(password))
  auth.directory.apply(localActor, document, connections, {
    prune,
    fingerprint: plan.fingerprint,
    passwordHashOf: name => hashes.get(name),
  })
  const oneTimePasswords = Object.fromEntries(passwords)
  if (json)
    process.stdout.write(
      `${JSON.stringify({ changes: plan.changes, leftOut, done: true, oneTimePasswords }, null, 2)}\n`,
    )
  else {
    for (const [name, password] of passwords) process.stdout.write(`one-time password of ${name}: ${password}\n`)
    process.stderr.write('done\n')
  }
  return 0
}

/** What an import would do, a line each. */
function planLines({ changes }: DirectoryPlan): readonly string[] {
  if (changes.length === 0) return ['Everything is as the file says already.\n']
  return changes.map(
    ({ kind, what, name, facts }) => `${kind} ${what} ${name}${facts.length === 0 ? '' : `: ${facts.join('; ')}`}\n`,
  )
}

async function documentFrom(
  file: string,
): Promise<{ readonly document: DirectoryDocument; readonly leftOut: readonly string[] }> {
  if (file !== '-' && beginsWith(file, SQLITE_MAGIC)) return readLegacyDirectory(file)
  return {
    document: readDirectory(file === '-' ? await readAll(process.stdin) : readFileSync(file, 'utf8')),
    leftOut: [],
  }
}

function beginsWith(file: string, magic: string): boolean {
  let handle: number
  try {
    handle = openSync(file, 'r')
  } catch (error) {
    throw new TuskError('USAGE', `${file} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
    })
  }
  try {
    const head = Buffer.alloc(magic.length)
    readSync(handle, head, 0, magic.length, 0)
    return head.toString('latin1') === magic
  } finally {
    closeSync(handle)
  }
}

async function names(): Promise<ConnectionNames> {
  const home = Home.open()
  const { engines } = await import('../../engines/index.ts')
  const connections = new SavedConnections({ file: home.path('connections.toml'), engines, secrets: home.secrets })
  return connectionNames(connections.ownedBy(localActor))
}
