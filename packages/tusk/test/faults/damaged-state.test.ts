import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import { textRows } from '../support/spool-fixture.ts'
import { tusk } from '../support/tusk-command.ts'
import { startAgain, withStudio } from '../support/with-studio.ts'
import { damages } from './damage.ts'

describe('a damaged file of the state directory', { concurrency: 2 }, () => {
  /** A state directory as a person leaves it: settings, a saved password, a tab with text, history, a result. */
  let healthy = ''
  before(async () => {
    healthy = mkdtempSync(join(tmpdir(), 'tusk-test-'))
    await withStudio({ config: '[ui]\ntheme = "light"\n' }, async ({ client, home, studio }) => {
      await client.connect('postgres', { host: 'db.test', user: 'ann', password: 'secret', database: 'shop' })
      const duckdb = await client.connect('duckdb', { path: ':memory:' })
      const tabId = await client.tab('kept', duckdb)
      for (let n = 0; n < 12; n++) await client.run(duckdb, `SELECT ${n} AS n -- ${'x'.repeat(3_000)}`, { tabId })
      assert.equal(await studio.stop(), 0)
      cpSync(home, healthy, { recursive: true })
    })
  })
  after(() => rmSync(healthy, { recursive: true, force: true }))

  for (const [name, damage, file] of [
    ['garbage in the settings', damages.garbage, 'config.toml'],
    ['half of the settings', damages.half, 'config.toml'],
    ['garbage in the connections', damages.garbage, 'connections.toml'],
    ['half of the connections', damages.half, 'connections.toml'],
    ['garbage in the key', damages.garbage, 'key'],
    ['half of the key', damages.half, 'key'],
    ['an empty key', damages.nothing, 'key'],
    ['garbage in the lock', damages.garbage, 'lock'],
    ['garbage in the history', damages.garbage, 'history.db'],
    ['half of the history', damages.half, 'history.db'],
    ['garbage in the runs', damages.garbage, 'runs.db'],
    ['half of the runs', damages.half, 'runs.db'],
    ['garbage in the tabs', damages.garbage, 'studio.db'],
    ['half of the tabs', damages.half, 'studio.db'],
  ] as const)
    test(`${name} stops the start: the file is named, and stays as it is`, async () => {
      await inCopyOf(healthy, async home => {
        const path = join(home, file)
        damage(path)
        const damaged = readFileSync(path)
        const { code, err } = await tusk(home, ['studio', '--port', '0', '--no-open', '--no-samples'], {
          during: child => void child.stdout?.once('data', () => child.kill('SIGTERM')),
        })
        assert.equal(code, 1, err)
        assert.ok(err.includes(path), err)
        assert.match(err, /Correct the file|Restore it|move the file away/)
        // Nothing of the file itself: it could be anything, and this goes to a terminal.
        assert.doesNotMatch(err, /[^\n\P{Cc}]|\ufffd/u)
        assert.deepEqual(readFileSync(path), damaged)
      })
    })

  test('empty files are like none: the studio starts with what is left', async () => {
    await inCopyOf(healthy, async home => {
      for (const file of ['config.toml', 'connections.toml', 'history.db', 'runs.db', 'studio.db', 'lock', 'lock.json'])
        damages.nothing(join(home, file))
      await startAgain(home, async client => {
        assert.deepEqual((await client.get<{ connections: unknown[] }>('/api/connections')).connections, [])
        assert.deepEqual((await client.get<{ tabs: unknown[] }>('/api/tabs')).tabs, [])
        const duckdb = await client.connect('duckdb', { path: ':memory:' })
        assert.deepEqual(textRows(await client.rows(await client.resultOf(duckdb, 'SELECT 1'))), [['1']])
      })
    })
  })

  test('a history whose damage shows only when it is read is named then; runs go on and say that they are not kept', async () => {
    await inCopyOf(healthy, async home => {
      const file = join(home, 'history.db')
      damages['garbage inside'](file) // All but its first page.
      await startAgain(home, async client => {
        await assert.rejects(client.get('/api/history'), (error: unknown) => {
          assert.ok(error instanceof TuskError)
          assert.equal(error.code, 'STATE_DAMAGED')
          assert.ok(error.message.includes(file))
          assert.match(error.hint ?? '', /move the file away/)
          return true
        })
        const duckdb = await client.connect('duckdb', { path: ':memory:' })
        const { state, statements } = await client.run(duckdb, 'SELECT 1', { tabId: 'tab' })
        assert.equal(state, 'complete')
        assert.match(statements[0]?.notices.at(-1)?.message ?? '', /not kept.*history\.db is damaged/)
        assert.deepEqual(textRows(await client.rows(statements[0]?.resultId ?? '')), [['1']])
      })
    })
  })
})

async function inCopyOf(directory: string, work: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'tusk-test-'))
  try {
    cpSync(directory, home, { recursive: true })
    await work(home)
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}
