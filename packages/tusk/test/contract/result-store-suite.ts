import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeStream } from '../../src/arrow/index.ts'
import type { RecordBatch } from '../../src/arrow/record-batch.ts'
import { TuskError } from '../../src/errors.ts'
import type { PendingResult, ResultStore, StoredResult } from '../../src/results/result-store.ts'
import { SpoolWriter } from '../../src/results/spool-writer.ts'
import { batchOf, field, sampleBatch, sampleSchema, textRows, textRowsOf } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

export interface OpenStoreOptions {
  readonly directory: string
  readonly quotaBytes?: number
  readonly maxAgeMs?: number
  readonly inUse?: (id: string) => boolean
  readonly ownerOf?: (id: string) => string | undefined
}

/** What every result store keeps to. See `results/result-store.ts`. */
export function resultStoreSuite(name: string, open: (options: OpenStoreOptions) => Promise<ResultStore>): void {
  describe(`${name} keeps the contract of a result store`, () => {
    test('a result is readable from its first batch, and grows while it is read', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const pending = await store.create(newResult())
      const { result } = pending
      assert.equal(result.state, 'storing')
      await using writer = await SpoolWriter.create(pending.directory, sampleSchema)
      pending.started(sampleSchema)
      assert.deepEqual(textRows(await result.window({ offset: 0, limit: 10 })), [])
      await writer.append(sampleBatch(0, 10))
      pending.progress({ rowCount: 10, byteCount: writer.byteCount })
      assert.deepEqual(textRows(await result.window({ offset: 9, limit: 10, columns: [1] })), [['row 9']])
      await writer.append(sampleBatch(10, 10))
      pending.progress({ rowCount: 20, byteCount: writer.byteCount })
      assert.deepEqual(textRows(await result.window({ offset: 9, limit: 2, columns: [1] })), [['row 9'], ['row 10']])
      await writer.finish()
      await pending.finish({ state: 'complete', rowCount: 20, byteCount: writer.byteCount, command: 'SELECT' })
      await result.done
      assert.deepEqual([result.state, result.rowCount, result.command], ['complete', 20, 'SELECT'])
      assert.ok(result.provenance.finishedAt)
    })

    test('reading goes on from batch to batch until the result ends', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const pending = await store.create(newResult())
      const reading = collect(pending.result)
      await using writer = await SpoolWriter.create(pending.directory, sampleSchema)
      pending.started(sampleSchema)
      for (let batch = 0; batch < 5; batch++) {
        await writer.append(sampleBatch(batch * 100, 100))
        pending.progress({ rowCount: writer.rowCount, byteCount: writer.byteCount })
      }
      await writer.finish()
      await pending.finish({ state: 'complete', rowCount: 500, byteCount: writer.byteCount })
      const rows = await reading
      assert.equal(rows.length, 500)
      assert.deepEqual(rows[499]!.slice(0, 2), ['499', 'row 499'])
      const part = await collect(pending.result, { offset: 150, limit: 100, columns: [0] })
      assert.deepEqual([part.length, part[0], part[99]], [100, ['150'], ['249']])
    })

    test('reading that waits for more stops when its signal aborts', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const pending = await store.create(newResult())
      const abort = new AbortController()
      const reading = collect(pending.result, { signal: abort.signal })
      abort.abort(new TuskError('QUERY_CANCELLED'))
      await assert.rejects(reading, { code: 'QUERY_CANCELLED' })
    })

    test('a column that widens while storing is read with its wider type from then on', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const pending = await store.create(newResult())
      const narrow = { fields: [field('v', { kind: 'int', bits: 64, signed: true })] }
      const wide = { fields: [field('v', { kind: 'utf8' }, { logical: 'mixed' })] }
      await using writer = await SpoolWriter.create(pending.directory, narrow)
      pending.started(narrow)
      await writer.append(batchOf(narrow, [[1n], [2n]]))
      pending.progress({ rowCount: 2, byteCount: writer.byteCount })
      assert.deepEqual(textRows(await pending.result.window({ offset: 0, limit: 5 })), [['1'], ['2']])
      await writer.append(batchOf(wide, [['three']]))
      pending.progress({ rowCount: 3, byteCount: writer.byteCount, schema: writer.schema })
      const window = await pending.result.window({ offset: 0, limit: 5 })
      assert.deepEqual(textRows(window), [['1'], ['2'], ['three']])
      assert.deepEqual(decodeStream(window).schema, wide)
      assert.deepEqual(pending.result.schema, wide)
      await writer.append(batchOf(wide, [['four']]))
      await writer.finish()
      await pending.finish({ state: 'complete', rowCount: 4, byteCount: writer.byteCount })
      assert.deepEqual(await collect(pending.result), [['1'], ['2'], ['three'], ['four']])
    })

    test('a result belongs to its owner, and nobody else finds it', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const { id } = await storeRows(store, [sampleBatch(0, 5)])
      assert.deepEqual(
        store.list('ann').map(result => result.id),
        [id],
      )
      assert.deepEqual(store.list('bob'), [])
      assert.throws(() => store.get('bob', id), { code: 'RESULT_NOT_FOUND' })
      await assert.rejects(store.remove('bob', id), { code: 'RESULT_NOT_FOUND' })
      await assert.rejects(store.setPinned('bob', id, true), { code: 'RESULT_NOT_FOUND' })
      assert.throws(() => store.get('ann', '../secret'), { code: 'RESULT_NOT_FOUND' })
    })

    test('a removed result is gone, a result being stored cannot be removed', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const { id } = await storeRows(store, [sampleBatch(0, 5)])
      await store.remove('ann', id)
      assert.throws(() => store.get('ann', id), { code: 'RESULT_NOT_FOUND' })
      const pending = await store.create(newResult())
      await assert.rejects(store.remove('ann', pending.id), { code: 'CONFLICT' })
    })

    test('cells come whole, as text or as raw bytes', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const schema = {
        fields: [
          field('text', { kind: 'utf8' }),
          field('bytes', { kind: 'binary' }),
          field('number', { kind: 'decimal', precision: 20, scale: 2 }),
          field('list', { kind: 'list', item: field('item', { kind: 'utf8' }) }),
        ],
      }
      const long = 'äöü'.repeat(200_000)
      const result = await storeRows(store, [
        batchOf(schema, [['', new Uint8Array([0, 255]), 150n, ['a']]]),
        batchOf(schema, [[long, null, null, null]]),
      ])
      assert.deepEqual(await cell(result, 0, 0), { kind: 'text', bytes: Buffer.from('') })
      assert.deepEqual(await cell(result, 0, 1), { kind: 'binary', bytes: Buffer.from([0, 255]) })
      assert.deepEqual(await cell(result, 0, 2), { kind: 'text', bytes: Buffer.from('1.50') })
      assert.deepEqual(await cell(result, 0, 3), { kind: 'text', bytes: Buffer.from('["a"]') })
      const whole = await cell(result, 1, 0)
      assert.equal(whole?.bytes.toString(), long)
      for (const column of [1, 2, 3]) assert.equal(await result.cell({ row: 1, column }), null)
      await assert.rejects(result.cell({ row: 2, column: 0 }), { code: 'NOT_FOUND' })
      await assert.rejects(result.cell({ row: 0, column: 4 }), { code: 'BAD_REQUEST' })
    })

    test('a statement without rows and one that failed before its columns are results like others', async context => {
      await using store = await open({ directory: temporaryDirectory(context) })
      const none = await storeRows(store, [], { fields: [] })
      assert.deepEqual(decodeStream(await none.window({ offset: 0, limit: 10 })), {
        schema: { fields: [] },
        batches: [],
      })
      const pending = await store.create(newResult())
      await assert.rejects(pending.result.window({ offset: 0, limit: 10 }), { code: 'CONFLICT' })
      const error = new TuskError('QUERY_FAILED', 'no such table', { position: 14 })
      await pending.finish({ state: 'failed', rowCount: 0, byteCount: 0, error })
      assert.deepEqual(pending.result.error?.toJSON(), error.toJSON())
      assert.deepEqual(textRows(await pending.result.window({ offset: 0, limit: 10 })), [])
      assert.deepEqual(await collect(pending.result), [])
    })

    test('results are found again by the next store, with everything that is known of them', async context => {
      const directory = temporaryDirectory(context)
      let id: string
      {
        await using store = await open({ directory })
        const result = await storeRows(store, [sampleBatch(0, 5)])
        id = result.id
        await store.setPinned('ann', id, true)
      }
      await using store = await open({ directory })
      const result = store.get('ann', id)
      assert.deepEqual(
        [result.state, result.rowCount, result.pinned, result.provenance.sql, result.schema],
        ['complete', 5, true, 'SELECT 1', sampleSchema],
      )
      assert.deepEqual(textRows(await result.window({ offset: 4, limit: 1, columns: [0] })), [['4']])
    })

    test('a result that was being stored when Tusk stopped is failed, and keeps its whole batches', async context => {
      const directory = temporaryDirectory(context)
      let id: string
      {
        await using store = await open({ directory })
        const pending = await store.create(newResult())
        id = pending.id
        await using writer = await SpoolWriter.create(pending.directory, sampleSchema)
        pending.started(sampleSchema)
        await writer.append(sampleBatch(0, 7))
        await writer.append(sampleBatch(7, 7))
      }
      await using store = await open({ directory })
      const result = store.get('ann', id)
      assert.deepEqual([result.state, result.rowCount, result.schema], ['failed', 14, sampleSchema])
      assert.match(result.error!.message, /Tusk stopped/)
      await result.done
      assert.equal(textRows(await result.window({ offset: 0, limit: 100 })).length, 14)
    })

    test('sweeping goes by age, then from the oldest down to the quota, and spares what is pinned, in use or being stored', async context => {
      const directory = temporaryDirectory(context)
      const inUse = new Set<string>()
      const ids: string[] = []
      {
        await using store = await open({ directory })
        for (let index = 0; index < 6; index++) ids.push((await storeRows(store, [sampleBatch(0, 2_000)])).id)
        await store.setPinned('ann', ids[0]!, true)
        inUse.add(ids[1]!)
      }
      const bytesOfOne = await (async () => {
        await using store = await open({ directory })
        return store.get('ann', ids[0]!).byteCount
      })()
      await using store = await open({
        directory,
        quotaBytes: Math.round(bytesOfOne * 4.5),
        inUse: id => inUse.has(id),
      })
      await store.sweep()
      assert.deepEqual(left(store, ids), [0, 1, 4, 5])
      assert.ok(store.usage().bytes <= store.usage().quotaBytes)
      await store[Symbol.asyncDispose]()

      await using strict = await open({ directory, maxAgeMs: 0, inUse: id => inUse.has(id) })
      const pending = await strict.create(newResult())
      await strict.sweep()
      assert.deepEqual(left(strict, [...ids, pending.id]), [0, 1, 6])
    })

    test('a full store refuses new results once nothing can be swept, and grants each no more than is free', async context => {
      const megabyte = 2 ** 20
      await using store = await open({ directory: temporaryDirectory(context), quotaBytes: 4 * megabyte })
      const first = await store.create(newResult())
      assert.ok(first.room.granted > 0 && first.room.granted < megabyte)
      first.started(sampleSchema)
      const all = await first.room.grant(9 * megabyte)
      assert.ok(all > 3.9 * megabyte && all < 4 * megabyte, `${all}`)
      assert.equal(first.room.granted, all)
      assert.equal(await first.room.grant(9 * megabyte), all)
      await assert.rejects(store.create(newResult()), { code: 'RESULT_QUOTA' })
      // What it was granted and did not use is free again.
      await first.finish({ state: 'complete', rowCount: 1, byteCount: megabyte })
      const second = await store.create(newResult())
      assert.ok((await second.room.grant(2.5 * megabyte)) >= 2.5 * megabyte)
    })
  })
}

function newResult(): Parameters<ResultStore['create']>[0] {
  return { owner: 'ann', provenance: { sql: 'SELECT 1', engine: 'test', startedAt: new Date().toISOString() } }
}

async function storeRows(
  store: ResultStore,
  batches: readonly RecordBatch[],
  schema = batches[0]!.schema,
): Promise<StoredResult> {
  const pending: PendingResult = await store.create(newResult())
  await using writer = await SpoolWriter.create(pending.directory, schema)
  pending.started(schema)
  for (const batch of batches) await writer.append(batch)
  await writer.finish()
  await pending.finish({ state: 'complete', rowCount: writer.rowCount, byteCount: writer.byteCount })
  return pending.result
}

async function collect(
  result: StoredResult,
  options?: Parameters<StoredResult['read']>[0],
): Promise<readonly (readonly (string | null)[])[]> {
  const rows: (readonly (string | null)[])[] = []
  for await (const batch of result.read(options)) rows.push(...textRowsOf(batch))
  return rows
}

async function cell(
  result: StoredResult,
  row: number,
  column: number,
): Promise<{ readonly kind: string; readonly bytes: Buffer } | null> {
  const content = await result.cell({ row, column })
  if (content === null) return null
  const pieces: Uint8Array[] = []
  for await (const piece of content.bytes) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  assert.equal(bytes.byteLength, content.byteLength)
  return { kind: content.kind, bytes }
}

function left(store: ResultStore, ids: readonly string[]): readonly number[] {
  const there = new Set(store.list('ann').map(result => result.id))
  return ids.flatMap((id, index) => (there.has(id) ? [index] : []))
}
