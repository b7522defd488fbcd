import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import type { TuskError } from '../../src/errors.ts'
import type { WireConnection, WireConnectionRights, WireConnectionRoles, WireFailure, WireRun } from '../../src/wire.ts'
import { run as runStatement } from '../contract/index.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../support/multi-studio-here.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../support/postgres.ts'
import { textRows } from '../support/spool-fixture.ts'

const adaPassword = 'ada-s3cret-\u00fc"\'\\'
const people = { engineer: 'ada', analyst: 'bob' } as const

suite('one connection, several people', { skip: skipWithoutPostgres(15) }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let postgres: TestPostgres
  let studio: MultiStudioHere
  let home: string
  const cookies = new Map<string, string>()

  before(async () => {
    postgres = await startTestPostgres(15, { password: 'super' })
    const { host, port } = postgres
    closing.push(() => postgres.stop())
    studio = await startMultiStudioHere(untilTheEnd)
    closing.push(async () => {
      await studio[Symbol.asyncDispose]()
    })
    home = studio.tusk.stateFile('.')
    for (const name of ['root', 'engineer', 'analyst']) cookies.set(name, cookieOf(name))
    // Not over the studio, whose history would hold the passwords.
    await using admin = await postgresEngine.open({ host, port, user: 'postgres', password: 'super' })
    for (const sql of [
      `CREATE ROLE ada LOGIN PASSWORD ${postgresDialect.quoteLiteral(adaPassword)}`,
      `CREATE ROLE bob LOGIN PASSWORD 'bob-s3cret'`,
      'CREATE ROLE engineer',
      'CREATE ROLE "an ""odd"" role; --"',
      'CREATE TABLE seen AS SELECT 1 AS a',
      'GRANT SELECT ON seen TO ada',
    ])
      await runStatement(admin, sql)
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  function cookieOf(name: string): string {
    const { secret } = studio.auth.sessions.create({
      personId: idOf(name),
      lifetimeMs: 3_600_000,
      idleMs: 3_600_000,
      address: '127.0.0.1',
      agent: 'test',
    })
    return `tusk-session-${new URL(studio.address).port}=${secret}`
  }
  const idOf = (name: string): string => studio.auth.people.byName(name)?.id ?? ''
  const ask = (as: string, method: string, path: string, json?: unknown): Promise<Response> =>
    fetch(studio.address + path, {
      method,
      headers: {
        cookie: cookies.get(as) ?? '',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
  const input = (more: { config?: object; eachSignsIn?: boolean; asOwnRole?: boolean }) => ({
    name: 'Shop',
    engine: 'postgres',
    ...more,
    config: { host: postgres.host, port: postgres.port, sslmode: 'disable', database: 'postgres', ...more.config },
  })
  /** A connection of the engineer that analysts may use. */
  async function connect(more: Parameters<typeof input>[0]): Promise<string> {
    const answer = await ask('engineer', 'POST', '/api/connections', input(more))
    assert.equal(answer.status, 201, await answer.clone().text())
    const { id } = (await answer.json()) as WireConnection
    const address = `/api/connections/${id}/rights`
    const { groups } = (await (await ask('engineer', 'GET', address)).json()) as WireConnectionRights
    const groupId = groups.find(({ name }) => name === 'Analysts')?.id
    const rights = [{ groupId, level: 'use', readOnly: false }]
    assert.equal((await ask('engineer', 'POST', address, { rights })).status, 200)
    return id
  }
  async function failure(answer: Response): Promise<WireFailure['error']> {
    return ((await answer.json()) as WireFailure).error
  }
  const start = (as: string, connectionId: string, sql: string, tabId?: string): Promise<Response> =>
    ask(as, 'POST', '/api/runs', { connectionId, sql, ...(tabId === undefined ? {} : { tabId }) })
  async function run(as: string, connectionId: string, sql: string, tabId?: string) {
    const answer = await start(as, connectionId, sql, tabId)
    assert.equal(answer.status, 201, await answer.clone().text())
    let now = (await answer.json()) as WireRun
    while (now.state === 'running') now = (await (await ask(as, 'GET', `/api/runs/${now.id}`)).json()) as WireRun
    const last = now.statements.at(-1)
    if (last === undefined) throw new Error('no statement')
    return { ...last, note: now.sessionNote }
  }
  async function problem(as: string, connectionId: string, sql: string): Promise<{ readonly message: string }> {
    const answer = await start(as, connectionId, sql)
    if (!answer.ok) return await failure(answer)
    let now = (await answer.json()) as WireRun
    while (now.state === 'running') now = (await (await ask(as, 'GET', `/api/runs/${now.id}`)).json()) as WireRun
    const { error } = now.statements[0] ?? {}
    if (error === undefined) throw new Error(`${sql} did not fail`)
    return error
  }
  async function rows(as: string, connectionId: string, sql: string, tabId?: string): Promise<unknown> {
    const { resultId, error } = await run(as, connectionId, sql, tabId)
    assert.equal(error, undefined, error?.message)
    return textRows(Buffer.from(await (await ask(as, 'GET', `/api/results/${resultId}/rows`)).arrayBuffer()))
  }
  const signIn = (as: string, id: string, user: string, password: string): Promise<Response> =>
    ask(as, 'PUT', `/api/connections/${id}/sign-in`, { values: { user, password } })
  const seen = async (as: string, id: string): Promise<WireConnection> =>
    (await (await ask(as, 'GET', `/api/connections/${id}`)).json()) as WireConnection

  test('each person signs in to the database for themselves, in a process of their own', async () => {
    const id = await connect({ config: { user: 'postgres', password: 'super' }, eachSignsIn: true })
    const shown = await seen('engineer', id)
    assert.deepEqual(
      [shown.eachSignsIn, shown.signedIn, shown.secrets, shown.config.user],
      [true, false, [], undefined],
    )
    for (const path of [`/api/connections/${id}/relations`, `/api/connections/${id}/relations?refresh=true`])
      assert.equal((await failure(await ask('engineer', 'GET', path))).code, 'CREDENTIALS_REQUIRED')
    const without = await start('engineer', id, 'SELECT 1')
    assert.equal(without.status, 403)
    const why = await failure(without)
    assert.equal(why.code, 'CREDENTIALS_REQUIRED')
    assert.match(why.hint ?? '', /Sign in/)

    const wrong = await signIn('engineer', id, 'ada', 'not this')
    assert.equal((await failure(wrong)).code, 'AUTHENTICATION_FAILED')
    assert.equal((await seen('engineer', id)).signedIn, false)
    assert.equal((await signIn('engineer', id, 'ada', '')).status, 400)
    const more = { values: { user: 'ada', password: adaPassword, host: 'evil.example.org' } }
    assert.equal((await ask('engineer', 'PUT', `/api/connections/${id}/sign-in`, more)).status, 400)
    const right = await signIn('engineer', id, 'ada', adaPassword)
    assert.equal(right.status, 204, await right.text())
    assert.deepEqual([(await seen('engineer', id)).signedIn, (await seen('analyst', id)).signedIn], [true, false])
    assert.equal((await start('analyst', id, 'SELECT 1')).status, 403)
    assert.equal((await signIn('analyst', id, 'bob', 'bob-s3cret')).status, 204)
    const who = 'SELECT current_user, session_user'
    assert.deepEqual(await rows('engineer', id, who, 't'), [['ada', 'ada']])
    assert.deepEqual(await rows('analyst', id, who, 't'), [['bob', 'bob']])
    assert.equal((await run('analyst', id, 'SELECT * FROM seen', 't')).state, 'failed')
    assert.deepEqual(await rows('engineer', id, 'SELECT * FROM seen', 't'), [['1']])
    const hosts = studio.tusk.hosts
      .list()
      .filter(({ engine, label, sessions }) => engine === 'postgres' && label === shown.name && sessions > 0)
    assert.equal(new Set(hosts.map(({ pid }) => pid)).size, 2)
  })

  test('what people give is encrypted, is in no answer, and is of no use in another place', async () => {
    const id = await connect({ eachSignsIn: true })
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
    for (const as of ['engineer', 'analyst', 'root'])
      for (const path of [
        '/api/connections',
        `/api/connections/${id}`,
        '/api/engines',
        '/api/audit',
        '/audit',
        '/profile',
      ])
        assert.ok(!(await (await ask(as, 'GET', path)).text()).includes('s3cret'), `${as} ${path}`)
    for (const name of readdirSync(home, { recursive: true }) as string[])
      if (/\.(db|db-wal|toml|log|jsonl?)$/.test(name))
        assert.ok(!readFileSync(join(home, name)).includes('ada-s3cret'), name)
    const database = new DatabaseSync(join(home, 'auth.db'))
    database
      .prepare(
        `INSERT INTO connection_sign_in (connection_id, person_id, place, sealed)
         SELECT connection_id, ?, place, sealed FROM connection_sign_in WHERE connection_id = ? AND person_id = ?`,
      )
      .run(idOf('analyst'), id, idOf('engineer'))
    database.close()
    const copied = await start('analyst', id, 'SELECT 1')
    assert.equal((await failure(copied)).code, 'STATE_DAMAGED')
    assert.deepEqual(await rows('engineer', id, 'SELECT current_user'), [['ada']])
  })

  test('it is dropped when the connection leads elsewhere, and when each no longer signs in', async () => {
    const id = await connect({ eachSignsIn: true })
    const change = async (more: Parameters<typeof input>[0]): Promise<void> => {
      const answer = await ask('engineer', 'PUT', `/api/connections/${id}`, input(more))
      assert.equal(answer.status, 200, await answer.text())
    }
    const kept = (): number => {
      const database = new DatabaseSync(join(home, 'auth.db'), { readOnly: true })
      const row = database.prepare('SELECT count(*) AS n FROM connection_sign_in WHERE connection_id = ?').get(id)
      database.close()
      return Number(row?.n)
    }
    for (const elsewhere of [{ host: 'localhost' }, { port: postgres.port + 1 }, { sslmode: 'prefer' }]) {
      assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
      assert.equal(kept(), 1)
      await change({ config: { application_name: 'still here' } })
      assert.equal((await seen('engineer', id)).signedIn, true)
      await change({ config: elsewhere })
      assert.deepEqual([kept(), (await seen('engineer', id)).signedIn], [0, false], JSON.stringify(elsewhere))
      await change({})
      assert.equal((await start('engineer', id, 'SELECT 1')).status, 403)
    }
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
    await change({ config: { user: 'postgres', password: 'super' }, eachSignsIn: false })
    assert.equal(kept(), 0)
    assert.deepEqual(await rows('engineer', id, 'SELECT current_user'), [['postgres']])
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 400)
    await change({ eachSignsIn: true })
    assert.deepEqual((await seen('engineer', id)).secrets, [])
    assert.equal((await start('engineer', id, 'SELECT 1')).status, 403)
  })

  test('a file that somebody changed by hand lends nothing to another host', async () => {
    const id = await connect({ eachSignsIn: true })
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
    const actor = studio.auth.actorOf(idOf('engineer'))
    assert.equal(studio.tusk.connections.resolve(actor, id).config.password, adaPassword)
    const file = join(home, 'connections.toml')
    const text = readFileSync(file, 'utf8')
    const [before, own = ''] = [text.slice(0, text.indexOf(id)), text.slice(text.indexOf(id))]
    writeFileSync(file, before + own.replace(`host = "${postgres.host}"`, 'host = "evil.example.org"'))
    assert.throws(
      () => studio.tusk.connections.resolve(actor, id),
      (error: TuskError) => error.code === 'CREDENTIALS_REQUIRED',
    )
    writeFileSync(file, text)
  })

  test('forgetting ends the session; a person who is deleted leaves nothing', async () => {
    const id = await connect({ eachSignsIn: true })
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
    await run('engineer', id, 'CREATE TEMP TABLE t (a int)', 'forget')
    assert.equal((await ask('engineer', 'DELETE', `/api/connections/${id}/sign-in`)).status, 204)
    assert.equal((await start('engineer', id, 'SELECT 1', 'forget')).status, 403)
    const person = studio.auth.people.create(localActor, { name: 'short', groups: [] })
    const { connectionPeople } = studio.auth
    const actor = { ...localActor, id: person.id, name: 'short' }
    connectionPeople.keepSignIn(actor, { id, name: 'Shop' }, { place: 'p', sealed: 's' })
    connectionPeople.setRoles(localActor, { id, name: 'Shop' }, [{ personId: person.id, role: 'x' }])
    studio.auth.people.remove(localActor, person.id)
    assert.deepEqual(
      [connectionPeople.signIn(id, person.id), connectionPeople.role(id, person.id)],
      [undefined, undefined],
    )
    connectionPeople.setRoles(localActor, { id, name: 'Shop' }, [{ personId: idOf('analyst'), role: 'x' }])
    assert.equal((await ask('engineer', 'DELETE', `/api/connections/${id}`)).status, 204)
    assert.deepEqual(connectionPeople.roles(id), [])
  })

  test('statements run as the role of the person, which who may change the connection can name', async () => {
    const id = await connect({ config: { user: 'postgres', password: 'super' }, asOwnRole: true })
    assert.deepEqual([(await seen('engineer', id)).role, (await seen('analyst', id)).role], ['engineer', 'analyst'])
    assert.deepEqual(await rows('engineer', id, 'SELECT current_user, session_user', 'r'), [['engineer', 'postgres']])
    assert.equal((await run('engineer', id, 'SELECT * FROM seen', 'r')).state, 'failed')
    await run('engineer', id, 'SET ROLE postgres', 'r')
    assert.deepEqual(await rows('engineer', id, 'SELECT current_user', 'r'), [['engineer']])

    // Said in the answer, or by the run where opening the session took longer than an answer waits.
    const { message } = await problem('analyst', id, 'SELECT 1')
    assert.match(message, /You cannot work as the database role “analyst”/)
    const address = `/api/connections/${id}/roles`
    const name = (as: string, roles: object[]): Promise<Response> => ask(as, 'POST', address, { roles })
    assert.equal((await name('analyst', [{ personId: idOf('analyst'), role: 'postgres' }])).status, 403)
    assert.equal((await ask('root', 'GET', address)).status, 404)
    for (const role of ['none', 'x'.repeat(64)])
      assert.equal((await name('engineer', [{ personId: idOf('analyst'), role }])).status, 400)
    assert.equal((await name('engineer', [{ personId: 'nobody at all', role: 'x' }])).status, 400)
    const odd = 'an "odd" role; --'
    const set = await name('engineer', [
      { personId: 'analyst', role: odd },
      { personId: idOf('engineer'), role: ' ' },
    ])
    assert.deepEqual(((await set.json()) as WireConnectionRoles).roles, [
      { person: 'analyst', personId: idOf('analyst'), role: odd },
    ])
    assert.equal((await seen('analyst', id)).role, odd)
    assert.deepEqual(await rows('analyst', id, 'SELECT current_user', 'r'), [[odd]])
    // Another role is another session, at once.
    assert.equal((await name('engineer', [{ personId: 'analyst', role: 'bob' }])).status, 200)
    assert.deepEqual(await rows('analyst', id, 'SELECT current_user', 'r'), [['bob']])
  })

  test('a person\u2019s own sign-in and role go together; other kinds of databases know neither', async () => {
    const id = await connect({ eachSignsIn: true, asOwnRole: true })
    await ask('engineer', 'POST', `/api/connections/${id}/roles`, {
      roles: [{ personId: 'engineer', role: people.engineer }],
    })
    assert.equal((await signIn('engineer', id, 'ada', adaPassword)).status, 204)
    assert.deepEqual(await rows('engineer', id, 'SELECT current_user, session_user'), [['ada', 'ada']])
    const other = { name: 'x', engine: 'duckdb', config: { path: ':memory:' }, eachSignsIn: true }
    assert.equal((await ask('engineer', 'POST', '/api/connections', other)).status, 400)
  })
})
