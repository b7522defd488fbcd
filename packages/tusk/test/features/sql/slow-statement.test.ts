import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireConnection, WireRun } from '../../../src/wire.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { withStudio } from '../../support/with-studio.ts'

test('a first statement that takes for ever is answered with the id of its run, and its state comes by events', {
  skip: skipWithoutPostgres(15),
  timeout: 120_000,
}, async t => {
  const postgres = await startTestPostgres(15)
  t.after(() => postgres.stop())
  await withStudio({}, async ({ client, studio }) => {
    const { host, port, user } = postgres
    const { id: connectionId } = await client.post<WireConnection>('/api/connections', {
      name: 'Slow',
      engine: 'postgres',
      config: { host, port, user, database: 'postgres' },
    })
    // Longer than this test may take: an answer that waited for it would never come.
    const sql = 'SELECT count(*) FROM (SELECT pg_sleep(3600)) AS waiting'
    const run = await client.post<WireRun>('/api/runs', { connectionId, sql })
    assert.deepEqual([run.state, run.statements.length], ['running', 1])
    assert.ok(!['complete', 'failed', 'cancelled'].includes(run.statements[0]?.state ?? ''))

    const events = await fetch(`${studio.address}/api/runs/${run.id}/events`)
    const told = events.text()
    const cancelled = await fetch(`${studio.address}/api/runs/${run.id}/cancel`, { method: 'POST' })
    assert.equal(cancelled.status, 204)
    const text = await told
    assert.match(text, /^event: run$/m)
    assert.match(text, /^event: end$/m)
    const ended = await client.get<WireRun>(`/api/runs/${run.id}`)
    assert.deepEqual([ended.state, ended.statements[0]?.state], ['cancelled', 'cancelled'])

    // What is quick has its columns in the answer, or soon after it.
    const quick = await client.start({ connectionId, sql: 'SELECT 1 AS one' })
    assert.equal(quick.statements[0]?.schema?.fields[0]?.name, 'one')
  })
})
