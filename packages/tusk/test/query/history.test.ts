import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { HistoryDatabase } from '../../src/query/history-database.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const entry = {
  sql: 'SELECT 1',
  connectionId: 'c1',
  connectionName: 'Shop',
  engine: 'postgres',
  startedAt: '2026-01-01T00:00:00.000Z',
  milliseconds: 1.5,
  rowCount: 1,
  state: 'complete',
} as const

test('history is found by text (also %, _ and \\ themselves), connection and state, newest first, page by page', t => {
  using history = new HistoryDatabase(join(temporaryDirectory(t), 'history.db'))
  history.add(localActor, entry)
  history.add(localActor, { ...entry, sql: "SELECT '100%_\\done' AS Üml", connectionId: 'c2' })
  const last = history.add(localActor, { ...entry, sql: 'DROP TABLE x', state: 'failed', error: 'no', resultId: 'r1' })
  const found = (query: Parameters<typeof history.list>[1]) =>
    history.list(localActor, query).entries.map(one => one.sql)
  assert.deepEqual(found({}), ['DROP TABLE x', "SELECT '100%_\\done' AS Üml", 'SELECT 1'])
  assert.deepEqual(found({ search: '%_\\D' }), ["SELECT '100%_\\done' AS Üml"])
  assert.deepEqual(found({ search: '1_' }), [])
  assert.deepEqual(found({ connectionId: 'c2' }), ["SELECT '100%_\\done' AS Üml"])
  assert.deepEqual(found({ state: 'failed' }), ['DROP TABLE x'])
  const page = history.list(localActor, { limit: 1 })
  assert.deepEqual(
    [page.more, page.entries[0]],
    [true, { ...entry, id: last, sql: 'DROP TABLE x', state: 'failed', error: 'no', resultId: 'r1' }],
  )
  assert.deepEqual(found({ before: last, limit: 5 }).length, 2)
})

test('each sees, removes and clears only their own', t => {
  using history = new HistoryDatabase(join(temporaryDirectory(t), 'history.db'))
  const other = { ...localActor, id: 'other' }
  const mine = history.add(localActor, entry)
  history.add(other, entry)
  assert.equal(history.remove(other, mine), false)
  assert.equal(history.remove(localActor, mine), true)
  history.add(localActor, entry)
  history.add(localActor, { ...entry, connectionId: 'c2' })
  assert.equal(history.clear(localActor, { connectionId: 'c2' }), 1)
  assert.equal(history.clear(localActor), 1)
  assert.equal(history.list(other, {}).entries.length, 1)
})

test('a named entry is found by its name and kept; a long statement is listed by its beginning', t => {
  using history = new HistoryDatabase(join(temporaryDirectory(t), 'history.db'))
  const sql = `SELECT '${'x'.repeat(900_000)}' AS tail`
  const long = history.add(localActor, { ...entry, sql, milliseconds: 12_000 })
  history.add(localActor, entry)
  const [, listed] = history.list(localActor, {}).entries
  assert.equal(listed?.cut, true)
  assert.equal(listed?.sql, sql.slice(0, 4_000))
  assert.equal(history.get(localActor, long).sql, sql)
  history.rename(localActor, long, '  Monthly <b> 100%  ')
  assert.deepEqual(
    history.list(localActor, { search: '100%' }).entries.map(({ name }) => name),
    ['Monthly <b> 100%'],
  )
  assert.equal(history.list(localActor, { search: 'AS tail' }).entries.length, 1)
  assert.deepEqual(
    history.list(localActor, { named: true }).entries.map(({ id }) => id),
    [long],
  )
  assert.deepEqual(
    history.list(localActor, { leastMilliseconds: 12_000 }).entries.map(({ id }) => id),
    [long],
  )
  assert.equal(history.clear(localActor), 1)
  assert.equal(history.count(localActor.id), 1)
  const stranger = { ...localActor, id: 'stranger' }
  assert.throws(() => history.rename(stranger, long, 'mine'), { code: 'NOT_FOUND' })
  assert.throws(() => history.get(stranger, long), { code: 'NOT_FOUND' })
  history.rename(localActor, long, '')
  assert.equal(history.clear(localActor, { connectionId: 'c1' }), 1)
})
