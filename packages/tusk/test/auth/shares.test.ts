import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { Audit } from '../../src/auth/audit.ts'
import { openAuthDatabase } from '../../src/auth/auth-database.ts'
import { Shares } from '../../src/auth/shares.ts'
import { TuskError } from '../../src/errors.ts'
import { openTestAuth } from '../support/test-auth.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected
const result = { kind: 'result', objectId: 'r1', title: 'Result' } as const

test('a share opens until its last moment and not after it; its secret is not in the file', t => {
  const { person, file } = openTestAuth(t)
  const owner = person('owner')
  using database = openAuthDatabase(file)
  let now = Date.now()
  const shares = new Shares(database, new Audit(database), () => now)
  const { secret = '', share } = shares.create(owner, { ...result, to: 'link', days: 1 })
  now += 86_400_000 - 1
  assert.equal(shares.byLink(secret)?.id, share.id)
  now += 1
  assert.equal(shares.byLink(secret), undefined)
  assert.equal(shares.keeps('result', 'r1'), false)
  assert.deepEqual(
    shares.of(owner, 'result', 'r1').map(({ id }) => id),
    [share.id],
  )
  assert.ok(!JSON.stringify(database.all('SELECT * FROM share')).includes(secret))
  assert.ok(!JSON.stringify(database.all('SELECT * FROM audit')).includes(secret))
})

test('a share is for its receiver and of its owner: nobody else lists, opens or revokes it', t => {
  const { auth, person } = openTestAuth(t)
  const [owner, ada, bob] = [person('owner'), person('ada', ['Analysts']), person('bob')]
  const groupId = auth.groups.byName('Analysts')?.id ?? ''
  const { share } = auth.shares.create(owner, { ...result, to: { groupId } })
  auth.shares.create(owner, { ...result, to: { personId: bob.id }, days: 3 })
  assert.deepEqual([auth.shares.with(ada, 'result').length, auth.shares.with(bob, 'result').length], [1, 1])
  assert.deepEqual([auth.shares.with(owner, 'result'), auth.shares.with(ada, 'query')], [[], []])
  assert.deepEqual([auth.shares.of(ada, 'result', 'r1'), auth.shares.of(owner, 'result', 'r2')], [[], []])
  assert.throws(() => auth.shares.revoke(ada, share.id), code('NOT_FOUND'))
  auth.people.update(localActor, ada.id, { groups: [] })
  assert.deepEqual(auth.shares.with(ada, 'result'), [])
  auth.people.update(localActor, ada.id, { groups: [groupId] })
  auth.shares.revoke(owner, share.id)
  assert.deepEqual(auth.shares.with(ada, 'result'), [])
  auth.people.remove(localActor, owner.id)
  assert.deepEqual(auth.shares.with(bob, 'result'), [])
})

test('who is not there cannot be given anything, and a link without an end is refused', t => {
  const { auth, person } = openTestAuth(t)
  const owner = person('owner')
  for (const input of [
    { ...result, to: 'link' as const },
    { ...result, to: 'link' as const, days: 0 },
    { ...result, to: 'link' as const, days: 400 },
    { ...result, to: { personId: 'nobody' } },
    { ...result, to: { groupId: owner.id } },
  ])
    assert.throws(() => auth.shares.create(owner, input), code('BAD_REQUEST'))
  assert.deepEqual(auth.shares.of(owner, 'result', 'r1'), [])
})
