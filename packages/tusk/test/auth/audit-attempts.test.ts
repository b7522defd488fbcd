import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { authMigrations } from '../../src/auth/auth-database.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import { StateDatabase } from '../../src/home/database.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('work outside of auth.db on record', () => {
  const line = ({ action, target, outcome }: { action: string; target: string; outcome: string }) =>
    `${action} ${target} ${outcome}`

  test('is attempted before it begins, then done or failed; what it throws is thrown', async t => {
    using auth = openAuth(join(temporaryDirectory(t), 'auth.db'))
    const { audit } = auth
    const lines = () => audit.list({ search: 'shop' }).entries.toReversed().map(line)
    const given = await audit.around(localActor, { action: 'plugin.enable', target: 'shop' }, async () => {
      assert.deepEqual(lines(), ['plugin.enable shop attempted'])
      return 'its value'
    })
    assert.equal(given, 'its value')
    const wrong = new Error('no')
    const failing = audit.around(localActor, { action: 'plugin.disable', target: 'shop' }, () => Promise.reject(wrong))
    await assert.rejects(failing, error => error === wrong)
    assert.deepEqual(lines(), [
      'plugin.enable shop attempted',
      'plugin.enable shop done',
      'plugin.disable shop attempted',
      'plugin.disable shop failed',
    ])
  })

  test('does not begin when it cannot be on record', async t => {
    const file = join(temporaryDirectory(t), 'auth.db')
    using auth = openAuth(file)
    {
      using database = new DatabaseSync(file)
      database.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
    }
    let begun = false
    const work = auth.audit.around(localActor, { action: 'plugin.enable', target: 'shop' }, async () => {
      begun = true
    })
    await assert.rejects(work, /full/)
    assert.equal(begun, false)
  })

  test('a log of before keeps its entries, their ids and its guards, and takes attempts', t => {
    const file = join(temporaryDirectory(t), 'auth.db')
    {
      // As it was before there were attempts.
      using old = StateDatabase.open(file, authMigrations.slice(0, 2))
      const add = (id: number, at: string) =>
        old.run(
          `INSERT INTO audit (id, at, actor_name, address, action, target, outcome, details)
           VALUES (?, ?, 'local', 'command line', 'person.create', ?, 'done', '{}')`,
          id,
          at,
          `person ${id}`,
        )
      const now = new Date().toISOString()
      for (const id of [1, 2]) add(id, now)
      // The newest is forgotten: nothing gets its id again.
      add(9, '2020-01-01T00:00:00.000Z')
      old.run('DELETE FROM audit WHERE id = 9')
    }
    const before = [
      [2, 'person 2'],
      [1, 'person 1'],
    ]
    using auth = openAuth(file)
    assert.deepEqual(
      auth.audit.list().entries.map(({ id, target }) => [id, target]),
      before,
    )
    auth.audit.add(localActor, { action: 'plugin.enable', target: 'shop', outcome: 'attempted' })
    assert.equal(auth.audit.list().entries[0]?.id, 10)
    using database = new DatabaseSync(file)
    assert.throws(() => database.exec("UPDATE audit SET actor_name = 'x'"), /append-only/)
    assert.throws(() => database.exec('DELETE FROM audit'), /append-only/)
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  })
})
