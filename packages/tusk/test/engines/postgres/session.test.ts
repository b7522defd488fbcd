import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Notice } from '../../../src/engine/connection.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { TuskError } from '../../../src/errors.ts'
import { readAll, run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'

for (const version of [15, 18] as const) {
  describe(`a session of PostgreSQL ${version}`, { skip: skipWithoutPostgres(version) }, () => {
    let server: TestPostgres
    let connection: Connection
    let watcher: Connection
    const open = () =>
      postgresEngine.open({ host: server.host, port: server.port, user: server.user, database: 'postgres' })
    const failure = async (promise: Promise<unknown>): Promise<TuskError> => {
      const error = await promise.then(
        () => assert.fail('It should have failed.'),
        (reason: unknown) => reason,
      )
      assert.ok(error instanceof TuskError, String(error))
      return error
    }
    const running = async (text: string) =>
      (
        await run(
          watcher,
          "select pid from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query like $1",
          { parameters: [`%${text}%`] },
        )
      ).rows.length
    /** Waits for the state, not for a time; fails after `seconds`. */
    const until = async (seconds: number, check: () => Promise<boolean>) => {
      const start = performance.now()
      while (!(await check())) {
        assert.ok(performance.now() - start < seconds * 1000, 'It did not come to be in time.')
        await sleep(20)
      }
    }
    before(async () => {
      server = await startTestPostgres(version)
      connection = await open()
      watcher = await open()
    })
    after(async () => {
      await connection?.[Symbol.asyncDispose]()
      await watcher?.[Symbol.asyncDispose]()
      await server?.stop()
    })

    test('errors carry code, detail, hint and place', async () => {
      await run(connection, 'create table parents (id int primary key)')
      await run(connection, 'insert into parents values (1)')
      const duplicate = await failure(run(connection, 'insert into parents values (1)'))
      assert.equal(duplicate.sourceCode, '23505')
      assert.match(duplicate.detail ?? '', /already exists/)
      const sql = "select '𝄞𝄞', idd from parents"
      const misspelt = await failure(run(connection, sql))
      assert.equal(misspelt.position, sql.indexOf('idd'))
      assert.match(misspelt.hint ?? '', /parents\.id/)
      const inside = await failure(run(connection, "do $$ begin execute 'selec 1'; end $$"))
      assert.match(inside.detail ?? '', /In: selec 1/)
      assert.match(inside.detail ?? '', /PL\/pgSQL/)
      assert.equal(inside.position, undefined)
    })

    test('several statements in one text are refused by the server', async () => {
      const error = await failure(run(connection, 'select 1; select 2'))
      assert.equal(error.sourceCode, '42601')
    })

    test('an empty statement is nothing', async () => {
      const { schema, rows, command } = await run(connection, ' -- only a comment')
      assert.deepEqual({ fields: schema.fields, rows, command }, { fields: [], rows: [], command: undefined })
    })

    test('notices come as they are raised', async () => {
      const notices: Notice[] = []
      const sql = `do $$ begin raise notice 'one' using hint = 'h', detail = 'd'; raise warning 'two'; end $$`
      await run(connection, sql, { onNotice: notice => notices.push(notice) })
      assert.deepEqual(notices, [
        { severity: 'notice', message: 'one', detail: 'd', hint: 'h', sourceCode: '00000' },
        { severity: 'warning', message: 'two', sourceCode: '01000' },
      ])
    })

    test('notifications come as notices, at the latest with the next statement', async () => {
      const notices: Notice[] = []
      await run(connection, 'listen news')
      await run(watcher, "notify news, 'extra'")
      await until(5, async () => {
        await run(connection, 'select 1', { onNotice: notice => notices.push(notice) })
        return notices.length > 0
      })
      assert.deepEqual(notices, [{ severity: 'info', message: 'Notification on news: extra' }])
    })

    test('COPY from or to the client is refused, and the session goes on', async () => {
      await run(connection, 'create table copied (a int)')
      for (const sql of ['copy copied from stdin', 'copy (select generate_series(1, 1000000)) to stdout']) {
        assert.equal((await failure(run(connection, sql))).code, 'UNSUPPORTED')
        assert.deepEqual((await run(connection, 'select count(*) from copied')).rows, [['0']])
      }
    })

    test('commands say what was done', async () => {
      const say = async (sql: string) => {
        const { command, affectedRows } = await run(connection, sql)
        return [command, affectedRows]
      }
      assert.deepEqual(await say('create table told as select generate_series(1, 7) as a'), ['SELECT', 7])
      assert.deepEqual(await say('insert into told values (1), (2) returning a'), ['INSERT', 2])
      assert.deepEqual(await say('select * from told'), ['SELECT', undefined])
      assert.deepEqual(await say('show timezone'), ['SHOW', undefined])
      assert.deepEqual(await say('drop table told'), ['DROP TABLE', undefined])
      assert.deepEqual(await say('vacuum parents'), ['VACUUM', undefined])
    })

    test('prepared statements of the user are left alone', async () => {
      await run(connection, 'prepare mine as select 5 as a')
      await run(connection, "create type kind as enum ('x')")
      await run(connection, "select 'x'::kind")
      assert.deepEqual((await run(connection, 'execute mine')).rows, [['5']])
      assert.deepEqual((await run(connection, 'select name from pg_prepared_statements')).rows, [['mine']])
      await run(connection, 'deallocate all')
    })

    test('after cancelling nothing runs at the server within a second', async () => {
      const abort = new AbortController()
      const sleeping = failure(run(connection, "select pg_sleep(60), 'tusk-cancel-1'", { signal: abort.signal }))
      await until(10, async () => (await running('tusk-cancel-1')) === 1)
      abort.abort()
      await until(1, async () => (await running('tusk-cancel-1')) === 0)
      assert.equal((await sleeping).code, 'QUERY_CANCELLED')
      assert.deepEqual((await run(connection, 'select 1')).rows, [['1']])
    })

    test('after leaving early nothing runs at the server within a second', async () => {
      const sql = "select generate_series(1, 2000000000), 'tusk-cancel-2'"
      for await (const batch of await connection.query(sql)) {
        assert.ok(batch.rowCount > 0)
        break
      }
      await until(1, async () => (await running('tusk-cancel-2')) === 0)
    })

    test('a statement that waits for a lock can be cancelled', async () => {
      await using holder = await open()
      await run(holder, 'begin')
      await run(holder, 'lock table parents')
      const abort = new AbortController()
      const waiting = failure(run(connection, 'select * from parents', { signal: abort.signal }))
      await until(10, async () => (await running('parents')) > 0)
      abort.abort()
      assert.equal((await waiting).code, 'QUERY_CANCELLED')
    })

    test('a cancel by somebody else is told as such', async () => {
      await using victim = await open()
      const pid = (await run(victim, 'select pg_backend_pid()')).rows[0]![0]!
      const sleeping = failure(run(victim, "select pg_sleep(60), 'tusk-cancel-3'"))
      await until(10, async () => (await running('tusk-cancel-3')) === 1)
      await run(watcher, 'select pg_cancel_backend($1::int)', { parameters: [pid] })
      const error = await sleeping
      assert.equal(error.code, 'QUERY_CANCELLED')
      assert.equal(error.sourceCode, '57014')
    })

    test('a backend that is ended amid its rows is a lost connection', async () => {
      await using victim = await open()
      const pid = (await run(victim, 'select pg_backend_pid()')).rows[0]![0]!
      const stream = await victim.query('select generate_series(1, 2000000000)')
      await run(watcher, 'select pg_terminate_backend($1::int)', { parameters: [pid] })
      const error = await failure(readAll(stream))
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.notEqual(error.hint, undefined)
      assert.equal((await failure(run(victim, 'select 1'))).code, 'CONNECTION_LOST')
    })

    test('a backend that is ended while it works tells why', async () => {
      await using victim = await open()
      const pid = (await run(victim, 'select pg_backend_pid()')).rows[0]![0]!
      const sleeping = failure(run(victim, "select pg_sleep(60), 'tusk-end-1'"))
      await until(10, async () => (await running('tusk-end-1')) === 1)
      await run(watcher, 'select pg_terminate_backend($1::int)', { parameters: [pid] })
      const error = await sleeping
      assert.equal(error.code, 'CONNECTION_LOST')
      assert.match(error.detail ?? '', /administrator command/)
    })

    test('a backend that is ended while idle is told at the next statement', async () => {
      await using victim = await open()
      const pid = (await run(victim, 'select pg_backend_pid()')).rows[0]![0]!
      await run(watcher, 'select pg_terminate_backend($1::int)', { parameters: [pid] })
      assert.equal((await failure(run(victim, 'select 1'))).code, 'CONNECTION_LOST')
    })

    test('disposing rolls back and closes the backend', async () => {
      const other = await open()
      await run(other, 'begin')
      await run(other, 'create table never (a int)')
      await other[Symbol.asyncDispose]()
      await until(5, async () => {
        const { rows } = await run(
          watcher,
          "select count(*) from pg_stat_activity where backend_type = 'client backend'",
        )
        return rows[0]?.[0] === '2'
      })
      assert.deepEqual((await run(watcher, "select to_regclass('never')")).rows, [[null]])
    })

    test('the first rows of a slow statement come before the last', { timeout: 30_000 }, async () => {
      // The server itself holds 8 kB back, so the rows are wide.
      const sql = `select n, repeat('x', 10000), pg_sleep(case when n > 3 then 60 else 0 end) from generate_series(1, 5) n`
      await using stream = await connection.query(sql)
      for await (const batch of stream) {
        assert.ok(batch.rowCount >= 1 && batch.rowCount <= 3)
        break
      }
    })

    test('wide rows come in smaller batches', async () => {
      const sql = "select repeat('x', 1000000) from generate_series(1, 100)"
      const { batches, rows } = await run(connection, sql)
      assert.equal(rows.length, 100)
      for (const batch of batches) {
        assert.ok(batch.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0) <= 32 * 1024 * 1024)
      }
    })

    test('a restart of the server is a lost connection, and then a new session works', async () => {
      const stream = await connection.query('select generate_series(1, 2000000000)')
      const reading = failure(readAll(stream))
      await server.restart()
      assert.equal((await reading).code, 'CONNECTION_LOST')
      assert.equal((await failure(run(connection, 'select 1'))).code, 'CONNECTION_LOST')
      connection = await open()
      watcher = await open()
      assert.deepEqual((await run(connection, 'select 1')).rows, [['1']])
    })
  })
}
