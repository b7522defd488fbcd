import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { textRows } from '../support/spool-fixture.ts'
import { withStudio } from '../support/with-studio.ts'

const version = skipWithoutPostgres(18) === false ? 18 : 15

test("PostgreSQL restarted in the middle of a query: the run fails with a clear message, the tab's next run works and says what is gone", {
  skip: skipWithoutPostgres(version),
}, async () => {
  await using server = await startTestPostgres(version)
  await withStudio({}, async ({ client }) => {
    const { host, port, user } = server
    const postgres = await client.connect('postgres', { host, port, user, database: 'postgres' })
    const tabId = await client.tab('tab', postgres)
    await client.run(postgres, 'CREATE TEMP TABLE mine AS SELECT 7 AS n; SET search_path = pg_catalog', { tabId })
    const started = await client.start({
      connectionId: postgres,
      tabId,
      sql: "SELECT generate_series(1, 1000000000) AS n, repeat('x', 100) AS text",
    })
    await client.rowsOf(started.id)
    await server.restart()
    const lost = await client.ended(started.id)
    const statement = lost.statements[0]
    assert.equal(statement?.state, 'failed')
    assert.equal(statement.error?.code, 'CONNECTION_LOST')
    assert.notEqual(statement.error.message, '')
    const result = await client.result(statement.resultId ?? '')
    assert.equal(result.state, 'failed')
    assert.ok(result.rowCount > 0)
    assert.equal(textRows(await client.rows(result.id, result.rowCount - 1))[0]?.[0], String(result.rowCount))
    const next = await client.run(postgres, 'SELECT count(*)::int FROM generate_series(1, 3)', { tabId })
    assert.equal(next.state, 'complete', JSON.stringify(next.statements[0]?.error))
    assert.match(next.sessionNote ?? '', /session/)
    assert.equal(next.transaction, 'none')
    assert.deepEqual(textRows(await client.rows(next.statements[0]?.resultId ?? '')), [['3']])
  })
})
