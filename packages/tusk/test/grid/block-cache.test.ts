import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BlockAddress,
  BlockCache,
  type BlockCacheOptions,
  rowsPerBlock,
} from '../../src/ui/web/grid/block-cache.ts'
import type { GridWindow } from '../../src/ui/web/grid/grid-source.ts'

function windowOf(rowCount: number): GridWindow {
  return {
    rowCount,
    byteLength: 1_000,
    text: row => `row ${row}`,
    json: row => String(row),
    fullByteLength: () => undefined,
  }
}

interface Ask {
  readonly address: BlockAddress
  readonly signal: AbortSignal
  readonly answer: (window: GridWindow) => void
  readonly fail: (error: Error) => void
}

/** A cache whose loads are answered by hand. */
function manualCache(options: Partial<BlockCacheOptions> = {}): {
  readonly cache: BlockCache
  readonly asks: Ask[]
  changes: () => number
} {
  const asks: Ask[] = []
  let changes = 0
  const cache = new BlockCache({
    load: (address, signal) => new Promise((answer, fail) => asks.push({ address, signal, answer, fail })),
    onChange: () => changes++,
    ...options,
  })
  return { cache, asks, changes: () => changes }
}

const turn = () => new Promise(resolve => setImmediate(resolve))
const view = (first: number, more: Partial<Parameters<BlockCache['want']>[0]> = {}) => ({
  first,
  last: first + 20,
  columns: [0],
  rowCount: 1_000_000,
  ...more,
})

test('a wanted block is loaded once and its cells are found in it', async () => {
  const { cache, asks, changes } = manualCache()
  cache.want(view(1_000))
  cache.want(view(1_001))
  assert.equal(asks.length, 1)
  assert.deepEqual(cache.lookup(1_005, 0), { state: 'loading' })
  asks[0]!.answer(windowOf(rowsPerBlock))
  await turn()
  assert.equal(changes(), 1)
  const lookup = cache.lookup(1_005, 3)
  assert.ok(lookup.state === 'ready' && lookup.row === 5 && lookup.position === 3)
})

test('what is on screen comes first, the next block in the direction follows', () => {
  const { cache, asks } = manualCache()
  cache.want(view(1_000, { ahead: 'down', columns: [0, 40] }))
  assert.deepEqual(
    asks.map(({ address }) => [address.rowBlock, address.columnGroup]),
    [
      [5, 0],
      [5, 1],
      [6, 0],
      [6, 1],
    ],
  )
})

test('loads that nobody wants any more give way when all places are taken', async () => {
  const { cache, asks } = manualCache({ maxLoads: 2 })
  cache.want(view(0))
  cache.want(view(10_000))
  assert.equal(asks.filter(ask => ask.signal.aborted).length, 0)
  cache.want(view(20_000))
  assert.deepEqual(
    asks.map(ask => ask.signal.aborted),
    [true, false, false],
  )
  asks[0]!.fail(new Error('aborted'))
  asks[2]!.answer(windowOf(rowsPerBlock))
  await turn()
  assert.equal(cache.lookup(20_000, 0).state, 'ready')
  assert.equal(cache.lookup(0, 0).state, 'loading')
})

test('a failed block says so and is loaded again only when asked', async () => {
  const { cache, asks } = manualCache()
  cache.want(view(0))
  asks[0]!.fail(new Error('no'))
  await turn()
  assert.equal(cache.lookup(0, 0).state, 'failed')
  cache.want(view(0))
  assert.equal(asks.length, 1)
  cache.retry()
  assert.equal(asks.length, 2)
  assert.equal(cache.lookup(0, 0).state, 'loading')
})

test('a block that was read while rows still came is read again when more are there', async () => {
  const { cache, asks } = manualCache()
  cache.want(view(0, { rowCount: 50 }))
  asks[0]!.answer(windowOf(50))
  await turn()
  cache.want(view(0, { rowCount: 50 }))
  assert.equal(asks.length, 1)
  cache.want(view(0, { rowCount: 120 }))
  assert.equal(asks.length, 2)
  assert.equal(cache.lookup(49, 0).state, 'ready', 'its rows stay while it is read again')
  assert.equal(cache.lookup(50, 0).state, 'loading')
  asks[1]!.answer(windowOf(120))
  await turn()
  assert.equal(cache.lookup(119, 0).state, 'ready')
})

test('fewer rows than promised are a failure, not an endless loop', async () => {
  const { cache, asks } = manualCache()
  cache.want(view(0, { rowCount: 100 }))
  asks[0]!.answer(windowOf(60))
  await turn()
  assert.equal(cache.lookup(59, 0).state, 'ready')
  assert.equal(cache.lookup(60, 0).state, 'failed')
  cache.want(view(0, { rowCount: 100 }))
  assert.equal(asks.length, 1)
  cache.want(view(0, { rowCount: 150 }))
  assert.equal(asks.length, 2)
})

test('the least lately used blocks go first, by number and by size', async () => {
  const { cache, asks } = manualCache({ maxBlocks: 3 })
  for (const block of [0, 1, 2]) {
    cache.want(view(block * rowsPerBlock))
    asks.at(-1)!.answer(windowOf(rowsPerBlock))
    await turn()
  }
  cache.want(view(0))
  cache.want(view(3 * rowsPerBlock))
  asks.at(-1)!.answer(windowOf(rowsPerBlock))
  await turn()
  assert.equal(cache.blockCount, 3)
  assert.equal(cache.lookup(0, 0).state, 'ready')
  assert.equal(cache.lookup(rowsPerBlock, 0).state, 'loading')
})

test('a reset aborts all loads and late answers change nothing', async () => {
  const { cache, asks, changes } = manualCache()
  cache.want(view(0))
  cache.reset()
  assert.ok(asks[0]!.signal.aborted)
  asks[0]!.answer(windowOf(rowsPerBlock))
  await turn()
  assert.equal(cache.blockCount, 0)
  assert.equal(changes(), 0)
})
