import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
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
      using auth = openAuth(file)
      for (const name of ['ada', 'bob']) auth.people.create(localActor, { name })
    }
    const before = asBefore(file)
    using auth = openAuth(file)
    assert.deepEqual(
      auth.audit.list().entries.map(({ id, target }) => [id, target]),
      before,
    )
    auth.audit.add(localActor, { action: 'plugin.enable', target: 'shop', outcome: 'attempted' })
    // The newest of before had the id 9 and is forgotten: no entry gets it again.
    assert.equal(auth.audit.list().entries[0]?.id, 10)
    using database = new DatabaseSync(file)
    assert.throws(() => database.exec("UPDATE audit SET actor_name = 'x'"), /append-only/)
    assert.throws(() => database.exec('DELETE FROM audit'), /append-only/)
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  })

  /** Takes auth.db back to the version before attempts; gives the entries, newest first. */
  function asBefore(file: string): (readonly [number, string])[] {
    using database = new DatabaseSync(file)
    const { sql } = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'audit'").get() as { sql: string }
    const old = sql.replace(", 'attempted'", '')
    assert.notEqual(old, sql)
    database.exec(`DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_kept;
      ALTER TABLE audit RENAME TO audit_newer; DROP INDEX audit_action; DROP INDEX audit_actor;
      ${old};
      INSERT INTO audit SELECT * FROM audit_newer; DROP TABLE audit_newer;
      UPDATE sqlite_sequence SET seq = 9 WHERE name = 'audit';
      CREATE INDEX audit_action ON audit (action, id);
      CREATE INDEX audit_actor ON audit (actor_id, id);
      CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
      DROP TABLE connection_sign_in; DROP TABLE connection_role;
      PRAGMA user_version = 2`)
    return database
      .prepare('SELECT id, target FROM audit ORDER BY id DESC')
      .all()
      .map(row => [Number(row.id), String(row.target)] as const)
  }
})
