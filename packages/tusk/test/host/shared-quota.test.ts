import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { createHostPool } from '../../src/host/create-host-pool.ts'
import { createResultStore } from '../../src/results/create-result-store.ts'
import { findRows } from '../../src/results/find-rows.ts'
import { bytesBelow } from '../support/bytes-below.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('results that several hosts store at the same time fill the quota and never pass it', async context => {
  const stateDirectory = temporaryDirectory(context)
  const directory = join(stateDirectory, 'results')
  const quotaBytes = 24 * 2 ** 20
  const log = pino({ level: 'silent' })
  await using store = await createResultStore({ directory, log, quotaBytes, inUse: () => true })
  await using pool = createHostPool({ stateDirectory, log, spareDelayMs: Number.POSITIVE_INFINITY })
  const numbers =
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT i, hex(i) FROM n'
  const statements = [
    { engine: duckdbEngine, sql: 'SELECT range AS n, hash(range) AS h FROM range(1_000_000_000)' },
    {
      engine: duckdbEngine,
      sql: `SELECT range AS n, repeat('x', (range % 3_000)::INT) AS t FROM range(1_000_000_000)`,
    },
    { engine: sqliteEngine, sql: numbers },
    { engine: sqliteEngine, sql: numbers },
  ]
  let most = 0
  // All of them are begun before the first row: a result that comes when the others have filled the quota is refused at once, which
  // result-store.test.ts shows.
  const begun = await Promise.all(
    statements.map(async ({ engine, sql }) => {
      const provenance = { sql, engine: engine.id, startedAt: new Date().toISOString() }
      return { engine, sql, pending: await store.create({ owner: 'ann', provenance }) }
    }),
  )
  const outcomes = await Promise.all(
    begun.map(async ({ engine, sql, pending }, index) => {
      const connectionId = `${engine.id}-${index}`
      await using session = await pool.openSession({ engine, config: { path: ':memory:' }, connectionId })
      const run = await session.run({
        sql,
        directory: pending.directory,
        room: pending.room,
        onProgress: progress => {
          pending.progress(progress)
          most = Math.max(most, bytesBelow(directory))
        },
      })
      pending.started(run.schema)
      const { transaction: _, ...outcome } = await run.done
      await pending.finish(outcome)
      return { ...outcome, pending }
    }),
  )
  for (const { state, error, rowCount, byteCount, pending } of outcomes) {
    assert.deepEqual([state, error?.code], ['truncated', 'RESULT_QUOTA'])
    assert.equal(findRows(pending.directory)!.rowCount, rowCount)
    assert.ok(byteCount <= pending.room.granted, `${byteCount} of ${pending.room.granted}`)
  }
  const used = bytesBelow(directory)
  assert.ok(Math.max(used, most) <= quotaBytes, `${used}, at most ${most}`)
  assert.ok(used > 0.8 * quotaBytes, `${used}`)
})
