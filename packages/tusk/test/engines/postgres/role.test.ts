import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgresDialect } from '../../../src/dialect/postgres.ts'
import type { Connection } from '../../../src/engine/connection.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'

const hostile = [
  'ada',
  'Größe',
  ' with spaces ',
  'a"b',
  "a'b",
  'a\\b',
  "x'; drop role ada; --",
  '"; drop role ada; --',
  '-c is_superuser=on',
  '$1',
  'select',
  'NONE',
  'e\u0301'.repeat(21),
]

describe('a session of PostgreSQL that works as a role', { skip: skipWithoutPostgres(15) }, () => {
  let server: TestPostgres
  before(async () => {
    server = await startTestPostgres(15)
    await using admin = await open()
    for (const role of hostile) await run(admin, `create role ${postgresDialect.quoteIdentifier(role)}`)
    await run(admin, 'create role outsider login')
  })
  after(() => server.stop())

  const open = (config: object = {}): Promise<Connection> =>
    postgresEngine.open({ host: server.host, port: server.port, user: 'postgres', database: 'postgres', ...config })
  const current = async (connection: Connection): Promise<unknown> =>
    (await run(connection, 'select current_user, session_user')).rows[0]

  test('whatever the role is called, statements run as it, and nothing else happens', async () => {
    for (const role of hostile) {
      await using connection = await open({ role })
      assert.deepEqual(await current(connection), [role, 'postgres'])
      await run(connection, 'reset role')
      assert.deepEqual(await current(connection), [role, 'postgres'], `after reset: ${role}`)
    }
    await using admin = await open()
    assert.equal((await run(admin, "select 1 from pg_roles where rolname = 'ada'")).rows.length, 1)
    for (const role of ['none', 'x'.repeat(64), 'a\0b', '\ud800'])
      await assert.rejects(async () => open({ role }), { code: 'CONNECTION_CONFIG' }, role)
  })

  test('each statement begins as the role, whatever the one before did', async () => {
    await using connection = await open({ role: 'ada' })
    for (const sql of [
      'set role postgres',
      'set role none',
      'reset all',
      'discard all',
      "select set_config('role', 'postgres', false)",
      "do $$ begin perform set_config('role', 'none', false); end $$",
    ]) {
      await run(connection, sql)
      assert.deepEqual(await current(connection), ['ada', 'postgres'], sql)
    }
    await assert.rejects(run(connection, 'create role mine'), { code: 'QUERY_FAILED' })
    const { relations } = connection.introspector
    await relations.call(connection.introspector)
  })

  test('transactions go on as they do without a role', async () => {
    await using connection = await open({ role: 'ada' })
    await run(connection, 'begin')
    await run(connection, 'set transaction isolation level serializable')
    await run(connection, 'set local role postgres')
    assert.deepEqual(await current(connection), ['ada', 'postgres'])
    assert.deepEqual((await run(connection, 'show transaction_isolation')).rows, [['serializable']])
    await assert.rejects(run(connection, 'select 1/0'))
    assert.equal(connection.transaction, 'failed')
    await run(connection, 'rollback')
    assert.deepEqual(await current(connection), ['ada', 'postgres'])
    assert.equal(connection.transaction, 'none')
  })

  test('a role that is not there, or not granted, is said so at once and when it is taken away', async () => {
    const refused = { code: 'CONNECTION_FAILED', message: /^You cannot work as the database role/ }
    await assert.rejects(async () => open({ role: 'nobody at all' }), refused)
    await assert.rejects(async () => open({ user: 'outsider', role: 'ada' }), refused)
    await using admin = await open()
    await run(admin, 'grant ada to outsider')
    await using connection = await open({ user: 'outsider', role: 'ada' })
    assert.deepEqual(await current(connection), ['ada', 'outsider'])
    await run(admin, 'revoke ada from outsider')
    await assert.rejects(async () => {
      await run(connection, 'set role none')
      await run(connection, 'select 1')
    }, refused)
    await run(admin, 'grant ada to outsider')
    assert.deepEqual(await current(connection), ['ada', 'outsider'])
  })
})
