import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMultiStudioHere } from '../support/multi-studio-here.ts'

test('runs, exports and changes of connections are on record: who, from where, what, and neither SQL nor values nor passwords', async t => {
  await using studio = await startMultiStudioHere(t)
  const { auth, tusk } = studio
  const engineer = auth.people.byName('engineer')?.id ?? ''
  const { secret } = auth.sessions.create({
    personId: engineer,
    lifetimeMs: 3_600_000,
    idleMs: 3_600_000,
    address: '127.0.0.1',
    agent: 'test',
  })
  const cookie = `tusk-session-${new URL(studio.address).port}=${secret}`
  const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(studio.address + path, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const made = await ask('POST', '/api/connections', {
    name: 'Ledger',
    engine: 'duckdb',
    config: { path: ':memory:' },
  })
  const { id: connectionId } = (await made.json()) as { id: string }
  const hidden = await ask('POST', '/api/connections', {
    name: 'Far away',
    engine: 'postgres',
    config: { host: 'db.test', user: 'ann', password: 'a-hidden-word', database: 'shop' },
  })
  const { id: farAway } = (await hidden.json()) as { id: string }
  assert.equal((await ask('DELETE', `/api/connections/${farAway}`)).status, 204)

  const sql = "SELECT 'a-hidden-word' AS word UNION ALL SELECT 'b'"
  const started = await ask('POST', '/api/runs', { connectionId, sql, tabId: 'tab' })
  const { id: runId } = (await started.json()) as { id: string }
  await (await ask('GET', `/api/runs/${runId}/events`)).text()
  const run = (await (await ask('GET', `/api/runs/${runId}`)).json()) as { statements: { resultId: string }[] }
  const file = await ask('GET', `/api/results/${run.statements[0]?.resultId}/export?format=csv`)
  assert.equal(file.status, 200, await file.clone().text())
  await file.text()
  const broken = await ask('POST', '/api/runs', { connectionId, sql: 'SELECT a-hidden-word', tabId: 'tab' })
  await (await ask('GET', `/api/runs/${((await broken.json()) as { id: string }).id}/events`)).text()

  const all = auth.audit.list({ actorId: engineer, limit: 1_000 }).entries
  const lines = all
    .filter(({ action }) => /^(run|export|connection)/.test(action))
    .map(({ action, target, outcome }) => `${action} ${target} ${outcome}`)
  assert.deepEqual(lines.toReversed(), [
    'connection.create Ledger attempted',
    'connection.create Ledger done',
    'connection.create Far away attempted',
    'connection.create Far away done',
    'connection.delete Far away attempted',
    'connection.delete Far away done',
    'run Ledger done',
    'run.end Ledger done',
    'export Ledger done',
    'run Ledger done',
    'run.end Ledger failed',
  ])
  assert.deepEqual(
    new Set(all.map(({ actorName, address }) => `${actorName} ${address}`)),
    new Set(['engineer 127.0.0.1']),
  )
  assert.equal(all.find(({ action }) => action === 'export')?.details.rows, 2)
  assert.equal(all.findLast(({ action }) => action === 'run.end')?.details.rows, 2)
  assert.ok(!JSON.stringify(all).includes('hidden'))
  assert.equal(
    tusk.timetable.list().some(({ id }) => id === 'tusk/audit'),
    true,
  )
})
