import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TuskError } from '../../src/errors.ts'
import { until } from '../support/processes.ts'
import { textRows } from '../support/spool-fixture.ts'
import { startAgain, withStudio } from '../support/with-studio.ts'

const config = '[results]\nquota_mb = 16\n'
/** About 6 MB of rows. */
const sixMegabytes = "SELECT range AS n, repeat('x', 50) || range AS text FROM range(100_000)"

test('a result larger than the quota ends truncated and says why; old ones are swept, pinned ones kept, the next run works', async () => {
  await withStudio({ config }, async ({ client }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const { state, statements } = await client.run(duckdb, 'SELECT range AS n FROM range(10_000_000)')
    const statement = statements[0]
    assert.equal(statement?.state, 'truncated')
    assert.equal(statement.error?.code, 'RESULT_QUOTA')
    assert.match(statement.error.message, /only the first [\d,]+ rows are stored/)
    assert.match(statement.error.hint ?? '', /results\.quota_mb/)
    assert.equal(state, 'complete')
    const truncated = await client.result(statement.resultId ?? '')
    assert.equal(truncated.state, 'truncated')
    assert.equal(truncated.rowCount, statement.rowCount)
    assert.ok(truncated.rowCount > 0 && truncated.byteCount <= 16 * 1024 * 1024, `${truncated.byteCount} bytes`)
    assert.deepEqual(textRows(await client.rows(truncated.id, truncated.rowCount - 1, 10)), [
      [String(truncated.rowCount - 1)],
    ])

    const swept = async (id: string): Promise<boolean> => {
      try {
        await client.result(id)
        return false
      } catch (error) {
        if (error instanceof TuskError && error.code === 'RESULT_NOT_FOUND') return true
        throw error
      }
    }
    const pinned = await client.resultOf(duckdb, sixMegabytes)
    await client.post(`/api/results/${pinned}/pin`, { pinned: true })
    const old = await client.resultOf(duckdb, sixMegabytes)
    const recent = await client.resultOf(duckdb, sixMegabytes)
    // Sweeping goes on beside the runs.
    for (const end = performance.now() + 20_000; !((await swept(truncated.id)) && (await swept(old))); ) {
      assert.ok(performance.now() < end, 'the oldest results that are not pinned were not swept')
      await sleep(20)
    }
    for (const kept of [pinned, recent]) {
      assert.equal((await client.result(kept)).state, 'complete')
      assert.equal(textRows(await client.rows(kept, 99_999)).length, 1)
    }
    const next = await client.resultOf(duckdb, 'SELECT 1')
    assert.deepEqual(textRows(await client.rows(next)), [['1']])
  })
})

test('when pinned results fill the quota, a run is refused and says so; unpinning one makes room', async () => {
  await withStudio({ config }, async ({ client }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const { statements } = await client.run(duckdb, 'SELECT range AS n FROM range(10_000_000)')
    const full = statements[0]?.resultId ?? ''
    await client.post(`/api/results/${full}/pin`, { pinned: true })
    const refused = (await client.run(duckdb, sixMegabytes)).statements[0]
    assert.equal(refused?.error?.code, 'RESULT_QUOTA')
    assert.match(refused.error.hint ?? '', /[Uu]npin|Remove/)
    await client.post(`/api/results/${full}/pin`, { pinned: false })
    const next = await client.resultOf(duckdb, sixMegabytes)
    assert.equal((await client.result(next)).rowCount, 100_000)
  })
})

test('a result that a tab shows is not swept, however old; once the tab runs something else it goes', async () => {
  await withStudio({ config }, async ({ client, studio, home }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const tabId = await client.tab('tab', duckdb)
    const shown = await client.resultOf(duckdb, sixMegabytes, { tabId })
    const older = await client.resultOf(duckdb, sixMegabytes)
    const recent = await client.resultOf(duckdb, sixMegabytes)
    await until(() => !existsSync(join(home, 'results', older)), 'the older result that nobody shows was swept')
    assert.equal(textRows(await client.rows(shown, 99_999)).length, 1)
    assert.equal(textRows(await client.rows(recent, 99_999)).length, 1)
    await studio.stop()
    await startAgain(home, async again => {
      await again.resultOf(duckdb, sixMegabytes)
      await until(() => !existsSync(join(home, 'results', recent)), 'what is left from before the restart was swept')
      assert.equal(textRows(await again.rows(shown, 99_999)).length, 1)
      await again.resultOf(duckdb, 'SELECT 1', { tabId })
      await again.resultOf(duckdb, sixMegabytes)
      await until(() => !existsSync(join(home, 'results', shown)), 'the result that the tab showed was swept')
    })
  })
})

test('results that fill the quota together end truncated and say why', async () => {
  await withStudio({ config: '[results]\nquota_mb = 64\n' }, async ({ client }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const started = await Promise.all(
      ['one', 'two', 'three'].map(tabId =>
        client.start({
          connectionId: duckdb,
          tabId,
          sql: 'SELECT range AS n, hash(range) AS h FROM range(1_000_000_000)',
        }),
      ),
    )
    const sizes = await Promise.all(
      started.map(async ({ id }) => {
        const statement = (await client.ended(id)).statements[0]
        assert.equal(statement?.state, 'truncated')
        assert.equal(statement.error?.code, 'RESULT_QUOTA')
        assert.match(statement.error.hint ?? '', /results\.quota_mb/)
        const result = await client.result(statement.resultId ?? '')
        assert.equal(result.state, 'truncated')
        const last = textRows(await client.rows(result.id, result.rowCount - 1, 10))
        assert.equal(last[0]?.[0], String(result.rowCount - 1))
        return result.byteCount
      }),
    )
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 64 * 2 ** 20, `${sizes}`)
    await Promise.all(['one', 'two', 'three'].map(tabId => client.run(duckdb, 'SELECT 1', { tabId })))
    assert.equal((await client.result(await client.resultOf(duckdb, sixMegabytes))).rowCount, 100_000)
  })
})
