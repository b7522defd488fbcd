import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import type { WireConnection, WireNewShare, WireRun, WireSavedQuery, WireTab } from '../../src/wire.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../support/multi-studio-here.ts'

/** Ids of what one person made, and an id that nobody ever had, by the beginning of the routes that take one. */
type Things = Readonly<Record<string, string>>

/** Routes whose ids name what belongs to nobody in particular, and is guarded by its permission alone; or what a test of its own is about. */
const notOwned = [
  /^\/(api\/)?users\//,
  /^\/(api\/)?groups\//,
  /^\/(api\/)?settings\/plugins\//,
  /^\/static\//,
  // One’s own profile: features/users.
  /^\/(api\/)?profile\//,
  // Given away by its owner and by those who manage people: features/sql/connection-rights.
  /^\/api\/connections\/:id\/owner$/,
]

/** What a route needs beside an id to come as far as looking for it. */
const queries: Readonly<Record<string, string>> = {
  '/api/connections/:id/columns': '?schema=main&name=t',
  '/api/connections/:id/table': '?schema=main&name=t',
  '/api/results/:id/cell': '?row=0&column=0',
  '/api/results/:id/export': '?format=csv',
  '/api/tabs/:id/session': '?connectionId=CONNECTION',
  '/s/:key/cell': '?row=0&column=0',
  '/shared/:key/cell': '?row=0&column=0',
  '/shared/:key/export': '?format=csv',
}
const oneChange = {
  table: { schema: 'main', name: 't' },
  resultId: 'none',
  changes: [{ kind: 'delete', seen: { id: '1' } }],
}
const bodies: Readonly<Record<string, object>> = {
  'PUT /api/connections/:id': { name: 'Mine now', engine: 'duckdb', config: { path: ':memory:' } },
  'POST /api/connections/:id/rights': { rights: [] },
  'POST /api/connections/:id/rows': { table: { schema: 'main', name: 't' } },
  'POST /api/connections/:id/changes': oneChange,
  'POST /api/connections/:id/changes/preview': oneChange,
  'POST /api/connections/:id/roles': { roles: [] },
  'PUT /api/connections/:id/sign-in': { values: { user: 'a', password: 'b' } },
  'POST /api/results/:id/views': { sort: [{ column: 0 }] },
  'POST /api/results/:id/loads': {
    connectionId: 'CONNECTION',
    table: { schema: 'main', name: 'theirs' },
    columns: [{ name: 'word', from: 0, type: 'VARCHAR' }],
    into: 'new',
  },
  'POST /api/imports/:id/look': {},
  'POST /api/imports/:id/read': {},
  'PUT /api/history/:id': { name: 'x' },
  'POST /api/results/:id/diff': { other: 'RESULT' },
  'POST /api/results/:id/groups': { by: [{ column: 0 }], values: [{ function: 'count' }] },
  'POST /api/results/:id/points': { sample: [0] },
  'POST /shared/:key/views': { sort: [{ column: 0 }] },
  'POST /api/results/:id/pin': { pinned: true },
  'PUT /api/results/:id/name': { name: 'mine' },
  'POST /api/results/:id/shares': { link: true, days: 1 },
  'PUT /api/saved-queries/:id': { name: 'Mine now' },
  'POST /api/saved-queries/:id/shares': { days: 1 },
  'PUT /api/tabs/:id': { title: 'x', connectionId: null, sql: '', position: 1, version: 1 },
  'POST /api/tabs/:id/session': { connectionId: 'CONNECTION' },
}

suite('what belongs to one person, asked for by another', () => {
  const ends: (() => void | Promise<void>)[] = []
  let studio: MultiStudioHere
  before(async () => {
    studio = await startMultiStudioHere({ after: end => void ends.push(end) })
    ends.unshift(async () => {
      await studio[Symbol.asyncDispose]()
    })
  })
  after(async () => {
    for (const end of ends) await end()
  })

  const cookieOf = (name: string): string => {
    const { secret } = studio.auth.sessions.create({
      personId: studio.auth.people.byName(name)?.id ?? '',
      lifetimeMs: 3_600_000,
      idleMs: 3_600_000,
      address: '127.0.0.1',
      agent: 'owner sweep',
    })
    return `tusk-session-${new URL(studio.address).port}=${secret}`
  }
  const ask = (method: string, path: string, cookie: string, json?: object): Promise<Response> =>
    fetch(studio.address + path, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        cookie,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
  async function make<Made>(path: string, cookie: string, json: object): Promise<Made> {
    const answer = await ask('POST', path, cookie, json)
    assert.equal(answer.status, 201, await answer.clone().text())
    return (await answer.json()) as Made
  }

  async function run(cookie: string, connectionId: string, sql: string, tabId: string): Promise<WireRun> {
    const { id } = await make<WireRun>('/api/runs', cookie, { connectionId, sql, tabId })
    await (await ask('GET', `/api/runs/${id}/events`, cookie)).text()
    return (await (await ask('GET', `/api/runs/${id}`, cookie)).json()) as WireRun
  }

  /** One of everything. */
  async function thingsOf(cookie: string, to: string): Promise<Things> {
    const input = { name: 'Mine', engine: 'duckdb', config: { path: ':memory:' } }
    const { id: connection } = await make<WireConnection>('/api/connections', cookie, input)
    const tabInput = { title: 'Mine', connectionId: connection, sql: 'select 1', position: 1 }
    const { id: tab } = await make<WireTab>('/api/tabs', cookie, tabInput)
    const { id: runId, statements } = await run(cookie, connection, "select 'private' as word", tab)
    const result = statements[0]?.resultId ?? ''
    await run(cookie, connection, "copy (select 'private') to 'Mine.csv'", tab)
    const query = { kind: 'query', name: `Mine ${randomUUID()}`, parent: null, sql: 'select 1' }
    const { id: saved } = await make<WireSavedQuery>('/api/saved-queries', cookie, query)
    const exportId = randomUUID()
    const file = await ask('GET', `/api/results/${result}/export?format=csv&exportId=${exportId}`, cookie)
    assert.equal(file.status, 200, await file.text())
    const view = (await (
      await ask('POST', `/api/results/${result}/views`, cookie, { sort: [{ column: 0 }] })
    ).json()) as {
      id: string
    }
    const history = (await (await ask('GET', '/api/history', cookie)).json()) as { entries: { id: number }[] }
    const { share } = await make<WireNewShare>(`/api/results/${result}/shares`, cookie, { personId: to, days: 1 })
    const into = { connectionId: connection, table: { schema: 'main', name: 'mine' }, into: 'new' }
    const columns = [{ name: 'word', from: 0, type: 'VARCHAR' }]
    const load = await ask('POST', `/api/results/${result}/loads`, cookie, { ...into, columns })
    assert.equal(load.status, 202, await load.clone().text())
    const { id: loadId } = (await load.json()) as { id: string }
    const upload = await fetch(`${studio.address}/api/imports?name=mine.csv`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/octet-stream' },
      body: 'word\nprivate\n',
    })
    assert.equal(upload.status, 201, await upload.clone().text())
    const { id: importId } = (await upload.json()) as { id: string }
    return {
      connections: connection,
      tabs: tab,
      runs: runId,
      // It is over: administrators end what others run, and find nothing else of theirs there.
      running: runId,
      results: result,
      'saved-queries': saved,
      'exported-files': 'Mine.csv',
      exports: exportId,
      loads: loadId,
      imports: importId,
      view: view.id,
      history: String(history.entries[0]?.id),
      shares: share.id,
      shared: share.id,
      s: share.id,
    }
  }

  /** An address of a route for the things of somebody; undefined when no id of theirs belongs there. */
  function addressOf(path: string, things: Things): string | undefined {
    const kind = /^\/(?:api\/)?([a-z-]+)\//.exec(path)?.[1] ?? ''
    const id = things[kind]
    if (id === undefined) return undefined
    const filled = path
      .replace(/:(id|key|name)/, encodeURIComponent(id))
      .replace(':kind', 'run')
      .replace(':column', '0')
      .replace(':view', things.view ?? '')
    return filled + (queries[path] ?? '').replace('CONNECTION', things.connections ?? '')
  }

  test('is not found by any route, not even by an administrator, and is as it was afterwards', async () => {
    const viewerId = studio.auth.people.byName('viewer')?.id ?? ''
    const owner = cookieOf('engineer')
    const things = await thingsOf(owner, viewerId)
    const wrong: string[] = []
    for (const visitor of ['root', 'analyst']) {
      const cookie = cookieOf(visitor)
      for (const { method, path, permission } of studio.routes) {
        if (!/[:*]/.test(path) || notOwned.some(pattern => pattern.test(path))) continue
        const address = addressOf(path, things)
        assert.ok(address !== undefined, `${path} takes an id that this test knows nothing of: whose is it?`)
        const holds = studio.auth.actorOf(studio.auth.people.byName(visitor)?.id ?? '').can(permission as never)
        const body = bodies[`${method} ${path}`]
        const filledBody = JSON.stringify(body ?? null)
          .replace('CONNECTION', things.connections ?? '')
          .replace('RESULT', things.results ?? '')
        const json = JSON.parse(filledBody) as object | null
        const answer = await ask(method, address, cookie, json ?? undefined)
        const text = await answer.text()
        const due = permission === 'public' || holds ? 404 : 403
        if (answer.status !== due) wrong.push(`${visitor}: ${method} ${address}: ${answer.status}, not ${due}: ${text}`)
        if (/private|Mine/.test(text)) wrong.push(`${visitor}: ${method} ${address} tells: ${text}`)
      }
    }
    assert.deepEqual(wrong, [])
    for (const path of [
      `/api/connections/${things.connections}`,
      `/api/runs/${things.runs}`,
      `/api/results/${things.results}/rows`,
      `/api/saved-queries/${things['saved-queries']}`,
      `/api/exports/${things.exports}`,
      `/api/loads/${things.loads}`,
      `/api/exported-files/${things['exported-files']}`,
    ])
      assert.equal((await ask('GET', path, owner)).status, 200, path)
  })

  test('is in no list, and no detour leads to it', async () => {
    const owner = cookieOf('engineer')
    const viewerId = studio.auth.people.byName('viewer')?.id ?? ''
    const things = await thingsOf(owner, viewerId)
    const root = cookieOf('root')
    const input = { name: 'Of root', engine: 'duckdb', config: { path: ':memory:' } }
    const { id: ownConnection } = await make<WireConnection>('/api/connections', root, input)
    const tab = { title: 'Of root', sql: '', position: 1 }
    const { id: ownTab } = await make<WireTab>('/api/tabs', root, { ...tab, connectionId: things.connections })
    const mine = await run(root, ownConnection, 'create temp table seen as select 1 as id', things.tabs ?? '')
    assert.equal(mine.statements[0]?.state, 'complete')

    const foreign = things.connections ?? ''
    const ownLoad = {
      table: { schema: 'main', name: 't' },
      columns: [{ name: 'id', from: 0, type: 'INT' }],
      into: 'new',
    }
    for (const [method, path, body, due] of [
      ['POST', '/api/runs', { connectionId: foreign, sql: 'select 1', tabId: ownTab }, 404],
      ['POST', '/api/runs', { connectionId: foreign, sql: 'select 1', tabId: things.tabs }, 404],
      ['POST', `/api/tabs/${ownTab}/session`, { connectionId: foreign }, 404],
      ['POST', '/api/connections/test', { ...input, id: foreign }, 404],
      ['POST', '/api/saved-queries', { kind: 'query', name: 'x', parent: things['saved-queries'], sql: '' }, 404],
      ['POST', `/api/results/${mine.statements[0]?.resultId}/loads`, { ...ownLoad, connectionId: foreign }, 404],
      ['POST', `/api/results/${things.results}/loads`, { ...ownLoad, connectionId: ownConnection }, 404],
    ] as const) {
      const answer = await ask(method, path, root, body)
      assert.equal(answer.status, due, `${method} ${path}: ${await answer.text()}`)
    }
    const session = await ask('GET', `/api/tabs/${ownTab}/session?connectionId=${foreign}`, root)
    assert.deepEqual(await session.json(), { state: 'none', transaction: 'none' })
    const history = await (await ask('GET', `/api/history?connectionId=${foreign}`, root)).text()
    assert.deepEqual((JSON.parse(history) as { entries: unknown[] }).entries, [])
    for (const list of [
      '/api/connections',
      '/api/runs',
      '/api/tabs',
      '/api/saved-queries',
      '/api/history',
      '/api/shares/with-me',
    ]) {
      const text = await (await ask('GET', list, root)).text()
      for (const kind of ['runs', 'results', 'saved-queries', 'shares'])
        assert.ok(!text.includes(things[kind] ?? '?'), `${list} has ${kind} of somebody else`)
      assert.doesNotMatch(text, /private|"Mine/, list)
    }
    // Two people in tabs of one id have sessions of their own, and the first one’s last run stays what it was.
    const seen = await run(owner, foreign, 'select * from seen', things.tabs ?? '')
    assert.equal(seen.statements[0]?.state, 'failed')

    // An export of one’s own under the id of a foreign one neither collides with it nor shows it.
    const own = await run(root, ownConnection, 'select 1 as id', ownTab)
    const path = `/api/results/${own.statements[0]?.resultId}/export?format=csv&exportId=${things.exports}`
    assert.equal((await ask('GET', path, root)).status, 200)
  })

  test('the schema of one connection that two people see is not kept for a third', async () => {
    const owner = cookieOf('engineer')
    const input = { name: 'Schema', engine: 'duckdb', config: { path: ':memory:' } }
    const { id } = await make<WireConnection>('/api/connections', owner, input)
    const paths = ['relations', 'completion'].map(part => `/api/connections/${id}/${part}`)
    const analysts = studio.auth.groups.byName('Analysts')?.id ?? ''
    const rights = (list: readonly object[]): Promise<Response> =>
      ask('POST', `/api/connections/${id}/rights`, owner, { rights: list })
    const analyst = cookieOf('analyst')
    await rights([{ groupId: analysts, level: 'view', readOnly: false }])
    for (const path of paths) {
      assert.notEqual((await ask('GET', path, owner)).status, 404, path)
      assert.notEqual((await ask('GET', path, analyst)).status, 404, path)
      assert.equal((await ask('GET', path, cookieOf('viewer'))).status, 404, path)
    }
    await rights([])
    for (const path of paths) assert.equal((await ask('GET', path, analyst)).status, 404, path)
  })
})
