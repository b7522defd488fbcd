import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import fc from 'fast-check'
import { pino } from 'pino'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import { TuskError } from '../../src/errors.ts'
import { createResultStore } from '../../src/results/create-result-store.ts'
import { findRows } from '../../src/results/find-rows.ts'
import type { PendingResult, ResultStore } from '../../src/results/result-store.ts'
import { SpoolTableSource } from '../../src/results/spool-table-source.ts'
import { SpoolWriter } from '../../src/results/spool-writer.ts'
import { type OpenStoreOptions, resultStoreSuite } from '../contract/result-store-suite.ts'
import { bytesBelow } from '../support/bytes-below.ts'
import {
  batchOf,
  field,
  sampleBatch,
  sampleSchema,
  textRows,
  textRowsOf,
  writeSpool,
} from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

resultStoreSuite('the store on disk', openStore)

test('a writer that is killed in the middle leaves every whole batch readable', async context => {
  const directory = temporaryDirectory(context)
  const writer = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'endless-writer.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    told = Number(line)
    if (told >= 20_000) break
  }
  writer.kill('SIGKILL')
  await once(writer, 'close')
  const found = findRows(directory)!
  assert.ok(found.rowCount >= told, `${found.rowCount} of ${told}`)
  using source = new SpoolTableSource(directory)
  assert.deepEqual(textRowsOf(source.readBatch(source.batchCount - 1, [0])).at(-1), [String(found.rowCount - 1)])
})

test('half a batch at the end of the file is not seen', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(directory, [sampleBatch(0, 100), sampleBatch(100, 100)])
  const { byteCount } = findRows(directory)!
  truncateSync(join(directory, 'rows.arrow'), byteCount - 1)
  assert.equal(findRows(directory)!.rowCount, 100)
})

test('windows that are read while a writer writes are always whole and right', async context => {
  await using store = await openStore({ directory: temporaryDirectory(context) })
  const pending = await begin(store)
  await using writer = await SpoolWriter.create(pending.directory, sampleSchema)
  pending.started(sampleSchema)
  let writing = true
  const written = (async () => {
    for (let batch = 0; batch < 200; batch++) {
      await writer.append(sampleBatch(writer.rowCount, 1 + ((batch * 37) % 90)))
      pending.progress({ rowCount: writer.rowCount, byteCount: writer.byteCount })
    }
    await writer.finish()
    writing = false
  })()
  while (writing) {
    const { rowCount } = pending.result
    const offset = Math.max(0, rowCount - 20)
    const rows = textRows(await pending.result.window({ offset, limit: 20, columns: [0, 1] }))
    assert.ok(rows.length >= Math.min(20, rowCount))
    for (const [index, row] of rows.entries()) assert.deepEqual(row, [`${offset + index}`, `row ${offset + index}`])
  }
  await written
})

test('a window that is aborted while it waits is never read', async context => {
  await using store = await openStore({ directory: temporaryDirectory(context) })
  const result = await finished(store, 1_000)
  const abort = new AbortController()
  const windows = Array.from({ length: 50 }, (_, index) =>
    result.window({ offset: index, limit: 10 }, { signal: abort.signal }),
  )
  const last = result.window({ offset: 999, limit: 10, columns: [0] })
  abort.abort()
  const states = (await Promise.allSettled(windows)).map(({ status }) => status)
  assert.ok(states.every(state => state === 'rejected'))
  assert.deepEqual(textRows(await last), [['999']])
})

test('a cell of 100 MB is stored, streamed whole, and cut in a window', async context => {
  await using store = await openStore({ directory: temporaryDirectory(context) })
  const schema = { fields: [field('big', { kind: 'binary' })] }
  const big = Buffer.alloc(100 * 2 ** 20, 'tusk')
  const pending = await begin(store)
  await using writer = await SpoolWriter.create(pending.directory, schema)
  pending.started(schema)
  await writer.append(batchOf(schema, [[big]]))
  await writer.finish()
  await pending.finish({ state: 'complete', rowCount: 1, byteCount: writer.byteCount })
  const content = await pending.result.cell({ row: 0, column: 0 })
  assert.equal(content!.byteLength, big.byteLength)
  let at = 0
  for await (const piece of content!.bytes) {
    assert.equal(big.compare(piece, 0, piece.byteLength, at, at + piece.byteLength), 0)
    at += piece.byteLength
  }
  assert.equal(at, big.byteLength)
  const window = await pending.result.window({ offset: 0, limit: 1, maxCellBytes: 4 })
  assert.deepEqual(textRows(window), [['\\x7475736b', JSON.stringify({ 0: big.byteLength })]])
})

test('a result whose description is damaged is set aside and says so, and the others are there', async context => {
  const directory = temporaryDirectory(context)
  let good: string
  let bad: string
  let half: string
  {
    await using store = await openStore({ directory })
    good = (await finished(store, 5)).id
    bad = (await finished(store, 5)).id
    half = (await finished(store, 5)).id
  }
  writeFileSync(join(directory, bad, 'result.json'), '{"format": 1, "id": "')
  const path = join(directory, half, 'result.json')
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 120))
  mkdirSync(join(directory, 'not-a-result'))
  await using store = await openStore({ directory })
  assert.equal(store.get('ann', good).rowCount, 5)
  // The start of its description tells whose it is; of the other one nothing does.
  assert.throws(() => store.get('ann', half), { code: 'RESULT_DAMAGED', detail: /result\.json/ })
  assert.throws(() => store.get('bob', half), { code: 'RESULT_NOT_FOUND' })
  for (const who of ['ann', 'bob']) assert.throws(() => store.get(who, bad), { code: 'RESULT_NOT_FOUND' })
  assert.deepEqual(
    store.list('ann').map(({ id }) => id),
    [good],
  )
  await assert.rejects(store.remove('bob', half), { code: 'RESULT_NOT_FOUND' })
  await store.remove('ann', half)
  assert.ok(!existsSync(join(directory, half)))
  // Nobody may remove what is nobody's: the sweep does.
  await assert.rejects(store.remove('ann', bad), { code: 'RESULT_NOT_FOUND' })
  assert.ok(existsSync(join(directory, bad)))
  await using told = await openStore({ directory, ownerOf: id => (id === bad ? 'ann' : undefined) })
  assert.throws(() => told.get('ann', bad), { code: 'RESULT_DAMAGED' })
  assert.ok(existsSync(join(directory, 'not-a-result')))
})

test('rows that are damaged or missing give RESULT_DAMAGED, and other results go on working', async context => {
  const directory = temporaryDirectory(context)
  await using store = await openStore({ directory })
  const short = await finished(store, 1_000)
  const garbage = await finished(store, 1_000)
  const whole = await finished(store, 1_000)
  truncateSync(join(short.directory, 'rows.arrow'), 1_000)
  writeFileSync(join(garbage.directory, 'rows.arrow'), Buffer.alloc(5_000, 9))
  await assert.rejects(short.window({ offset: 0, limit: 10 }), { code: 'RESULT_DAMAGED' })
  await assert.rejects(garbage.window({ offset: 0, limit: 10 }), { code: 'RESULT_DAMAGED' })
  await assert.rejects(garbage.cell({ row: 0, column: 0 }), { code: 'RESULT_DAMAGED' })
  assert.equal(textRows(await whole.window({ offset: 0, limit: 10 })).length, 10)
})

test('removing a result frees its files, also when it was just looked at', async context => {
  const directory = temporaryDirectory(context)
  await using store = await openStore({ directory })
  const result = await finished(store, 10)
  await result.window({ offset: 0, limit: 10 })
  await store.remove('ann', result.id)
  assert.deepEqual(readdirSync(directory), [])
  await assert.rejects(result.window({ offset: 0, limit: 10 }), { code: 'RESULT_DAMAGED' })
})

function openStore(options: OpenStoreOptions): Promise<ResultStore> {
  return createResultStore({ log: pino({ level: 'silent' }), ...options })
}

function begin(store: ResultStore): Promise<PendingResult> {
  return store.create({
    owner: 'ann',
    provenance: provenanceOfTest(),
  })
}

async function finished(store: ResultStore, rows: number): Promise<PendingResult['result']> {
  const pending = await begin(store)
  await writeSpool(pending.directory, [sampleBatch(0, rows)])
  pending.started(sampleSchema)
  await pending.finish({ state: 'complete', rowCount: rows, byteCount: findRows(pending.directory)!.byteCount })
  return pending.result
}

test('whatever results ask for at the same time, they are never granted more than the quota together, and what they want where it is free', async context => {
  const kilobyte = 2 ** 10
  const quotaBytes = 8_000 * kilobyte
  const step = fc.record({
    result: fc.nat(3),
    wanted: fc.integer({ min: 1, max: 6_000 }),
    ends: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async rounds => {
      await using store = await openStore({ directory: temporaryDirectory(context), quotaBytes, inUse: () => true })
      const open: (PendingResult | undefined)[] = []
      const granted = (): number => open.reduce((sum, one) => sum + (one?.room.granted ?? 0), 0)
      for (const round of rounds) {
        const asking = new Map(round.map(one => [one.result, one]))
        await Promise.all(
          [...asking.values()].map(async ({ result, wanted, ends }) => {
            try {
              open[result] ??= await begin(store)
            } catch (error) {
              assert.equal(TuskError.from(error).code, 'RESULT_QUOTA')
              return
            }
            const { room } = open[result]
            const alone = asking.size === 1
            const before = room.granted
            const free = quotaBytes - store.usage().bytes - granted() - 4 * 64 * kilobyte
            const answer = await room.grant(wanted * kilobyte)
            assert.equal(answer, room.granted)
            assert.ok(answer >= before)
            if (alone && wanted * kilobyte - before <= free) assert.ok(answer >= wanted * kilobyte)
            if (!ends) return
            const byteCount = Math.min(wanted * kilobyte, answer)
            writeFileSync(join(open[result].directory, 'rows.arrow'), Buffer.alloc(byteCount))
            await open[result].finish({ state: 'truncated', rowCount: 1, byteCount })
            open[result] = undefined
          }),
        )
        assert.ok(store.usage().bytes + granted() <= quotaBytes, `${store.usage().bytes} + ${granted()}`)
      }
    }),
    { numRuns: 30 },
  )
})

test('room is made by sweeping what is oldest and not in use, as much as is asked for', async context => {
  const megabyte = 2 ** 20
  const shown = new Set<string>()
  await using store = await openStore({
    directory: temporaryDirectory(context),
    quotaBytes: 10 * megabyte,
    inUse: id => shown.has(id),
  })
  const ids: string[] = []
  for (let index = 0; index < 3; index++) {
    const pending = await begin(store)
    writeFileSync(join(pending.directory, 'rows.arrow'), Buffer.alloc(2 * megabyte))
    await pending.finish({ state: 'complete', rowCount: 1, byteCount: 2 * megabyte })
    ids.push(pending.id)
  }
  shown.add(ids[1]!)
  const left = (): readonly number[] => {
    const there = new Set(store.list('ann').map(({ id }) => id))
    return ids.flatMap((id, index) => (there.has(id) ? [index] : []))
  }
  const next = await begin(store)
  assert.ok((await next.room.grant(3 * megabyte)) >= 3 * megabyte)
  assert.deepEqual(left(), [0, 1, 2])
  assert.ok((await next.room.grant(5 * megabyte)) >= 5 * megabyte)
  assert.deepEqual(left(), [1, 2])
  const most = await next.room.grant(20 * megabyte)
  assert.deepEqual(left(), [1])
  assert.ok(most > 7.5 * megabyte && most < 8 * megabyte, `${most}`)
  await next.finish({ state: 'truncated', rowCount: 1, byteCount: most })
})

test('rows made in this process end at the quota too, with the batches before it', async context => {
  const directory = temporaryDirectory(context)
  await using store = await openStore({ directory, quotaBytes: 3 * 2 ** 20, inUse: () => true })
  const batches = function* (): Generator<RecordBatch> {
    for (let row = 0; ; row += 10_000) yield sampleBatch(row, 10_000)
  }
  const save = (): Promise<unknown> =>
    store.save({ owner: 'ann', provenance: provenanceOfTest(), schema: sampleSchema }, batches())
  const ends = await Promise.allSettled([save(), save()])
  for (const end of ends) {
    assert.equal(end.status, 'rejected')
    assert.equal(TuskError.from(end.reason).code, 'RESULT_QUOTA')
  }
  assert.ok(bytesBelow(directory) <= 3 * 2 ** 20)
  for (const result of store.list('ann')) {
    assert.equal(result.state, 'failed')
    assert.equal(findRows(result.directory)!.rowCount, result.rowCount)
  }
  assert.ok(store.list('ann').some(({ rowCount }) => rowCount > 0))
})

function provenanceOfTest(): Parameters<ResultStore['create']>[0]['provenance'] {
  return { sql: 'SELECT 1', engine: 'test', startedAt: new Date().toISOString() }
}
