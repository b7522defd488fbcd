import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireRun } from '../../src/wire.ts'
import { textRows } from '../support/spool-fixture.ts'
import { withStudio } from '../support/with-studio.ts'

test('twenty runs at once on two engines each give their own rows', async () => {
  await withStudio({}, async ({ client, home }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const sqlite = await client.connect('sqlite', { path: `${home}/shared.db`, create: true })
    await client.resultOf(sqlite, 'CREATE TABLE number (n INTEGER)')
    const runs = Array.from({ length: 20 }, async (_, index) => {
      const [connection, sql] =
        index % 4 === 3
          ? [sqlite, `INSERT INTO number VALUES (${index}) RETURNING n`]
          : [duckdb, `SELECT range * 20 + ${index} AS n FROM range(20_000)`]
      const id = await client.resultOf(connection, sql, { tabId: `tab-${index}` })
      const { rowCount } = await client.result(id)
      return { index, rowCount, last: textRows(await client.rows(id, rowCount - 1))[0]?.[0] }
    })
    for (const { index, rowCount, last } of await Promise.all(runs)) {
      assert.equal(rowCount, index % 4 === 3 ? 1 : 20_000)
      assert.equal(last, String(index % 4 === 3 ? index : 19_999 * 20 + index))
    }
    const count = await client.resultOf(sqlite, 'SELECT count(*), sum(n) FROM number')
    assert.deepEqual(textRows(await client.rows(count)), [['5', String(3 + 7 + 11 + 15 + 19)]])
  })
})

test('the studio answers while ten endless runs store rows, and ends them all when they are cancelled', async () => {
  await withStudio({ config: '[results]\nquota_mb = 2000\n' }, async ({ client }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const started = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        client.start({
          connectionId: duckdb,
          tabId: `tab-${index}`,
          sql: 'SELECT range AS n, hash(range) AS h FROM range(100_000_000_000)',
        }),
      ),
    )
    await Promise.all(started.map(({ id }) => client.rowsOf(id)))
    for (let asked = 0; asked < 20; asked++) {
      assert.equal((await client.get<{ status: string }>('/api/health')).status, 'ok')
      const { runs } = await client.get<{ runs: WireRun[] }>('/api/runs')
      assert.equal(runs.filter(({ state }) => state === 'running').length, 10)
    }
    await Promise.all(started.map(({ id }) => client.fetch(`/api/runs/${id}/cancel`, { method: 'POST' })))
    const { runs } = await client.get<{ runs: WireRun[] }>('/api/runs')
    assert.deepEqual(new Set(runs.map(({ state }) => state)), new Set(['cancelled']))
    assert.deepEqual(textRows(await client.rows(await client.resultOf(duckdb, 'SELECT 1', { tabId: 'tab-0' }))), [
      ['1'],
    ])
  })
})
