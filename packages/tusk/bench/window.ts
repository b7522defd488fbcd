import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BatchBuilder, type ColumnValue, type DataField, type DataType } from '../src/arrow/index.ts'
import { ReadingThread } from '../src/results/reading-thread.ts'
import { SpoolReader } from '../src/results/spool-reader.ts'
import { SpoolWriter } from '../src/results/spool-writer.ts'
import { cutWindow } from '../src/results/window.ts'

/*
 * Windows of 200 rows × 10 columns on a stored result: in order, and through a view that puts all rows in another order.
 * `node bench/window.ts [ROWS]`; needs about 200 bytes of temporary disk a row. Budgets: DESIGN.md §8.
 */
const rowCount = Number(process.argv[2] ?? 10_000_000)
const directory = mkdtempSync(join(tmpdir(), 'tusk-bench-'))
process.once('exit', () => rmSync(directory, { recursive: true, force: true }))

const random = mulberry(42)
const schema = { fields: columns() }
const started = performance.now()
await build()
print('stored', `${rowCount.toLocaleString('en')} rows in ${((performance.now() - started) / 1000).toFixed(1)} s`)

using reader = new SpoolReader(directory)
print('size', `${(reader.byteCount / 1e6).toFixed(0)} MB in ${reader.batchCount} batches`)
const windows = Array.from({ length: 400 }, () => Math.floor(random() * (rowCount - 200)))
measure('in order, 200 rows', offset => cutWindow(reader, { offset, limit: 200 }))
measure('in order, 200 rows, 4 kB cells at most', offset =>
  cutWindow(reader, { offset, limit: 200, maxCellBytes: 4096 }),
)
measure('in order, 2,000 rows', offset => cutWindow(reader, { offset, limit: 2_000 }))
measure('sorted view, 200 rows', offset => cutWindow(reader, { offset, limit: 200, view: 'v' }))
measure('sorted view, 200 rows, 4 kB cells at most', offset =>
  cutWindow(reader, { offset, limit: 200, view: 'v', maxCellBytes: 4096 }),
)
measure('sorted view, 2,000 rows', offset => cutWindow(reader, { offset, limit: 2_000, view: 'v' }), 40)

await using thread = new ReadingThread()
const ask = (offset: number, view?: string) =>
  thread.ask({
    kind: 'window',
    directory,
    rowCount,
    request: { offset, limit: 200, ...(view === undefined ? {} : { view }) },
  })
await ask(0)
await measureAsync('in order, 200 rows, through the reading thread', offset => ask(offset))
await measureAsync('sorted view, 200 rows, through the reading thread', offset => ask(offset, 'v'))

function measure(what: string, work: (offset: number) => unknown, count = windows.length): void {
  report(
    what,
    windows.slice(0, count).map(offset => {
      const before = performance.now()
      work(offset)
      return performance.now() - before
    }),
  )
}

async function measureAsync(what: string, work: (offset: number) => Promise<unknown>): Promise<void> {
  const times: number[] = []
  for (const offset of windows) {
    const before = performance.now()
    await work(offset)
    times.push(performance.now() - before)
  }
  report(what, times)
}

function report(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (part: number): string => sorted[Math.floor(sorted.length * part)]!.toFixed(2)
  print(what, `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`)
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figure}\n`)
}

/** Batches of 64 k rows with equal content: windows cost the same, and the file is built in seconds. */
async function build(): Promise<void> {
  const batchRows = 65_536
  const builder = new BatchBuilder(schema, batchRows)
  for (let row = 0; row < Math.min(batchRows, rowCount); row++) builder.appendRow(rowOf(row))
  const batch = builder.finish()
  await using writer = await SpoolWriter.create(directory, schema)
  while (writer.rowCount < rowCount) await writer.append(batch)
  await writer.finish()
  mkdirSync(join(directory, 'views'))
  const order = Uint32Array.from({ length: rowCount }, (_, row) => row)
  for (let row = rowCount - 1; row > 0; row--) {
    const other = Math.floor(random() * (row + 1))
    const kept = order[row]!
    order[row] = order[other]!
    order[other] = kept
  }
  writeFileSync(join(directory, 'views', 'v.u32'), order)
}

function columns(): readonly DataField[] {
  const types: Record<string, DataType> = {
    id: { kind: 'int', bits: 32, signed: true },
    big: { kind: 'int', bits: 64, signed: true },
    dbl: { kind: 'float', bits: 64 },
    dec: { kind: 'decimal', precision: 18, scale: 4 },
    s12: { kind: 'utf8' },
    s60: { kind: 'utf8' },
    ts: { kind: 'timestamp', unit: 'us', timezone: null },
    d: { kind: 'date' },
    b: { kind: 'bool' },
    j: { kind: 'utf8' },
  }
  return Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }))
}

function rowOf(row: number): readonly ColumnValue[] {
  const number = Math.floor(random() * 2 ** 31)
  return [
    row,
    BigInt(number) * 1_000_003n,
    random(),
    BigInt(number),
    `text ${number % 10_000_000}`.padEnd(12),
    `some longer text with ümläuts and a number ${number} at its end`.padEnd(57),
    BigInt(number) * 1_000_000n,
    number % 20_000,
    row % 10 === 0 ? null : row % 2 === 0,
    `{"id":${row},"name":"name ${number}","tags":["a","b"]}`.padEnd(56),
  ]
}

function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
