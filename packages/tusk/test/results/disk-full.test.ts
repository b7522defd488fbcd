import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { createResultStore } from '../../src/results/create-result-store.ts'
import { findRows } from '../../src/results/find-rows.ts'
import { SpoolWriter } from '../../src/results/spool-writer.ts'
import { sampleBatch, sampleSchema, textRows } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('a full disk stops the result with DISK_FULL, keeps its rows, and the next one works once there is space', async context => {
  const directory = join(temporaryDirectory(context), 'disk')
  mkdirSync(directory)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory])
  if (mounted.status !== 0) {
    context.skip('mounting a small disk needs root: run the tests as root to include this one')
    return
  }
  // Hooks run in the order they were added: the disk must be unmounted before its directory is removed.
  try {
    await using store = await createResultStore({ directory, log: pino({ level: 'silent' }) })
    const provenance = { sql: 'SELECT 1', engine: 'test', startedAt: new Date().toISOString() }
    const pending = await store.create({ owner: 'ann', provenance })
    const { result } = pending
    await using writer = await SpoolWriter.create(pending.directory, sampleSchema)
    pending.started(sampleSchema)
    await assert.rejects(
      async () => {
        for (;;) await writer.append(sampleBatch(writer.rowCount, 1_000))
      },
      { code: 'DISK_FULL', sourceCode: 'ENOSPC' },
    )
    const { rowCount, byteCount } = writer
    assert.ok(rowCount > 1_000)
    await writer[Symbol.asyncDispose]()
    await pending.finish({ state: 'failed', rowCount, byteCount })
    assert.equal(findRows(pending.directory)!.rowCount, rowCount)
    const last = await result.window({ offset: rowCount - 1, limit: 10, columns: [1] })
    assert.deepEqual(textRows(last), [[`row ${rowCount - 1}`]])
    await store.remove('ann', result.id)
    const next = await store.create({ owner: 'ann', provenance })
    assert.equal(next.result.state, 'storing')
  } finally {
    spawnSync('umount', [directory])
  }
})
