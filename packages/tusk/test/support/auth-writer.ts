import { localActor } from '../../src/auth/actor.ts'
import type { Auth } from '../../src/auth/auth.ts'
import { connectionNames } from '../../src/auth/directory/connection-names.ts'
import { readDirectory } from '../../src/auth/directory/directory-document.ts'
import { openAuth } from '../../src/auth/open-auth.ts'

/** Each kind of change to auth.db, the n-th of it. What it needs was made by `before` of the test. */
export const authWrites: Readonly<Record<string, (auth: Auth, n: number) => void>> = {
  'person.create': (auth, n) => {
    const groups = [auth.groups.byName('Viewers')?.id ?? '', auth.groups.byName('Analysts')?.id ?? '']
    auth.people.create(localActor, { name: `made-${n}`, groups })
  },
  'person.groups': (auth, n) => {
    const names = n % 2 === 0 ? ['Viewers', 'Analysts'] : ['Data Engineers']
    const groups = names.map(name => auth.groups.byName(name)?.id ?? '')
    auth.people.update(localActor, personOf(auth, 'ada'), { groups, email: `n${n}@example.org` })
  },
  'person.disable': (auth, n) => {
    auth.people.update(localActor, personOf(auth, 'ada'), { active: n % 2 === 0 })
  },
  'person.delete': (auth, n) => {
    const { id } = auth.people.create(localActor, { name: `gone-${n}` })
    auth.people.remove(localActor, id, personOf(auth, 'heir'))
  },
  'password.reset': (auth, n) =>
    auth.people.setPassword(localActor, personOf(auth, 'ada'), `hash ${n}`, { mustChange: true }),
  'group.update': (auth, n) => {
    const group = auth.groups.byName('Viewers')
    if (group === undefined) throw new Error('no group')
    const permissions =
      n % 2 === 0 ? ['data.view', 'queries.execute'] : ['connections.view', 'cluster.view', 'data.export']
    auth.groups.update(localActor, group.id, { ...group, permissions, description: `${n}` })
  },
  'group.delete': (auth, n) => {
    const group = auth.groups.create(localActor, { name: `short-${n}`, permissions: ['data.view', 'queries.execute'] })
    auth.groups.remove(localActor, group.id)
  },
  'connection.rights': (auth, n) => {
    const [one, other] = ['Viewers', 'Analysts'].map(name => auth.groups.byName(name)?.id ?? '')
    const level = n % 2 === 0 ? 'use' : 'view'
    auth.connectionRights.set(localActor, 'shop', 'Shop', [
      { groupId: one ?? '', level, readOnly: n % 2 === 0 },
      { groupId: other ?? '', level, readOnly: n % 2 === 0 },
    ])
  },
  'share.create': (auth, n) => {
    const actor = auth.actorOf(personOf(auth, 'ada'))
    auth.shares.create(actor, { kind: 'result', objectId: `r${n}`, title: `Result ${n}`, to: 'link', days: 1 })
  },
  'share.revoke': (auth, n) => {
    const actor = auth.actorOf(personOf(auth, 'ada'))
    const { share } = auth.shares.create(actor, { kind: 'query', objectId: `q${n}`, title: 'Q', to: 'link', days: 1 })
    auth.shares.revoke(actor, share.id)
  },
  'token.revoke': (auth, n) => {
    const root = auth.actorOf(personOf(auth, 'root'))
    const { token } = auth.tokens.create(root, { name: `token ${n}`, permissions: ['data.view'], days: 1 })
    auth.tokens.revoke(root, root.id, token.id)
  },
  'person.link': (auth, n) => {
    const external = { issuer: 'https://login.example.org', subject: `s${n}` }
    auth.people.link(localActor, personOf(auth, 'ada'), n % 2 === 0 ? undefined : external)
  },
  'session.end': (auth, n) => {
    const ada = personOf(auth, 'ada')
    const session = { lifetimeMs: 60_000, idleMs: 60_000, address: '::1', agent: `${n}` }
    for (let count = 0; count < 2; count++) auth.sessions.create({ ...session, personId: ada })
    auth.people.signOut(localActor, ada)
  },
  'directory.import': (auth, n) => {
    const document = readDirectory(
      `[groups.Imported]\ndescription = "${n}"\npermissions = ["data.view"]\n[people.imported-${n}]\ngroups = ["Imported"]\n[people.twin-${n}]\ngroups = ["Imported"]`,
    )
    const names = connectionNames([])
    const { fingerprint } = auth.directory.plan(localActor, document, names)
    auth.directory.apply(localActor, document, names, { fingerprint, passwordHashOf: () => undefined })
  },
}

function personOf(auth: Auth, name: string): string {
  return auth.people.byName(name)?.id ?? ''
}

// As a process of its own: writes one kind without end, and says each time that it is done.
const [, , file, kind] = process.argv
if (import.meta.main && file !== undefined && kind !== undefined) {
  using auth = openAuth(file)
  const write = authWrites[kind]
  if (write === undefined) throw new Error(`no kind ${kind}`)
  for (let n = 1; ; n++) {
    write(auth, n)
    process.stdout.write(`${n}\n`)
  }
}
