import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import { Snippets } from '../../../src/features/sql/snippets.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

test('snippets are of one person each, by words that can be typed', async t => {
  const file = join(temporaryDirectory(t), 'snippets.db')
  using snippets = new Snippets(file)
  const ada = localActor
  const bob = { ...localActor, id: 'bob' }
  const top = { trigger: 'top', body: `SELECT * FROM \${table} LIMIT 10` }
  assert.deepEqual(snippets.keep(ada, top), top)
  assert.deepEqual(snippets.list(ada), [top])
  assert.deepEqual(snippets.list(bob), [])
  assert.throws(() => snippets.keep(ada, { trigger: 'TOP', body: 'x' }), { code: 'CONFLICT' })
  snippets.keep(bob, { trigger: 'top', body: 'x' })

  // Another word, another text, in place of what was there.
  snippets.keep(ada, { trigger: 'first', body: 'y' }, 'top')
  snippets.keep(ada, { trigger: 'FIRST', body: 'z' }, 'first')
  assert.deepEqual(snippets.list(ada), [{ trigger: 'FIRST', body: 'z' }])
  snippets.keep(ada, top)
  assert.throws(() => snippets.keep(ada, { trigger: 'first', body: 'x' }, 'top'), { code: 'CONFLICT' })
  assert.deepEqual(
    snippets.list(ada).map(({ trigger }) => trigger),
    ['FIRST', 'top'],
  )
  for (const trigger of ['', 'two words', '1st', 'a-b', 'x'.repeat(41)])
    assert.throws(() => snippets.keep(ada, { trigger, body: 'x' }), { code: 'BAD_REQUEST' }, trigger)
  assert.throws(() => snippets.keep(ada, { trigger: 'empty', body: ' \n' }), { code: 'BAD_REQUEST' })

  assert.equal(snippets.remove(ada, 'top'), true)
  assert.equal(snippets.remove(ada, 'top'), false)
  assert.equal(snippets.belongings.count('bob'), 1)
  for (let at = 1; at < 500; at++) snippets.keep(bob, { trigger: `s${at}`, body: 'x' })
  assert.throws(() => snippets.keep(bob, { trigger: 'more', body: 'x' }), { code: 'TOO_MANY' })
  snippets.keep(bob, { trigger: 'renamed', body: 'x' }, 's1')
  await snippets.belongings.remove(ada, bob)
  assert.deepEqual(snippets.list(bob), [])
  using again = new Snippets(file)
  assert.equal(again.list(ada).length, 1)
})
