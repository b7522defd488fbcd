import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { localActor as actor } from '../../src/auth/actor.ts'
import { RunArchive } from '../../src/query/run-archive.ts'
import type { WireRun, WireStatement } from '../../src/wire.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

function runOf(id: string, statements: readonly Partial<WireStatement>[], more: Partial<WireRun> = {}): WireRun {
  return {
    id,
    connectionId: 'c',
    connectionName: 'c',
    engine: 'duckdb',
    state: 'complete',
    startedAt: new Date().toISOString(),
    milliseconds: 1,
    transaction: 'none',
    statements: statements.map((statement, index) => ({
      index,
      from: 0,
      to: 8,
      sql: 'SELECT 1',
      state: 'complete',
      rowCount: 0,
      byteCount: 0,
      milliseconds: 1,
      notices: [],
      ...statement,
    })),
    ...more,
  }
}

test('results of the last run of each tab are shown, also after a restart, until the tab runs something else or is closed', t => {
  const file = join(temporaryDirectory(t), 'runs.db')
  {
    using archive = new RunArchive(file)
    archive.save(actor, runOf('1', [{ resultId: 'a' }, { resultId: 'b' }], { tabId: 'one' }))
    archive.save(actor, runOf('2', [{ resultId: 'c' }], { tabId: 'two' }))
    archive.save(actor, runOf('3', [{ resultId: 'd' }]))
  }
  using archive = new RunArchive(file)
  const shown = (): string => ['a', 'b', 'c', 'd', 'e'].filter(id => archive.shows(id)).join('')
  assert.equal(shown(), 'abc')
  archive.save(actor, runOf('4', [{ state: 'waiting' }], { tabId: 'one' }))
  assert.equal(shown(), 'c')
  archive.save(actor, runOf('4', [{ resultId: 'e' }], { tabId: 'one' }))
  assert.equal(shown(), 'ce')
  archive.removeTab(actor, 'two')
  assert.equal(shown(), 'e')
})

test('of a run that Tusk did not end, the first statement that may have begun has failed, what follows was skipped', t => {
  const file = join(temporaryDirectory(t), 'runs.db')
  {
    using archive = new RunArchive(file)
    const before = { state: 'complete', resultId: 'a' } as const
    const after = { state: 'waiting' } as const
    archive.save(actor, runOf('1', [before, { state: 'storing', resultId: 'b' }, after], { state: 'running' }))
    archive.save(actor, runOf('2', [before, after, after], { state: 'running' }))
  }
  using archive = new RunArchive(file)
  for (const id of ['1', '2']) {
    const run = archive.get(actor, id)
    assert.equal(run?.state, 'failed')
    assert.deepEqual(
      run.statements.map(({ state, error }) => [state, error?.code]),
      [
        ['complete', undefined],
        ['failed', 'HOST_DIED'],
        ['skipped', undefined],
      ],
    )
  }
})

test('a run that cannot be read names the file, and leaves it as it is', t => {
  const file = join(temporaryDirectory(t), 'runs.db')
  new RunArchive(file)[Symbol.dispose]()
  const database = new DatabaseSync(file)
  database.exec(`INSERT INTO run VALUES ('1', 'local', NULL, '2026-01-01', '{"id":')`)
  database.close()
  assert.throws(
    () => new RunArchive(file),
    (error: Error & { code?: string }) => error.code === 'STATE_DAMAGED' && error.message.includes(file),
  )
})
