import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { TuskError } from '../../src/errors.ts'
import { Home } from '../../src/home/home.ts'
import { SavedConnections } from '../../src/query/saved-connections.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const code = (expected: string) => (error: unknown) => error instanceof TuskError && error.code === expected

const engine: Engine = {
  id: 'postgres',
  label: 'PostgreSQL',
  fields: [
    { key: 'host', label: 'Host', kind: 'text', required: true, identity: true },
    { key: 'port', label: 'Port', kind: 'number', default: 5432, identity: true },
    { key: 'database', label: 'Database', kind: 'text' },
    { key: 'user', label: 'User', kind: 'text', identity: true },
    { key: 'password', label: 'Password', kind: 'secret' },
    { key: 'sslmode', label: 'TLS', kind: 'choice', choices: ['prefer', 'require'], default: 'prefer', identity: true },
    { key: 'read_only', label: 'Read-only', kind: 'boolean', default: false },
  ],
  dialect: postgresDialect,
  hosting: { share: 'connection' },
  open: () => Promise.reject(new Error('not opened here')),
}

function setUp(t: { after(fn: () => void): void }) {
  const home = Home.open(temporaryDirectory(t))
  const file = home.path('connections.toml')
  const open = () => new SavedConnections({ file, engines: [engine, duckdbEngine], secrets: home.secrets })
  return { file, open, connections: open() }
}

const input = { name: 'Shop', engine: 'postgres', config: { host: 'db.example', user: 'ann', password: 'hunter2' } }

test('a password is saved encrypted, never shown, and there when the connection is opened', async t => {
  const { file, open, connections } = setUp(t)
  const saved = await connections.create(localActor, input)
  assert.deepEqual(saved.secrets, ['password'])
  assert.ok(!JSON.stringify(saved).includes('hunter2'))
  assert.ok(!readFileSync(file, 'utf8').includes('hunter2'))
  assert.equal(open().resolve(localActor, saved.id).config.password, 'hunter2')
  assert.equal(open().resolve(localActor, saved.id).config.port, 5432)
})

test('an edit keeps the password, a new host, port, user or TLS mode clears it', async t => {
  const { connections } = setUp(t)
  const { id } = await connections.create(localActor, input)
  const renamed = await connections.update(localActor, id, {
    name: 'Shop 2',
    engine: 'postgres',
    config: { host: 'db.example', user: 'ann', database: 'x' },
  })
  assert.deepEqual(renamed.secrets, ['password'])
  for (const change of [{ host: 'evil.example' }, { port: 1 }, { user: 'bob' }, { sslmode: 'require' }]) {
    const { id: other } = await connections.create(localActor, input)
    const moved = await connections.update(localActor, other, {
      name: 'Shop',
      engine: 'postgres',
      config: { host: 'db.example', user: 'ann', ...change },
    })
    assert.deepEqual(moved.secrets, [], JSON.stringify(change))
    assert.equal(
      connections.check(
        localActor,
        { name: 'x', engine: 'postgres', config: { host: 'db.example', user: 'ann', ...change } },
        id,
      ).config.password,
      undefined,
    )
  }
  assert.equal(
    connections.check(localActor, { name: 'x', engine: 'postgres', config: { host: 'db.example', user: 'ann' } }, id)
      .config.password,
    'hunter2',
  )
  const cleared = await connections.update(localActor, id, {
    name: 'Shop',
    engine: 'postgres',
    config: { host: 'db.example', user: 'ann', password: null },
  })
  assert.deepEqual(cleared.secrets, [])
})

test('a stale edit is refused', async t => {
  const { connections } = setUp(t)
  const { id, version } = await connections.create(localActor, input)
  await connections.update(localActor, id, { ...input, version })
  await assert.rejects(connections.update(localActor, id, { ...input, version }), code('CONFLICT'))
})

test('somebody else sees nothing of it', async t => {
  const { connections } = setUp(t)
  const { id } = await connections.create(localActor, input)
  const other = { ...localActor, id: 'other' }
  assert.deepEqual(connections.list(other), [])
  assert.throws(() => connections.get(other, id), code('NOT_FOUND'))
  assert.throws(() => connections.resolve(other, id), code('NOT_FOUND'))
  await assert.rejects(connections.remove(other, id), code('NOT_FOUND'))
})

test('settings that are missing, unknown or wrong are named', async t => {
  const { connections } = setUp(t)
  const refused = async (config: Record<string, string>, what: RegExp) =>
    assert.rejects(
      connections.create(localActor, { ...input, config }),
      (error: unknown) => code('CONNECTION_CONFIG')(error) && what.test(String(error)),
    )
  await refused({}, /Host is missing/)
  await refused({ host: 'x', prot: '1' }, /“prot”/)
  await refused({ host: 'x', port: 'many' }, /Port must be a number/)
  await refused({ host: 'x', sslmode: 'none' }, /TLS must be one of/)
  await assert.rejects(connections.create(localActor, { ...input, name: '  ' }), /needs a name/)
  assert.deepEqual(connections.list(localActor), [])
})

test('a file of the older Tusk is understood, and its clear passwords are encrypted at the next change', async t => {
  const { file, open } = setUp(t)
  writeFileSync(
    file,
    '[[connections]]\nid = "abc123abc123"\nname = "Old"\ntype = "postgres"\nhost = "h"\nport = 5433\nuser = "u"\npassword = "clear!"\n',
  )
  const connections = open()
  assert.deepEqual(
    connections
      .list(localActor)
      .map(({ id, name, engine: kind, config, secrets }) => ({ id, name, kind, config, secrets })),
    [
      {
        id: 'abc123abc123',
        name: 'Old',
        kind: 'postgres',
        config: { host: 'h', port: 5433, user: 'u' },
        secrets: ['password'],
      },
    ],
  )
  assert.equal(connections.resolve(localActor, 'abc123abc123').config.password, 'clear!')
  await connections.create(localActor, input)
  assert.ok(!readFileSync(file, 'utf8').includes('clear!'))
  assert.equal(open().resolve(localActor, 'abc123abc123').config.password, 'clear!')
})

test('the former names of what DuckDB may use are taken over, and written under the present ones', async t => {
  const { file, open } = setUp(t)
  writeFileSync(
    file,
    `[[connections]]
id = "abc123abc123"
name = "Former"
engine = "duckdb"
[connections.config]
path = "x.duckdb"
memoryLimitMB = 300
memory_limit_mb = 400
tempLimitMB = 500
externalAccess = false
[[connections]]
id = "def456def456"
name = "Older"
type = "duckdb"
path = "y.duckdb"
externalAccess = false
`,
  )
  const connections = open()
  const configs = () =>
    new Map(
      open()
        .list(localActor)
        .map(({ id, config }) => [id, { ...config }]),
    )
  const expected = { path: 'x.duckdb', memory_limit_mb: 400, temp_limit_mb: 500, external_access: false }
  assert.deepEqual(configs().get('abc123abc123'), expected)
  assert.equal(connections.resolve(localActor, 'def456def456').config.external_access, false)
  await connections.create(localActor, input)
  assert.doesNotMatch(readFileSync(file, 'utf8'), /memoryLimitMB|tempLimitMB|externalAccess/)
  assert.deepEqual(configs().get('abc123abc123'), expected)
})

test('a change by another process is seen, and a damaged file is named and not overwritten', async t => {
  const { file, open, connections } = setUp(t)
  const { id } = await open().create(localActor, input)
  assert.equal(connections.get(localActor, id).name, 'Shop')
  writeFileSync(file, 'connections = 7')
  assert.throws(() => open(), code('STATE_DAMAGED'))
  await assert.rejects(connections.create(localActor, input), code('STATE_DAMAGED'))
  assert.equal(readFileSync(file, 'utf8'), 'connections = 7')
})

test('many at once are all saved, with names told apart, and the read-only switch reaches the engine', async t => {
  const { open, connections } = setUp(t)
  await Promise.all(Array.from({ length: 20 }, () => connections.create(localActor, { ...input, readOnly: true })))
  const names = open()
    .list(localActor)
    .map(connection => connection.name)
  assert.equal(new Set(names).size, 20)
  assert.ok(names.includes('Shop (20)'))
  const first = open().list(localActor)[0]
  assert.equal(open().resolve(localActor, first?.id ?? '').config.read_only, true)
})
