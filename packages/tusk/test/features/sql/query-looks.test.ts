import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Actor, localActor } from '../../../src/auth/actor.ts'
import { QueryLooks } from '../../../src/features/sql/query-looks.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const other: Actor = { ...localActor, id: 'other' }

test('looks are found by saved query in any tab, by tab otherwise, by nobody else, and go with their person', async context => {
  using looks = new QueryLooks(join(temporaryDirectory(context), 'looks.db'))
  looks.keep(localActor, { tab: 'a' }, 'chart', '1')
  assert.equal(looks.get(localActor, { tab: 'a' }, 'chart'), '1')
  assert.equal(looks.get(localActor, { tab: 'a' }, 'grid'), null)
  assert.equal(looks.get(localActor, { tab: 'b' }, 'chart'), null)
  assert.equal(looks.get(other, { tab: 'a' }, 'chart'), null)
  // Saved now: what the tab had is still there, what is kept from now on is found in every tab of the query.
  assert.equal(looks.get(localActor, { tab: 'a', saved: 'q' }, 'chart'), '1')
  looks.keep(localActor, { tab: 'a', saved: 'q' }, 'chart', '2')
  assert.equal(looks.get(localActor, { tab: 'b', saved: 'q' }, 'chart'), '2')
  assert.equal(looks.get(localActor, {}, 'chart'), null)
  assert.equal(looks.belongings.count('local'), 2)
  await looks.belongings.remove(localActor, localActor)
  assert.equal(looks.belongings.count('local'), 0)
})

test('the oldest go when there are very many', context => {
  using looks = new QueryLooks(join(temporaryDirectory(context), 'looks.db'))
  for (let index = 0; index < 5_003; index++) looks.keep(localActor, { tab: `t${index}` }, 'chart', 'x')
  assert.equal(looks.belongings.count('local'), 5_000)
  assert.equal(looks.get(localActor, { tab: 't5002' }, 'chart'), 'x')
})
