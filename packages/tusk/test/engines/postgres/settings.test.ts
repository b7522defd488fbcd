import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'

describe('a PostgreSQL URL', () => {
  const parse = (url: string) => postgresEngine.parseUrl?.(url)

  test('gives the fields, percent-decoded', () => {
    assert.deepEqual(
      parse('postgres://me%40home:p%3A%2F%40ss@db.example:5433/my%20data?sslmode=verify-full&application_name=a+b'),
      {
        user: 'me@home',
        password: 'p:/@ss',
        host: 'db.example',
        port: 5433,
        database: 'my data',
        sslmode: 'verify-full',
        application_name: 'a+b',
      },
    )
  })

  test('may leave things out', () => {
    assert.deepEqual(parse('postgresql://localhost'), { host: 'localhost' })
    assert.deepEqual(parse('postgresql:///shop?host=/run/postgresql'), { database: 'shop', host: '/run/postgresql' })
    assert.deepEqual(parse('postgres://u@[::1]:5432/'), { user: 'u', host: '::1', port: 5432 })
    assert.deepEqual(parse('postgres://h/d?read_only=true&unknown=1'), { host: 'h', database: 'd', read_only: true })
  })

  test('of something else is none', () => {
    assert.equal(parse('mysql://localhost'), undefined)
    assert.equal(parse('duckdb:file.db'), undefined)
    assert.equal(parse('postgres://%zz@h/d'), undefined)
  })
})

describe('the fields of PostgreSQL', () => {
  test('have one secret, and those that say who answers are marked', () => {
    const marked = (mark: 'identity' | 'advanced') =>
      postgresEngine.fields.filter(field => field[mark]).map(field => field.key)
    assert.deepEqual(
      postgresEngine.fields.filter(field => field.kind === 'secret').map(field => field.key),
      ['password'],
    )
    assert.deepEqual(marked('identity'), ['host', 'port', 'user', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'])
  })
})
