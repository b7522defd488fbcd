import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Actor, localActor } from '../../src/auth/actor.ts'
import type { Auth } from '../../src/auth/auth.ts'
import { defaultGroups } from '../../src/auth/default-groups.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export interface TestAuth {
  readonly auth: Auth
  readonly file: string
  /** Makes a person in these groups, by their names, and gives them as they come in. */
  person(name: string, groups?: readonly string[], options?: { readonly administrator?: boolean }): Actor
  /** The same person as they are now. */
  again(actor: Actor): Actor
}

/** An auth.db of its own with the default groups and an administrator `root`. Nobody has a password. */
export function openTestAuth(t: Pick<TestContext, 'after'>): TestAuth {
  const file = join(temporaryDirectory(t), 'auth.db')
  const auth = openAuth(file)
  t.after(() => auth[Symbol.dispose]())
  for (const group of defaultGroups) auth.groups.create(localActor, group)
  auth.people.create(localActor, { name: 'root', administrator: true })
  const comeIn = (personId: string): Actor => {
    const { secret } = auth.sessions.create({
      personId,
      lifetimeMs: 3_600_000,
      idleMs: 3_600_000,
      address: '10.0.0.1',
      agent: 'test',
    })
    const actor = auth.bySession(secret, '10.0.0.1')
    if (actor === undefined) throw new Error('nobody came in')
    return actor
  }
  return {
    auth,
    file,
    person(name, groups = [], options = {}) {
      const ids = groups.map(group => auth.groups.byName(group)?.id ?? group)
      return comeIn(auth.people.create(localActor, { name, groups: ids, ...options }).id)
    },
    again: actor => comeIn(actor.id),
  }
}
