import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { permissions } from '../../src/auth/permissions.ts'
import { TuskError } from '../../src/errors.ts'
import { openTestAuth } from '../support/test-auth.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected

test('the default groups hold 24, 16, 10 and 4 permissions, and people hold the union of theirs', t => {
  const { auth, person } = openTestAuth(t)
  assert.deepEqual(
    auth.groups.list().map(({ name, permissions: held }) => [name, held.length]),
    [
      ['Administrators', 24],
      ['Analysts', 10],
      ['Data Engineers', 16],
      ['Viewers', 4],
    ],
  )
  assert.equal(permissions.length, 24)
  const nobody = person('nobody')
  assert.deepEqual(
    permissions.filter(permission => nobody.can(permission)),
    [],
  )
  const both = person('both', ['Viewers', 'Analysts'])
  assert.equal(permissions.filter(permission => both.can(permission)).length, 10)
})

for (const permission of permissions)
  test(`${permission} is gained with a group and lost with it, in the session that is open`, t => {
    const { auth } = openTestAuth(t)
    const group = auth.groups.create(localActor, { name: 'One', permissions: [permission] })
    const ada = auth.people.create(localActor, { name: 'ada' })
    const { secret } = auth.sessions.create({
      personId: ada.id,
      lifetimeMs: 60_000,
      idleMs: 60_000,
      address: '',
      agent: '',
    })
    const holds = () => permissions.filter(one => auth.bySession(secret, '')?.can(one) === true)
    assert.deepEqual(holds(), [])
    auth.people.update(localActor, ada.id, { groups: [group.id] })
    assert.deepEqual(holds(), [permission])
    auth.groups.update(localActor, group.id, { name: 'One', permissions: [] })
    assert.deepEqual(holds(), [])
    auth.groups.update(localActor, group.id, { name: 'One', permissions: [permission] })
    assert.deepEqual(holds(), [permission])
    auth.groups.remove(localActor, group.id)
    assert.deepEqual(holds(), [])
  })

test('nobody gives what they do not hold: not to a group, not to a person, not by joining', t => {
  const { auth, person } = openTestAuth(t)
  const clerks = auth.groups.create(localActor, {
    name: 'Clerks',
    permissions: ['system.users', 'system.groups', 'data.view'],
  })
  const clerk = person('clerk', ['Clerks'])
  const engineers = auth.groups.byName('Data Engineers')
  const viewer = person('viewer', ['Viewers'])
  assert.throws(() => auth.groups.create(clerk, { name: 'Mine', permissions: ['data.export'] }), code('NOT_PERMITTED'))
  assert.throws(
    () => auth.groups.update(clerk, clerks.id, { name: 'Clerks', permissions: ['admin.view'] }),
    code('NOT_PERMITTED'),
  )
  assert.throws(
    () => auth.people.update(clerk, clerk.id, { groups: [clerks.id, engineers?.id ?? ''] }),
    code('NOT_PERMITTED'),
  )
  assert.throws(() => auth.people.update(clerk, viewer.id, { administrator: true }), code('NOT_PERMITTED'))
  assert.throws(() => auth.people.create(clerk, { name: 'new', administrator: true }), code('NOT_PERMITTED'))
  assert.throws(
    () => auth.people.setPassword(clerk, auth.people.byName('root')?.id ?? '', 'x', { mustChange: false }),
    code('NOT_PERMITTED'),
  )
  const made = auth.people.create(clerk, { name: 'new', groups: [clerks.id] })
  assert.deepEqual(made.groups, [{ id: clerks.id, name: 'Clerks' }])
  assert.deepEqual(auth.groups.create(clerk, { name: 'Lookers', permissions: ['data.view'] }).permissions, [
    'data.view',
  ])
})

test('the last active administrator stays, however one tries', t => {
  const { auth } = openTestAuth(t)
  const root = auth.people.byName('root')
  const id = root?.id ?? ''
  assert.throws(() => auth.people.update(localActor, id, { administrator: false }), code('CONFLICT'))
  assert.throws(() => auth.people.update(localActor, id, { active: false }), code('CONFLICT'))
  assert.throws(() => auth.people.remove(localActor, id), code('CONFLICT'))
  assert.equal(auth.people.get(id).active && auth.people.get(id).administrator, true)
  const second = auth.people.create(localActor, { name: 'second', administrator: true })
  auth.people.remove(localActor, id)
  assert.throws(() => auth.people.remove(localActor, second.id), code('CONFLICT'))
})

test('disabling, a new password and deleting end sessions; what another process changes is seen at once', async t => {
  const { auth, file, person } = openTestAuth(t)
  const ada = person('ada', ['Analysts'])
  const open = () =>
    auth.sessions.create({ personId: ada.id, lifetimeMs: 60_000, idleMs: 60_000, address: '', agent: '' }).secret
  const first = open()
  using elsewhere = openAuth(file)
  const told = Promise.withResolvers<void>()
  using _listening = auth.onChange(told.resolve)
  elsewhere.people.update(localActor, ada.id, { active: false })
  assert.equal(auth.bySession(first, ''), undefined)
  await told.promise
  elsewhere.people.update(localActor, ada.id, { active: true })
  assert.equal(auth.bySession(first, ''), undefined)
  const [second, third] = [open(), open()]
  const kept = auth.bySession(second, '')?.signedIn?.id ?? ''
  auth.people.setPassword(localActor, ada.id, 'a hash', { mustChange: false, keepSession: kept })
  assert.equal(auth.bySession(second, '')?.name, 'ada')
  assert.equal(auth.bySession(third, ''), undefined)
  auth.people.remove(localActor, ada.id)
  assert.equal(auth.bySession(second, ''), undefined)
})

test('somebody who must change the password can do nothing else', t => {
  const { auth } = openTestAuth(t)
  const group = auth.groups.byName('Administrators')
  const ada = auth.people.create(localActor, {
    name: 'ada',
    administrator: true,
    mustChangePassword: true,
    groups: [group?.id ?? ''],
  })
  const { secret } = auth.sessions.create({
    personId: ada.id,
    lifetimeMs: 60_000,
    idleMs: 60_000,
    address: '',
    agent: '',
  })
  const actor = auth.bySession(secret, '')
  assert.equal(actor?.signedIn?.administrator, false)
  assert.deepEqual(
    permissions.filter(permission => actor?.can(permission)),
    [],
  )
})

test('names are unique without regard to case and to how they are composed; odd ones are refused', t => {
  const { auth } = openTestAuth(t)
  auth.people.create(localActor, { name: 'Jos\u00e9' })
  assert.throws(() => auth.people.create(localActor, { name: 'Jose\u0301' }), code('CONFLICT'))
  assert.throws(() => auth.people.create(localActor, { name: 'ROOT' }), code('CONFLICT'))
  for (const name of ['', ' ', '.hidden', 'a b', 'a\u0000b', "o'brien", '<b>', 'x'.repeat(65)])
    assert.throws(() => auth.people.create(localActor, { name }), code('BAD_REQUEST'), JSON.stringify(name))
  assert.equal(auth.people.byName("' OR 1=1 --"), undefined)
})

test('a stale change is refused and changes nothing', t => {
  const { auth } = openTestAuth(t)
  const ada = auth.people.create(localActor, { name: 'ada' })
  auth.people.update(localActor, ada.id, { email: 'ada@example.org', version: ada.version })
  assert.throws(
    () => auth.people.update(localActor, ada.id, { email: 'eve@example.org', version: ada.version }),
    code('CONFLICT'),
  )
  assert.equal(auth.people.get(ada.id).email, 'ada@example.org')
})

test('a token can do what it names and its person can, and no more', t => {
  const { auth, person } = openTestAuth(t)
  const analyst = person('ada', ['Analysts'])
  assert.throws(
    () => auth.tokens.create(analyst, { name: 't', permissions: ['system.users'], days: 1 }),
    code('NOT_PERMITTED'),
  )
  assert.throws(() => auth.tokens.create(analyst, { name: 't', permissions: [], days: 1 }), code('BAD_REQUEST'))
  assert.throws(
    () => auth.tokens.create(analyst, { name: 't', permissions: ['no.such'], days: 1 }),
    code('BAD_REQUEST'),
  )
  assert.throws(
    () => auth.tokens.create(analyst, { name: 't', permissions: ['data.view'], days: 0 }),
    code('BAD_REQUEST'),
  )
  const { text, token } = auth.tokens.create(analyst, {
    name: 't',
    permissions: ['data.view'],
    connections: ['c'],
    days: 1,
  })
  const actor = auth.byToken(text, '10.0.0.7')
  assert.deepEqual(
    permissions.filter(permission => actor?.can(permission)),
    ['data.view'],
  )
  assert.deepEqual(actor?.signedIn?.connections, ['c'])
  assert.equal(auth.byToken(`${text}x`, ''), undefined)
  assert.equal(auth.byToken(token.id, ''), undefined)
  auth.people.update(localActor, analyst.id, { groups: [] })
  assert.equal(auth.byToken(text, '')?.can('data.view'), false)
  assert.throws(() => auth.tokens.revoke(localActor, 'somebody else', token.id), code('NOT_FOUND'))
  auth.tokens.revoke(localActor, analyst.id, token.id)
  assert.equal(auth.byToken(text, ''), undefined)
  const root = auth.people.byName('root')
  const admin = auth.tokens.create(auth.actorOf(root?.id ?? ''), { name: 'a', permissions: ['system.users'], days: 1 })
  assert.equal(auth.byToken(admin.text, '')?.signedIn?.administrator, false)
})

test('the file holds neither secrets of sessions nor texts of tokens', t => {
  const { auth, file, person } = openTestAuth(t)
  const ada = person('ada', ['Analysts'])
  const { secret } = auth.sessions.create({
    personId: ada.id,
    lifetimeMs: 60_000,
    idleMs: 60_000,
    address: '',
    agent: '',
  })
  const { text } = auth.tokens.create(ada, { name: 't', permissions: ['data.view'], days: 1 })
  using database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  for (const { name } of tables) {
    const dump = JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all())
    assert.ok(!dump.includes(secret) && !dump.includes(text.slice(-43)), String(name))
  }
})

test('the audit log says who did what; nothing of it can be changed or removed early', t => {
  const { auth, file, person } = openTestAuth(t)
  const clerk = person('clerk', ['Administrators'])
  auth.people.create(clerk, { name: 'new\nline'.replace('\n', '') })
  const [entry] = auth.audit.list({ action: 'person.create' }).entries
  assert.deepEqual(
    [entry?.actorName, entry?.address, entry?.target, entry?.outcome],
    ['clerk', '10.0.0.1', 'newline', 'done'],
  )
  auth.audit.add({ name: 'a\r\nforged entry', address: '::1' }, { action: 'login', outcome: 'refused' })
  assert.equal(auth.audit.list({ outcome: 'refused' }).entries[0]?.actorName, 'a forged entry')
  using database = new DatabaseSync(file)
  assert.throws(() => database.exec("UPDATE audit SET target = 'x'"), /append-only/)
  assert.throws(() => database.exec('DELETE FROM audit'), /append-only/)
  assert.equal(auth.audit.forget(1), 0)
})

test('sessions end by idleness and by age, and looking quietly keeps nobody signed in', async t => {
  const { Sessions } = await import('../../src/auth/sessions.ts')
  const { openAuthDatabase } = await import('../../src/auth/auth-database.ts')
  const { file, auth } = openTestAuth(t)
  const root = auth.people.byName('root')?.id ?? ''
  const clock = { now: Date.now() }
  using database = openAuthDatabase(file)
  const sessions = new Sessions(database, () => clock.now)
  const { secret } = sessions.create({
    personId: root,
    lifetimeMs: 100_000_000,
    idleMs: 1_000_000,
    address: '',
    agent: '',
  })
  clock.now += 900_000
  assert.ok(sessions.find(secret, { quiet: true }))
  clock.now += 50_000
  assert.ok(sessions.find(secret))
  clock.now += 999_000
  assert.ok(sessions.find(secret))
  clock.now += 1_000_001
  assert.equal(sessions.find(secret), undefined)
  const aged = sessions.create({ personId: root, lifetimeMs: 500_000, idleMs: 1_000_000, address: '', agent: '' })
  clock.now += 500_000
  assert.equal(sessions.find(aged.secret), undefined)
  assert.equal(sessions.of(root).length, 0)
})

test('who fills a group from outside must hold all that it gives, its folders too', t => {
  const { auth, person } = openTestAuth(t)
  auth.groups.create(localActor, { name: 'Keepers', permissions: ['system.groups', 'data.view'] })
  const keeper = person('keeper', ['Keepers'])
  const open = { name: 'Readers', permissions: ['data.view'], fileRoots: [{ path: '/srv/data', writable: false }] }
  const readers = auth.groups.create(localActor, open)
  const claimed = { ...open, claim: 'everybody' }
  assert.throws(() => auth.groups.update(keeper, readers.id, claimed), { code: 'NOT_PERMITTED' })
  auth.groups.update(keeper, readers.id, { ...open, description: 'read files' })
  auth.groups.update(localActor, readers.id, claimed)
  // One that is there already stays when something else is changed, and may be taken away.
  auth.groups.update(keeper, readers.id, { ...claimed, description: 'read files' })
  auth.groups.update(keeper, readers.id, open)
  assert.equal(auth.groups.get(readers.id).claim, undefined)
  auth.groups.create(keeper, { name: 'Lookers', permissions: ['data.view'], claim: 'lookers' })
})
