import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { localActor } from '../../src/auth/actor.ts'
import type { Auth } from '../../src/auth/auth.ts'
import { connectionNames } from '../../src/auth/directory/connection-names.ts'
import { type DirectoryDocument, readDirectory, writeDirectory } from '../../src/auth/directory/directory-document.ts'
import { readLegacyDirectory } from '../../src/auth/directory/legacy-directory.ts'
import { limitNames } from '../../src/auth/limits.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { permissions } from '../../src/auth/permissions.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { openTestAuth } from '../support/test-auth.ts'

const connections = connectionNames([
  { id: 'shop-1', name: 'Shop' },
  { id: 'twin-1', name: 'Twin' },
  { id: 'twin-2', name: 'Twin' },
])

/** Looks, then does what was seen. */
function put(auth: Auth, document: DirectoryDocument, options: { readonly prune?: boolean } = {}) {
  const { fingerprint } = auth.directory.plan(localActor, document, connections, options)
  return auth.directory.apply(localActor, document, connections, {
    ...options,
    fingerprint,
    passwordHashOf: () => undefined,
  })
}

function emptyAuth(t: Pick<TestContext, 'after'>): Auth {
  const auth = openAuth(join(temporaryDirectory(t), 'auth.db'))
  t.after(() => auth[Symbol.dispose]())
  return auth
}

suite('people, groups and rights as a file', () => {
  test('what was written out and read into an empty Tusk is written out the same', async t => {
    const word = fc.stringMatching(/^[a-zäß][a-z0-9_.-]{0,11}$/)
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).map(text => text.trim().toWellFormed())
    const document = fc.record({
      groups: fc.dictionary(
        word,
        fc.record(
          {
            description: line,
            permissions: fc.subarray([...permissions]),
            claim: line,
            read: fc.uniqueArray(
              word.map(name => `/data/${name}`),
              { maxLength: 3 },
            ),
            write: fc.uniqueArray(
              word.map(name => `/work/${name}`),
              { maxLength: 3 },
            ),
            limits: fc.record(
              Object.fromEntries(limitNames.map(name => [name, fc.integer({ min: 1, max: 1_000_000 })])),
              { requiredKeys: [] },
            ),
            connections: fc.constantFrom([], [{ name: 'Shop', level: 'use' as const, readOnly: true }]),
          },
          { requiredKeys: [] },
        ),
        { maxKeys: 4, noNullPrototype: true },
      ),
      people: fc.dictionary(
        word,
        fc.record(
          { displayName: line, email: line, administrator: fc.boolean(), active: fc.boolean() },
          { requiredKeys: [] },
        ),
        { maxKeys: 4, noNullPrototype: true },
      ),
    })
    const folder = temporaryDirectory(t)
    let at = 0
    const fresh = (): Auth & Disposable => openAuth(join(folder, `auth-${at++}.db`))
    await fc.assert(
      fc.property(document, ({ groups, people }) => {
        const given: DirectoryDocument = {
          groups,
          people: {
            ...Object.fromEntries(
              Object.entries(people).map(([name, entry]) => [
                name,
                { ...entry, groups: Object.keys(groups).slice(0, 2) },
              ]),
            ),
            root: { administrator: true, active: true, issuer: 'https://login.example.org', subject: 'r' },
          },
        }
        using one = fresh()
        using other = fresh()
        put(one, readDirectory(writeDirectory(given)))
        const text = writeDirectory(one.directory.export(localActor, connections))
        put(other, readDirectory(text))
        assert.equal(writeDirectory(other.directory.export(localActor, connections)), text)
        assert.deepEqual(
          other.directory.plan(localActor, readDirectory(text), connections, { prune: true }).changes,
          [],
        )
      }),
      { numRuns: 40 },
    )
  })

  test('a look says what would change and changes nothing; what is left out stays', t => {
    const { auth, person } = openTestAuth(t)
    person('ada', ['Viewers'])
    const before = writeDirectory(auth.directory.export(localActor, connections))
    const document = readDirectory(`
      [groups.Viewers]
      permissions = ["connections.view", "data.view", "queries.save"]
      [groups.Viewers.limits]
      rows = 1000
      [[groups.Viewers.connections]]
      name = "Shop"
      level = "use"
      readOnly = true
      [groups.Clerks]
      permissions = ["data.view"]
      [people.ada]
      groups = ["Viewers", "Clerks"]
      email = "ada@example.org"
      [people.bob]
      groups = ["Clerks"]`)
    const plan = auth.directory.plan(localActor, document, connections)
    assert.equal(writeDirectory(auth.directory.export(localActor, connections)), before)
    assert.deepEqual(plan.needPassword, ['bob'])
    assert.deepEqual(
      plan.changes.map(({ kind, what, name, facts }) => [kind, what, name, ...facts]),
      [
        [
          'change',
          'group',
          'Viewers',
          'permissions: + queries.save, − queries.execute, − cluster.view',
          'limits: rows 1000',
          'connections: + level use Shop readOnly true',
        ],
        ['add', 'group', 'Clerks', 'permissions: + data.view'],
        ['change', 'person', 'ada', 'email: ada@example.org', 'groups: + Clerks'],
        ['add', 'person', 'bob', 'administrator: false', 'active: true', 'groups: + Clerks'],
      ],
    )
    put(auth, document)
    assert.equal(auth.groups.byName('Viewers')?.description, 'Look at what others share.')
    assert.deepEqual(
      auth.connectionRights.of('shop-1').map(({ level, readOnly }) => [level, readOnly]),
      [['use', true]],
    )
    assert.deepEqual(auth.directory.plan(localActor, document, connections).changes, [])
  })

  test('what was changed since the look is not overrun, and a failure in the middle leaves nothing', t => {
    const { auth, person } = openTestAuth(t)
    const ada = person('ada')
    const document = readDirectory('[people.ada]\ngroups = ["Viewers"]')
    const { fingerprint } = auth.directory.plan(localActor, document, connections)
    auth.people.update(localActor, ada.id, { groups: [auth.groups.byName('Analysts')?.id ?? ''] })
    const options = { fingerprint, passwordHashOf: () => undefined }
    assert.throws(() => auth.directory.apply(localActor, document, connections, options), { code: 'CONFLICT' })
    assert.deepEqual(
      auth.people.get(ada.id).groups.map(({ name }) => name),
      ['Analysts'],
    )
    const bad = readDirectory('[groups.New]\n[people.ada]\ngroups = ["Nowhere"]')
    assert.throws(() => put(auth, bad), {
      code: 'BAD_REQUEST',
      message: 'people.ada.groups names “Nowhere”, which is no group.',
    })
    assert.equal(auth.groups.byName('New'), undefined)
  })

  test('pruning deletes groups, disables people, and never the last administrator', t => {
    const { auth, person } = openTestAuth(t)
    person('ada', ['Viewers'])
    const only = readDirectory('[groups.Analysts]\n[people.root]\nadministrator = true')
    put(auth, only, { prune: true })
    assert.deepEqual(
      auth.groups.list().map(({ name }) => name),
      ['Analysts'],
    )
    assert.equal(auth.people.byName('ada')?.active, false)
    assert.throws(() => put(auth, readDirectory('[people.ada]\nactive = true'), { prune: true }), {
      code: 'CONFLICT',
      message: 'This is the last active administrator.',
    })
  })

  test('only administrators, and on record', t => {
    const { auth, person } = openTestAuth(t)
    const manager = person('manager', ['Administrators'])
    assert.throws(() => auth.directory.export(manager, connections), { code: 'NOT_PERMITTED' })
    assert.throws(() => auth.directory.plan(manager, { groups: {}, people: {} }, connections), {
      code: 'NOT_PERMITTED',
    })
    put(auth, readDirectory('[groups.Clerks]'))
    assert.equal(auth.audit.list({ action: 'group.create' }).entries[0]?.target, 'Clerks')
    // The look that came before it is none.
    const imports = auth.audit.list({ action: 'people.import' }).entries
    assert.deepEqual(
      imports.map(({ details }) => details),
      [{ changes: 1, prune: false }],
    )
    auth.directory.export(localActor, connections)
    assert.deepEqual(auth.audit.list({ action: 'people.export' }).entries[0]?.details, { people: 2, groups: 5 })
  })

  test('what is wrong in a file is named by its place', () => {
    const wrong: Readonly<Record<string, string>> = {
      'people = 3': 'people must be a table.',
      '[groups.A]\ncolour = "red"': 'groups.A.colour is not known',
      '[groups.A]\npermissions = "data.view"': 'groups.A.permissions must be a list.',
      '[groups.A]\npermissions = [3]': 'groups.A.permissions[0] must be text.',
      '[groups.A.limits]\nrows = 0': 'groups.A.limits.rows must be a whole number above 0.',
      '[[groups.A.connections]]\nname = "Shop"\nlevel = "own"': 'groups.A.connections[0].level must be one of',
      '[people.ada]\nadministrator = "yes"': 'people.ada.administrator must be true or false.',
      '[people.ada]\nissuer = "https://x"': 'people.ada needs both issuer and subject',
      '[people.ada]\npassword = "secret"': 'people.ada.password is not known',
    }
    for (const [text, message] of Object.entries(wrong))
      assert.throws(
        () => readDirectory(text),
        (error: Error) => error.message.startsWith(message),
        text,
      )
    assert.throws(() => readDirectory('[people.ada\n'), { message: 'This is not TOML.', detail: /Line 1/ })
  })

  test('a connection is named by its id, or by a name that is there once', t => {
    const auth = emptyAuth(t)
    auth.people.create(localActor, { name: 'root', administrator: true })
    const entry = (text: string) => readDirectory(`[[groups.A.connections]]\nlevel = "view"\n${text}`)
    assert.throws(() => put(auth, entry('name = "Twin"')), { message: 'There are 2 connections “Twin”.' })
    assert.throws(() => put(auth, entry('name = "Nothing"')), { message: 'There is no connection “Nothing”.' })
    put(auth, entry('id = "twin-2"\nname = "Twin"'))
    assert.equal(auth.connectionRights.of('twin-2').length, 1)
  })

  test('people and groups of the older Tusk come over without their passwords', t => {
    const file = join(temporaryDirectory(t), 'users.db')
    using database = new DatabaseSync(file)
    database.exec(`
      CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT UNIQUE, email TEXT, password_hash TEXT, display_name TEXT, is_admin INTEGER, is_active INTEGER DEFAULT 1, created_at TEXT, last_login TEXT, settings TEXT);
      CREATE TABLE groups (id TEXT PRIMARY KEY, name TEXT UNIQUE, description TEXT, created_at TEXT);
      CREATE TABLE group_permissions (group_id TEXT, permission TEXT);
      CREATE TABLE user_groups (user_id TEXT, group_id TEXT, added_at TEXT, added_by TEXT);
      INSERT INTO users VALUES ('1', 'admin', NULL, 'argon2$x', 'The boss', 1, 1, '', NULL, '{}'),
        ('2', 'ada', 'ada@example.org', 'salt$abc', NULL, 0, 0, '', NULL, '{}'), ('3', 'two words', NULL, '', NULL, 0, 1, '', NULL, '{}');
      INSERT INTO groups VALUES ('g', 'Clerks', 'Office', '');
      INSERT INTO group_permissions VALUES ('g', 'data.view'), ('g', 'moon.land');
      INSERT INTO user_groups VALUES ('2', 'g', '', ''), ('9', 'g', '', '')`)
    const { document, leftOut } = readLegacyDirectory(file)
    assert.deepEqual(leftOut, [
      'group Clerks: there are no permissions moon.land',
      'person “two words”: nobody can sign in with this name here',
    ])
    const auth = emptyAuth(t)
    assert.deepEqual(put(auth, document).needPassword, ['admin', 'ada'])
    const ada = auth.people.byName('ada')
    assert.deepEqual([ada?.active, ada?.hasPassword, ada?.groups[0]?.name], [false, false, 'Clerks'])
    assert.equal(auth.people.byName('admin')?.administrator, true)
    database.exec('DROP TABLE user_groups')
    assert.throws(() => readLegacyDirectory(file), { code: 'BAD_REQUEST' })
  })
})
