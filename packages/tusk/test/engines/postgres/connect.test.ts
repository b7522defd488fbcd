import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ConnectionConfig } from '../../../src/engine/engine.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { TuskError } from '../../../src/errors.ts'
import { run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'
import { type Certificates, makeCertificates } from './certificates.ts'

const password = "p@ss word:/?#'\\é"

for (const version of [15, 18] as const) {
  describe(`connecting to PostgreSQL ${version}`, { skip: skipWithoutPostgres(version) }, () => {
    let server: TestPostgres
    const config = (more: ConnectionConfig = {}): ConnectionConfig => ({
      host: '127.0.0.1',
      port: server.port,
      user: 'postgres',
      password,
      database: 'postgres',
      ...more,
    })
    const failure = async (more: ConnectionConfig): Promise<TuskError> => {
      const error = await postgresEngine.open(config(more)).then(
        () => assert.fail('It should have failed.'),
        (reason: unknown) => reason,
      )
      assert.ok(error instanceof TuskError, String(error))
      return error
    }
    before(async () => {
      server = await startTestPostgres(version, { password })
    })
    after(() => server?.stop())

    test('a password is checked by SCRAM', async () => {
      await using connection = await postgresEngine.open(config())
      assert.match(connection.version ?? '', new RegExp(`^PostgreSQL ${version}\\.\\d+$`))
    })

    test('a wrong or missing password is refused by name, and shown nowhere', async () => {
      for (const wrong of ['wrong-secret', '']) {
        const error = await failure({ password: wrong })
        assert.equal(error.code, 'AUTHENTICATION_FAILED')
        assert.match(error.message, /"postgres"/)
        assert.ok(!JSON.stringify(error).includes('wrong-secret'))
      }
    })

    test('the environment of the process has no say', async () => {
      const before = { ...process.env }
      Object.assign(process.env, {
        PGPASSWORD: password,
        PGOPTIONS: '-c nonsense=1',
        PGDATABASE: 'nowhere',
        PGHOST: 'nowhere',
      })
      try {
        assert.equal((await failure({ password: '' })).code, 'AUTHENTICATION_FAILED')
        await using connection = await postgresEngine.open(config())
        assert.deepEqual((await run(connection, 'select current_database()')).rows, [['postgres']])
      } finally {
        for (const name of ['PGPASSWORD', 'PGOPTIONS', 'PGDATABASE', 'PGHOST']) delete process.env[name]
        Object.assign(process.env, before)
      }
    })

    test('a missing database and a closed port say what to do', async () => {
      const missing = await failure({ database: 'nowhere' })
      assert.equal(missing.code, 'CONNECTION_FAILED')
      assert.equal(missing.sourceCode, '3D000')
      const closed = await failure({ port: 1 })
      assert.equal(closed.code, 'CONNECTION_FAILED')
      assert.match(closed.hint ?? '', /running/)
    })

    test('can be cancelled', async () => {
      const opening = postgresEngine.open(config(), { signal: AbortSignal.abort() })
      await assert.rejects(opening, (error: TuskError) => error.code === 'QUERY_CANCELLED')
    })

    test('sets the session up, and RESET ALL goes back to that', async () => {
      await using connection = await postgresEngine.open(
        config({
          search_path: '"a b", public',
          statement_timeout: 30,
          read_only: true,
          application_name: 'Tusk\'s "test" \\',
        }),
      )
      for (const statement of ["set statement_timeout = '7s'", 'reset all']) await run(connection, statement)
      const names = [
        'search_path',
        'statement_timeout',
        'default_transaction_read_only',
        'application_name',
        'idle_in_transaction_session_timeout',
      ]
      const { rows } = await run(connection, `select ${names.map(name => `current_setting('${name}')`).join(', ')}`)
      assert.deepEqual(rows, [['"a b", public', '30s', 'on', 'Tusk\'s "test" \\', '1h']])
    })

    test('client_connection_check_interval is set', async () => {
      await using connection = await postgresEngine.open(config())
      const { rows } = await run(connection, "select current_setting('client_connection_check_interval')")
      assert.deepEqual(rows, [['3s']])
    })

    test('read only refuses to write', async () => {
      await using connection = await postgresEngine.open(config({ read_only: true }))
      await assert.rejects(run(connection, 'create table x (a int)'), (error: TuskError) => error.code === 'READ_ONLY')
    })

    test('a statement timeout is a QUERY_TIMEOUT', async () => {
      await using connection = await postgresEngine.open(config({ statement_timeout: 0.1 }))
      await assert.rejects(run(connection, 'select pg_sleep(20)'), (error: TuskError) => error.code === 'QUERY_TIMEOUT')
      assert.deepEqual((await run(connection, 'select 1')).rows, [['1']])
    })
  })
}

describe('TLS', { skip: skipWithoutPostgres(15) }, () => {
  let server: TestPostgres
  let certificates: Certificates
  before(async () => {
    certificates = await makeCertificates()
    server = await startTestPostgres(15)
    await certificates.install(server.dataDirectory)
    await using connection = await open({ sslmode: 'disable' })
    await run(connection, 'alter system set ssl = on')
    await server.restart()
  })
  after(async () => {
    await server?.stop()
    await certificates?.[Symbol.asyncDispose]()
  })
  const open = (more: ConnectionConfig) =>
    postgresEngine.open({ host: 'localhost', port: server.port, user: 'postgres', database: 'postgres', ...more })
  const isEncrypted = async (more: ConnectionConfig) => {
    await using connection = await open(more)
    const { rows } = await run(connection, 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')
    return rows[0]?.[0] === 'true'
  }

  test('is used when the server has it, unless switched off', async () => {
    assert.equal(await isEncrypted({ sslmode: 'prefer' }), true)
    assert.equal(await isEncrypted({ sslmode: 'require' }), true)
    assert.equal(await isEncrypted({ sslmode: 'disable' }), false)
  })

  test('verify-full takes the right certificate for the right host only', async () => {
    const sslrootcert = certificates.root
    assert.equal(await isEncrypted({ sslmode: 'verify-full', sslrootcert }), true)
    await assert.rejects(open({ sslmode: 'verify-full', sslrootcert, host: '127.0.0.1' }), (error: TuskError) => {
      assert.equal(error.code, 'CONNECTION_FAILED')
      assert.match(error.hint ?? '', /another host name/)
      return true
    })
    assert.equal(await isEncrypted({ sslmode: 'verify-ca', sslrootcert, host: '127.0.0.1' }), true)
  })

  test('a certificate of an unknown authority is refused', async () => {
    for (const sslmode of ['verify-ca', 'verify-full']) {
      await assert.rejects(open({ sslmode }), (error: TuskError) => {
        assert.equal(error.code, 'CONNECTION_FAILED')
        assert.match(error.hint ?? '', /root certificate/)
        return true
      })
    }
  })

  test('a root certificate that cannot be read is named', async () => {
    const opening = open({ sslmode: 'verify-full', sslrootcert: '/nowhere/root.crt' })
    await assert.rejects(
      opening,
      (error: TuskError) => error.code === 'CONNECTION_CONFIG' && /nowhere/.test(error.message),
    )
  })

  test('cancelling and many rows go through it', { timeout: 30_000 }, async () => {
    await using connection = await open({ sslmode: 'verify-full', sslrootcert: certificates.root })
    const { rows } = await run(connection, "select n, repeat('x', 100) from generate_series(1, 50000) n")
    assert.equal(rows.length, 50_000)
    const abort = new AbortController()
    const running = run(connection, 'select pg_sleep(60)', { signal: abort.signal })
    abort.abort()
    await assert.rejects(running, (error: TuskError) => error.code === 'QUERY_CANCELLED')
    assert.deepEqual((await run(connection, 'select 1')).rows, [['1']])
  })
})

describe('without TLS at the server', { skip: skipWithoutPostgres(15) }, () => {
  test('prefer goes on without, require does not', async () => {
    await using server = await startTestPostgres(15)
    const config = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
    await using connection = await postgresEngine.open({ ...config, sslmode: 'prefer' })
    assert.deepEqual((await run(connection, 'select 1')).rows, [['1']])
    await assert.rejects(postgresEngine.open({ ...config, sslmode: 'require' }), (error: TuskError) => {
      assert.match(error.hint ?? '', /TLS/)
      return error.code === 'CONNECTION_FAILED'
    })
  })
})
