import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { localActor } from '../../src/auth/actor.ts'
import { openAuth } from '../../src/auth/open-auth.ts'
import type { WireConnection, WireConnectionRights, WireRun } from '../../src/wire.ts'
import { type MultiStudio, startMultiStudio } from '../support/multi-studio.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('files of the machine in multi-user mode', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let open: string
  let shown: string
  let hidden: string
  before(async () => {
    const directory = temporaryDirectory(untilTheEnd)
    ;[open, shown, hidden] = ['open', 'shown', 'hidden'].map(name => join(directory, name)) as [string, string, string]
    for (const folder of [open, shown, hidden]) mkdirSync(folder)
    writeFileSync(join(hidden, 'secret.csv'), 'a\n1\n')
    symlinkSync(hidden, join(open, 'way-out'))
    studio = await startMultiStudio(untilTheEnd, {
      home: temporaryDirectory(untilTheEnd),
      arguments: ['--no-samples', '--no-plugins'],
    })
    using auth = openAuth(`${studio.home}/auth.db`)
    const group = auth.groups.byName('Data Engineers')
    if (group === undefined) throw new Error('the group is gone')
    const fileRoots = [
      { path: open, writable: true },
      { path: shown, writable: false },
    ]
    auth.groups.update(localActor, group.id, { ...group, fileRoots })
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  const make = (as: string, engine: string, config: object, readOnly = false): Promise<Response> =>
    studio.ask('/api/connections', { as, json: { name: engine, engine, config, readOnly } })
  async function made(as: string, engine: string, config: object): Promise<string> {
    const answer = await make(as, engine, config)
    assert.equal(answer.status, 201, await answer.clone().text())
    return ((await answer.json()) as WireConnection).id
  }
  async function run(as: string, connectionId: string, sql: string): Promise<WireRun['statements'][number]> {
    const answer = await studio.ask('/api/runs', { as, json: { connectionId, sql } })
    assert.equal(answer.status, 201, await answer.clone().text())
    let now = (await answer.json()) as WireRun
    while (now.state === 'running') now = (await (await studio.ask(`/api/runs/${now.id}`, { as })).json()) as WireRun
    const last = now.statements.at(-1)
    if (last === undefined) throw new Error('no statement')
    return last
  }

  test('connections name files in the folders of one\u2019s groups and nowhere else, whatever way is tried', async () => {
    const engineer = await studio.signIn('engineer')
    const outside = [
      join(studio.home, 'auth.db'),
      join(hidden, 'x.db'),
      join(open, 'way-out', 'x.db'),
      join(open, '..', 'hidden', 'x.db'),
      `file:${join(open, 'x.db')}`,
      'md:shop',
      'https://example.org/x.db',
      '~/x.db',
    ]
    for (const path of outside)
      for (const engine of ['sqlite', 'duckdb']) {
        assert.equal((await make(engineer, engine, { path })).status, 403, `${engine} ${path}`)
        const tried = { name: 'x', engine, config: { path } }
        const answer = await (await studio.ask('/api/connections/test', { as: engineer, json: tried })).text()
        assert.match(answer, /NOT_PERMITTED/, path)
      }
    assert.equal((await make(engineer, 'sqlite', { path: join(shown, 'x.db') })).status, 403)
    assert.equal((await make(engineer, 'sqlite', { path: join(shown, 'x.db') }, true)).status, 201)
    const id = await made(engineer, 'sqlite', { path: join(open, 'mine.db'), create: true })
    const change = (path: string): Promise<Response> =>
      studio.ask(`/api/connections/${id}`, {
        as: engineer,
        method: 'PUT',
        json: { name: 'sqlite', engine: 'sqlite', config: { path } },
      })
    assert.equal((await change(join(studio.home, 'auth.db'))).status, 403)
    assert.equal((await make(await studio.signIn('root'), 'sqlite', { path: join(hidden, 'x.db') })).status, 201)
  })

  test('SQL reaches no other file, in DuckDB and in SQLite, and changes no setting that could', async () => {
    const engineer = await studio.signIn('engineer')
    const sqlite = await made(engineer, 'sqlite', { path: ':memory:', allow_attach: true })
    for (const sql of [`ATTACH '${join(studio.home, 'auth.db')}' AS a`, `VACUUM INTO '${join(open, 'copy.db')}'`])
      assert.equal((await run(engineer, sqlite, sql)).state, 'failed', sql)
    const secret = join(hidden, 'secret.csv')
    const statements = [
      `SELECT * FROM read_csv('${secret}')`,
      `SELECT * FROM '${secret}'`,
      `SELECT * FROM read_text('/proc/self/environ')`,
      `SELECT * FROM glob('${hidden}/*')`,
      `COPY (SELECT 1) TO '${join(open, 'out.csv')}'`,
      `EXPORT DATABASE '${join(open, 'exported')}'`,
      `ATTACH '${join(open, 'attached.duckdb')}'`,
      'INSTALL httpfs',
      `LOAD '${join(open, 'x.duckdb_extension')}'`,
      'SET enable_external_access = true',
      'RESET enable_external_access',
      'SET lock_configuration = false',
      `SET allowed_directories = ['/']`,
      `SET allowed_configs = ['memory_limit']`,
      `SET memory_limit = '100GB'`,
      `SET temp_directory = '${open}'`,
      `SET profiling_output = '${join(open, 'profile.json')}'`,
      `PRAGMA enable_profiling = 'json'`,
    ]
    for (const config of [{ path: ':memory:' }, { path: join(open, 'shop.duckdb') }]) {
      const duckdb = await made(engineer, 'duckdb', { ...config, external_access: true })
      for (const sql of statements) assert.equal((await run(engineer, duckdb, sql)).state, 'failed', sql)
      assert.equal(
        (await run(engineer, duckdb, `SET TimeZone = 'Europe/Berlin'; CREATE TABLE t AS SELECT 1 AS a`)).state,
        'complete',
      )
    }
    const root = await studio.signIn('root')
    assert.equal(
      (await run(root, await made(root, 'duckdb', { path: ':memory:' }), `FROM read_csv('${secret}')`)).rowCount,
      1,
    )
  })

  test('administrators open folders on the page of a group; what a form does not name stays', async () => {
    const root = await studio.signIn('root')
    using auth = openAuth(`${studio.home}/auth.db`)
    const group = auth.groups.create(localActor, { name: 'Readers', permissions: ['system.groups', 'system.users'] })
    const folders = { readableFolders: `${shown}\n\n ${shown} \n`, writableFolders: open }
    const send = (as: string, json: object) =>
      studio.ask(`/api/groups/${group.id}`, { as, json: { name: 'Readers', permissions: group.permissions, ...json } })
    const opened = (await (await send(root, folders)).json()) as { fileRoots: object[] }
    const expected = [
      { path: shown, writable: false },
      { path: open, writable: true },
    ]
    assert.deepEqual(opened.fileRoots, expected)
    const page = await studio.ask(`/groups/${group.id}`, { as: root, headers: { accept: 'text/html' } })
    const html = (await page.text()).replaceAll('&#x2f;', '/')
    assert.ok(html.includes(`${shown}</textarea>`) && html.includes(`${open}</textarea>`))
    assert.equal((await send(root, { readableFolders: 'not/absolute' })).status, 400)
    assert.equal((await send(root, {})).status, 200)
    assert.deepEqual(auth.groups.get(group.id).fileRoots, expected)

    const person = auth.people.byName('nobody')
    const other = auth.groups.create(localActor, { name: 'Others', permissions: ['system.groups', 'system.users'] })
    auth.people.update(localActor, person?.id ?? '', { groups: [other.id] })
    const nobody = await studio.signIn('nobody')
    assert.equal((await send(nobody, { readableFolders: '/' })).status, 403)
    assert.equal((await send(nobody, { description: 'still theirs to change' })).status, 200)
    const analyst = auth.people.byName('analyst')?.id ?? ''
    const join = await studio.ask(`/api/users/${analyst}`, { as: nobody, json: { groups: [group.id] } })
    assert.equal(join.status, 403, await join.text())
  })

  test('limits of the groups hold: seconds, rows and runs at the same time', async () => {
    using auth = openAuth(`${studio.home}/auth.db`)
    const group = auth.groups.byName('Data Engineers')
    if (group === undefined) throw new Error('the group is gone')
    const engineer = await studio.signIn('engineer')
    const id = await made(engineer, 'duckdb', { path: ':memory:' })
    const limited = auth.groups.update(localActor, group.id, {
      ...group,
      limits: { seconds: 1, rows: 10, concurrentRuns: 1 },
    })
    const rows = await run(engineer, id, 'FROM range(1000)')
    assert.deepEqual([rows.state, rows.rowCount], ['truncated', 10])
    const long = run(engineer, id, 'SELECT count(*) FROM range(100000000000)')
    for (;;) {
      const { runs } = (await (await studio.ask('/api/runs', { as: engineer })).json()) as { runs: WireRun[] }
      if (runs.some(({ state }) => state === 'running')) break
    }
    const more = await studio.ask('/api/runs', { as: engineer, json: { connectionId: id, sql: 'SELECT 1' } })
    assert.equal(more.status, 429)
    assert.equal((await long).error?.code, 'QUERY_TIMEOUT')
    auth.groups.update(localActor, group.id, { ...limited, limits: {} })
  })

  test('who may write and who may only read use one DuckDB file at the same time; a database in memory is one\u2019s own', async () => {
    const [engineer, analyst] = [await studio.signIn('engineer'), await studio.signIn('analyst')]
    const share = async (id: string): Promise<void> => {
      const address = `/api/connections/${id}/rights`
      const { groups } = (await (await studio.ask(address, { as: engineer })).json()) as WireConnectionRights
      const groupId = groups.find(({ name }) => name === 'Analysts')?.id
      const rights = [{ groupId, level: 'use', readOnly: true }]
      assert.equal((await studio.ask(address, { as: engineer, json: { rights } })).status, 200)
    }
    const file = await made(engineer, 'duckdb', { path: join(open, 'shared.duckdb') })
    await share(file)
    assert.equal((await run(engineer, file, 'CREATE TABLE t AS SELECT 1 AS a')).state, 'complete')
    assert.equal((await run(analyst, file, 'FROM t')).rowCount, 1)
    assert.equal((await run(engineer, file, 'INSERT INTO t VALUES (2)')).state, 'complete')
    assert.equal((await run(analyst, file, 'DROP TABLE t')).error?.code, 'READ_ONLY')
    const memory = await made(engineer, 'duckdb', { path: ':memory:' })
    await share(memory)
    const tabId = 'tab'
    await studio.ask('/api/runs', {
      as: engineer,
      json: { connectionId: memory, sql: 'CREATE TABLE t (a int)', tabId },
    })
    assert.equal((await run(analyst, memory, 'FROM t')).error?.code, 'QUERY_FAILED')
  })
})
