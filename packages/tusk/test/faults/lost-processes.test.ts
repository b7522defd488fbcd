import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { childrenOf, hasOpen } from '../support/children-of.ts'
import { isRunning, until } from '../support/processes.ts'
import { textRows } from '../support/spool-fixture.ts'
import { startAgain, withStudio } from '../support/with-studio.ts'

const endless = 'SELECT range AS n FROM range(100_000_000_000)'

test('a host killed while it stores: the result is failed with the rows that had come, and the next run works', async () => {
  await withStudio({}, async ({ client, studio }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const started = await client.start({ connectionId: duckdb, sql: endless, tabId: 'tab' })
    await client.rowsOf(started.id)
    // The host that writes is the one that has the rows open.
    const directory = started.statements[0]?.resultId ?? ''
    const hosts = childrenOf(studio.pid).filter(pid => hasOpen(pid, directory))
    assert.equal(hosts.length, 1)
    process.kill(hosts[0]!, 'SIGKILL')
    const { state, statements } = await client.ended(started.id)
    assert.equal(state, 'failed')
    assert.equal(statements[0]?.error?.code, 'HOST_DIED')
    const result = await client.result(directory)
    assert.equal(result.state, 'failed')
    assert.equal(result.error?.code, 'HOST_DIED')
    assert.ok(result.rowCount > 0)
    const last = textRows(await client.rows(directory, result.rowCount - 1, 10))
    assert.deepEqual(last, [[String(result.rowCount - 1)]])
    const csv = String(await client.export(directory, 'csv'))
    assert.ok(csv.startsWith('n\r\n0\r\n1\r\n'))
    const next = await client.run(duckdb, 'SELECT 5', { tabId: 'tab' })
    assert.deepEqual(textRows(await client.rows(next.statements[0]?.resultId ?? '')), [['5']])
  })
})

test('a client that leaves an export or a window: the work ends, no process stays', async () => {
  await withStudio({}, async ({ client, studio }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const resultId = await client.resultOf(duckdb, 'SELECT range AS n, hash(range) AS h FROM range(300_000)')
    const exporting = (): readonly number[] => childrenOf(studio.pid).filter(pid => hasOpen(pid, resultId))
    const leave = new AbortController()
    const exportId = crypto.randomUUID()
    const answer = await client.fetch(client.exportPath(resultId, 'csv', {}, exportId), { signal: leave.signal })
    await answer.body!.getReader().read()
    await until(() => exporting().length > 0, 'an export runs in a host')
    const [host] = exporting()
    leave.abort()
    await until(() => !isRunning(host!), 'the host of the abandoned export ended')
    assert.equal(exporting().length, 0)
    assert.equal((await client.get<{ state: string }>(`/api/exports/${exportId}`)).state, 'cancelled')

    for (let turn = 0; turn < 20; turn++) {
      const gone = new AbortController()
      const window = client.fetch(`/api/results/${resultId}/rows?offset=${turn * 14_000}&limit=10000`, {
        signal: gone.signal,
      })
      gone.abort()
      await assert.rejects(window)
    }
    assert.deepEqual(textRows(await client.rows(resultId, 299_999, 10)).length, 1)
    const whole = String(await client.export(resultId, 'csv', { lineEnd: 'lf' }))
    assert.equal(whole.split('\n').length, 300_002)
    await until(() => exporting().length === 0, 'the host of the whole export ended')
  })
})

test('SIGTERM in the middle of runs and exports ends everything in time; the next start is clean and has their rows', async () => {
  await withStudio({}, async ({ client, studio, home }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const finished = await client.resultOf(duckdb, 'SELECT range AS n FROM range(1_000_000)')
    const started = await client.start({ connectionId: duckdb, sql: endless, tabId: 'tab' })
    await client.rowsOf(started.id)
    const answer = await client.fetch(client.exportPath(finished, 'json'))
    await answer.body!.getReader().read()
    const children = childrenOf(studio.pid)
    assert.ok(children.length > 0)
    const began = performance.now()
    assert.equal(await studio.stop(), 0)
    assert.ok(performance.now() - began < 10_000, 'P12: ten seconds')
    await until(() => !children.some(isRunning), 'all hosts ended with the studio')
    await startAgain(home, async again => {
      const run = await again.get<{ state: string; statements: { state: string; resultId: string }[] }>(
        `/api/runs/${started.id}`,
      )
      assert.deepEqual([run.state, run.statements[0]?.state], ['cancelled', 'cancelled'])
      assert.equal((await again.result(run.statements[0]?.resultId ?? '')).state, 'cancelled')
      assert.equal((await again.result(finished)).rowCount, 1_000_000)
      assert.deepEqual(
        readdirSync(join(home, 'tmp')).filter(name => name.startsWith('query-')),
        [],
      )
      assert.equal(textRows(await again.rows(await again.resultOf(duckdb, 'SELECT 1')))[0]?.[0], '1')
    })
  })
})

test('kill -9 of the studio leaves no host; the next start finds the run failed, with the rows that had come', async () => {
  await withStudio({}, async ({ client, studio, home }) => {
    const duckdb = await client.connect('duckdb', { path: ':memory:' })
    const started = await client.start({ connectionId: duckdb, sql: endless, tabId: 'tab' })
    await client.rowsOf(started.id)
    const children = childrenOf(studio.pid)
    assert.ok(children.length > 0)
    await studio.kill()
    await until(() => !children.some(isRunning), 'all hosts ended after the studio')
    await startAgain(home, async again => {
      const run = await again.get<{ state: string; statements: { state: string; resultId: string }[] }>(
        `/api/runs/${started.id}`,
      )
      assert.equal(run.state, 'failed')
      const result = await again.result(run.statements[0]?.resultId ?? '')
      assert.equal(result.state, 'failed')
      assert.match(result.error?.message ?? '', /stopped while/)
      assert.ok(result.rowCount > 0)
      assert.deepEqual(textRows(await again.rows(result.id, result.rowCount - 1, 10)), [[String(result.rowCount - 1)]])
      assert.equal(textRows(await again.rows(await again.resultOf(duckdb, 'SELECT 1')))[0]?.[0], '1')
    })
  })
})
