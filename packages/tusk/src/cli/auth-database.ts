import { existsSync } from 'node:fs'
import type { Auth } from '../auth/auth.ts'
import { openAuth } from '../auth/open-auth.ts'
import type { Person } from '../auth/people.ts'
import { TuskError } from '../errors.ts'
import { Home } from '../home/home.ts'

/** auth.db for a command; a studio may be running on it. NOT_FOUND before `tusk auth init`. */
export function openCommandAuth(): Auth & Disposable {
  process.umask(0o077)
  const file = Home.open().path('auth.db')
  if (!existsSync(file)) throw new TuskError('NOT_FOUND', 'There are no people yet.', { hint: 'First: tusk auth init' })
  return openAuth(file)
}

export function personNamed(auth: Auth, name: string | undefined): Person {
  if (name === undefined) throw new TuskError('USAGE', 'Which person?')
  const person = auth.people.byName(name)
  if (person === undefined)
    throw new TuskError('NOT_FOUND', `There is no person “${name}”.`, { hint: 'tusk users list' })
  return person
}

/** Ids of groups by their names. NOT_FOUND names the one that is missing. */
export function groupIds(auth: Auth, names: readonly string[]): readonly string[] {
  return names.map(name => {
    const group = auth.groups.byName(name)
    if (group === undefined)
      throw new TuskError('NOT_FOUND', `There is no group “${name}”.`, { hint: 'tusk groups list' })
    return group.id
  })
}

/** `Analysts,Viewers` → both. */
export function listFrom(value: string | boolean | undefined): readonly string[] {
  return typeof value !== 'string'
    ? []
    : value
        .split(',')
        .map(part => part.trim())
        .filter(part => part !== '')
}
