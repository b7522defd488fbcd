import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Actor, localActor as actor } from '../../../src/auth/actor.ts'
import { TuskError } from '../../../src/errors.ts'
import { SavedQueries } from '../../../src/features/sql/saved-queries.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected
const other: Actor = { ...actor, id: 'somebody else' }

function openSaved(t: TestContext): SavedQueries {
  const saved = new SavedQueries(join(temporaryDirectory(t), 'queries.db'))
  t.after(() => saved[Symbol.dispose]())
  return saved
}

const folder = (name: string, parent: string | null = null) => ({ kind: 'folder' as const, name, parent })
const query = (name: string, parent: string | null = null, sql = 'select 1') => ({
  kind: 'query' as const,
  name,
  parent,
  sql,
})

test('a query is saved, read, changed and found by its name and its text', t => {
  const saved = openSaved(t)
  const made = saved.create(actor, { ...query(' Revenue ', null, 'select 100% as "50_50"'), connectionId: 'c1' })
  assert.deepEqual([made.name, made.version, made.connectionId, made.parent], ['Revenue', 1, 'c1', null])
  const changed = saved.update(actor, made.id, { sql: 'select 2', version: 1 })
  assert.deepEqual([changed.sql, changed.version, changed.connectionId, changed.name], ['select 2', 2, 'c1', 'Revenue'])
  assert.throws(() => saved.update(actor, made.id, { sql: 'lost', version: 1 }), code('CONFLICT'))
  assert.equal(saved.get(actor, made.id).sql, 'select 2')
  saved.create(actor, query('other', null, 'select 100% as x'))
  const found = (text: string) => saved.list(actor, text).map(({ name }) => name)
  assert.deepEqual(found('reven'), ['Revenue'])
  assert.deepEqual(found('100%'), ['other'])
  assert.deepEqual(found('0_%'), [])
})

test('changing a name leaves the text alone, changing a text leaves the folder alone', t => {
  const saved = openSaved(t)
  const reports = saved.create(actor, folder('Reports'))
  const made = saved.create(actor, query('a', reports.id, 'select 7'))
  assert.equal(saved.update(actor, made.id, { name: 'b' }).sql, 'select 7')
  assert.equal(saved.update(actor, made.id, { sql: 'select 8' }).parent, reports.id)
  assert.equal(saved.update(actor, made.id, { parent: null }).parent, null)
})

test('two things of one name in one folder are refused, also when moved, renamed or brought back', t => {
  const saved = openSaved(t)
  const [one, two] = [saved.create(actor, folder('one')), saved.create(actor, folder('two'))]
  const first = saved.create(actor, query('q', one.id))
  const second = saved.create(actor, query('Q', two.id))
  assert.throws(() => saved.create(actor, query('q', one.id)), code('CONFLICT'))
  assert.throws(() => saved.update(actor, second.id, { parent: one.id }), code('CONFLICT'))
  assert.throws(() => saved.update(actor, two.id, { name: 'ONE' }), code('CONFLICT'))
  saved.remove(actor, first.id)
  saved.create(actor, query('q', one.id))
  assert.throws(() => saved.restore(actor, first.id), code('CONFLICT'))
})

test('a folder is deleted with all inside and comes back with all that went with it, not with what went before', t => {
  const saved = openSaved(t)
  const top = saved.create(actor, folder('top'))
  const inner = saved.create(actor, folder('inner', top.id))
  const kept = saved.create(actor, query('kept', inner.id))
  const gone = saved.create(actor, query('gone', inner.id))
  saved.remove(actor, gone.id)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 1_000 })
  saved.remove(actor, top.id)
  assert.deepEqual(saved.list(actor), [])
  assert.throws(() => saved.get(actor, kept.id), code('NOT_FOUND'))
  saved.restore(actor, top.id)
  assert.deepEqual(
    saved.list(actor).map(({ name }) => name),
    ['inner', 'top', 'kept'],
  )
  saved.restore(actor, gone.id)
  assert.equal(saved.get(actor, gone.id).parent, inner.id)
  saved.remove(actor, kept.id)
  saved.remove(actor, top.id)
  assert.equal(saved.restore(actor, kept.id).parent, null)
})

test('a folder never lies inside itself, nor anything in a query', t => {
  const saved = openSaved(t)
  const top = saved.create(actor, folder('top'))
  const inner = saved.create(actor, folder('inner', top.id))
  const leaf = saved.create(actor, query('leaf', inner.id))
  assert.throws(() => saved.update(actor, top.id, { parent: inner.id }), code('BAD_REQUEST'))
  assert.throws(() => saved.update(actor, top.id, { parent: top.id }), code('BAD_REQUEST'))
  assert.throws(() => saved.create(actor, query('x', leaf.id)), code('BAD_REQUEST'))
  assert.throws(() => saved.create(actor, query('x', 'no such folder')), code('NOT_FOUND'))
  for (const name of ['', '  ', 'two\nlines'])
    assert.throws(() => saved.create(actor, query(name)), code('BAD_REQUEST'))
})

test('nothing of somebody else is seen, changed or used as a folder', t => {
  const saved = openSaved(t)
  const theirs = saved.create(actor, folder('theirs'))
  const text = saved.create(actor, query('q', theirs.id))
  assert.deepEqual(saved.list(other), [])
  assert.deepEqual(saved.list(other, 'q'), [])
  for (const attempt of [
    () => saved.get(other, text.id),
    () => saved.update(other, text.id, { sql: 'x' }),
    () => saved.remove(other, text.id),
    () => saved.restore(other, text.id),
    () => saved.create(other, query('mine', theirs.id)),
  ])
    assert.throws(attempt, code('NOT_FOUND'))
  assert.equal(saved.create(other, folder('theirs')).name, 'theirs')
})

test('any text and any name come back as they were', t => {
  const saved = openSaved(t)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.uuid(), (sql, name) => {
      const made = saved.create(actor, query(name, null, sql))
      assert.deepEqual([saved.get(actor, made.id).sql, saved.get(actor, made.id).name], [sql, name])
    }),
    { numRuns: 50 },
  )
})
