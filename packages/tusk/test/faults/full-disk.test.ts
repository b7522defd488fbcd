import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireConnection, WireTab } from '../../src/wire.ts'
import { withSmallDisk } from '../support/small-disk.ts'
import { textRows } from '../support/spool-fixture.ts'
import { startAgain } from '../support/with-studio.ts'

const big = "SELECT range AS n, repeat('x', 100) || range AS text FROM range(10_000_000)"
/** A statement whose text alone needs room wherever it is written down. */
const long = `SELECT 1 AS one -- ${'x'.repeat(900_000)}`

test('a full disk: what cannot be stored says so and loses nothing; once there is room everything works, without a restart', async context => {
  const skipped = await withSmallDisk(96, async disk => {
    await startAgain(disk.directory, async client => {
      const duckdb = await client.connect('duckdb', { path: ':memory:' })
      const tabId = await client.tab('tab', duckdb)
      const before = await client.resultOf(duckdb, 'SELECT 7 AS seven', { tabId })

      disk.fill(8 * 2 ** 20)
      const cut = await client.run(duckdb, big)
      const statement = cut.statements[0]
      assert.equal(statement?.state, 'failed')
      assert.equal(statement.error?.code, 'DISK_FULL')
      assert.match(statement.error.hint ?? '', /Free some space/)
      const half = await client.result(statement.resultId ?? '')
      assert.ok(half.rowCount > 0)
      const last = textRows(await client.rows(half.id, half.rowCount - 1, 10))
      assert.equal(last[0]?.[0], String(half.rowCount - 1))

      disk.fill(0)
      const refused = (await client.run(duckdb, long, { tabId })).statements[0]
      assert.equal(refused?.error?.code, 'DISK_FULL')
      assert.deepEqual(
        refused.notices.map(({ message }) => /(\w+\.db) could not be written/.exec(message)?.[1]),
        ['runs.db', 'history.db'],
      )
      assert.deepEqual(textRows(await client.rows(before)), [['7']])
      const full = { name: 'TuskError', code: 'DISK_FULL', hint: 'Free some space, then try again.' }
      await assert.rejects(client.connect('sqlite', { path: ':memory:' }), full)
      await assert.rejects(
        client.post('/api/tabs', { title: 'long', connectionId: null, sql: long, position: 1 }),
        full,
      )

      disk.free()
      assert.deepEqual(textRows(await client.rows(await client.resultOf(duckdb, 'SELECT 8', { tabId }))), [['8']])
      await client.connect('sqlite', { path: ':memory:' })
      await client.tab('another', duckdb)
      const { connections } = await client.get<{ connections: WireConnection[] }>('/api/connections')
      assert.deepEqual(
        connections.map(({ name }) => name),
        ['duckdb', 'sqlite'],
      )
      const { tabs } = await client.get<{ tabs: WireTab[] }>('/api/tabs')
      assert.deepEqual(
        tabs.map(({ title, lastRun }) => [title, lastRun?.state]),
        [
          ['tab', 'complete'],
          ['another', undefined],
        ],
      )
    })
  })
  if (skipped !== undefined) context.skip(skipped)
})
