import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { engines } from '../../src/engines/index.ts'
import { TuskError } from '../../src/errors.ts'
import { Home } from '../../src/home/home.ts'
import { SavedConnections } from '../../src/query/saved-connections.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { openTestAuth, type TestAuth } from '../support/test-auth.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected

function open(t: TestContext): TestAuth & { readonly connections: SavedConnections } {
  const test = openTestAuth(t)
  const home = Home.open(temporaryDirectory(t))
  const rights = test.auth.connectionRights
  const connections = new SavedConnections({
    file: home.path('connections.toml'),
    engines,
    secrets: home.secrets,
    rights,
  })
  return { ...test, connections }
}

const input = {
  name: 'Shop',
  engine: 'postgres',
  config: { host: 'db', database: 'shop', user: 'app', password: 'hunter2' },
}

test('what a right opens: nothing, the schema, use, change; never the password, never removing', async t => {
  const { auth, person, again, connections } = open(t)
  const owner = person('owner', ['Data Engineers'])
  const ada = person('ada', ['Analysts'])
  const { id } = await connections.create(owner, input)
  const analysts = auth.groups.byName('Analysts')?.id ?? ''
  const give = (level: 'view' | 'use' | 'edit', readOnly = false) =>
    auth.connectionRights.set(owner, id, 'Shop', [{ groupId: analysts, level, readOnly }])

  for (const attempt of [
    () => connections.get(ada, id),
    () => connections.resolve(ada, id),
    () => connections.resolve(ada, id, 'view'),
  ])
    assert.throws(attempt, code('NOT_FOUND'))
  assert.deepEqual(connections.list(ada), [])

  give('view')
  assert.deepEqual([connections.get(ada, id).level, connections.get(owner, id).level], ['view', 'own'])
  assert.equal(connections.resolve(ada, id, 'view').config.password, 'hunter2')
  assert.throws(() => connections.resolve(ada, id), code('NOT_PERMITTED'))
  await assert.rejects(connections.update(ada, id, input), code('NOT_PERMITTED'))

  give('use', true)
  assert.equal(connections.resolve(ada, id).readOnly, true)
  assert.equal(connections.get(ada, id).readOnly, true)
  assert.equal(connections.resolve(owner, id).readOnly, false)
  assert.ok(!JSON.stringify(connections.list(ada)).includes('hunter2'))

  give('edit')
  const moved = { ...input, config: { ...input.config, host: 'elsewhere', password: undefined } }
  const { password: _, ...config } = moved.config
  assert.deepEqual((await connections.update(ada, id, { ...moved, config })).secrets, [])
  assert.equal(connections.resolve(owner, id).config.password, undefined)
  await assert.rejects(connections.remove(ada, id), code('NOT_PERMITTED'))

  auth.people.update(localActor, ada.id, { groups: [] })
  assert.throws(() => connections.get(again(ada), id), code('NOT_FOUND'))
})

test('without connections.use nothing is used, not even one’s own; a token sees the connections that it names', async t => {
  const { auth, person, connections } = open(t)
  const owner = person('owner', ['Data Engineers'])
  const one = await connections.create(owner, input)
  const two = await connections.create(owner, { ...input, name: 'Other' })
  const scope = { name: 't', permissions: ['connections.view', 'connections.use'], connections: [two.id], days: 1 }
  const byToken = auth.byToken(auth.tokens.create(owner, scope).text, '') ?? localActor
  assert.deepEqual(
    connections.list(byToken).map(({ name }) => name),
    ['Other'],
  )
  assert.throws(() => connections.resolve(byToken, one.id), code('NOT_FOUND'))
  assert.equal(connections.resolve(byToken, two.id).name, 'Other')
  const viewing = auth.byToken(auth.tokens.create(owner, { ...scope, permissions: ['connections.view'] }).text, '')
  assert.throws(() => connections.resolve(viewing ?? localActor, two.id), code('NOT_PERMITTED'))
})

test('the higher of two groups counts, and one of them that may write is enough to write', async t => {
  const { auth, person, connections } = open(t)
  const owner = person('owner', ['Data Engineers'])
  const both = person('both', ['Analysts', 'Data Engineers'])
  const { id } = await connections.create(owner, input)
  const group = (name: string) => auth.groups.byName(name)?.id ?? ''
  auth.connectionRights.set(owner, id, 'Shop', [
    { groupId: group('Analysts'), level: 'use', readOnly: true },
    { groupId: group('Data Engineers'), level: 'view', readOnly: false },
  ])
  assert.deepEqual([connections.get(both, id).level, connections.resolve(both, id).readOnly], ['use', true])
  auth.connectionRights.set(owner, id, 'Shop', [
    { groupId: group('Analysts'), level: 'use', readOnly: true },
    { groupId: group('Data Engineers'), level: 'use', readOnly: false },
  ])
  assert.equal(connections.resolve(both, id).readOnly, false)
})
