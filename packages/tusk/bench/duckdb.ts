import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '../src/engines/duckdb/engine.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { DuckdbYardstick } from './support/duckdb-yardstick.ts'
import { duration, inTurns } from './support/measure.ts'
import { plainWrite } from './support/plain-write.ts'

/** DuckDB → stored Arrow, as a person gets it: over HTTP, through a host, into the result store. */
export const duckdbBenchmarks: readonly Benchmark[] = [
  store('small', 'duckdb-store-small'),
  store('big', 'duckdb-store-big'),
]

function store(table: 'small' | 'big', id: string): Benchmark {
  return {
    id,
    what: `DuckDB → stored Arrow, ${table === 'small' ? '1 M' : '10 M'} × 10, v draining the same stream unread`,
    budget: { at: 'least', value: 0.55, unit: '×' },
    whenMissed:
      'Where it is missed, the machine is what is slow: see beside the figures how long the same bytes take to write from one buffer, which ' +
      'is the least that anybody needs. A virtual machine that gives free memory back to its host takes each new page of the page cache ' +
      'from there: here 300 MB/s, into memory that was in use just before 1.5–3.7 GB/s. With the writes taken out, storing 10 M rows took ' +
      '3.0 s next to 2.2 s drained (0.73 ×); waiting for the disk at the end took no more than 0.04 s.',
    run: context => measure(context, table),
  }
}

/** What the ten columns take in Arrow. */
const bytesOfRow = 197

async function measure(context: BenchContext, table: 'small' | 'big'): Promise<Measurement> {
  const file = await context.duckdbFile()
  const studio = await context.studio()
  const connection = await context.duckdbConnection()
  const sql = `SELECT * FROM ${table}`
  using duckdb = await DuckdbYardstick.open(file, { access_mode: 'READ_ONLY' })
  await duckdb.run(`SET streaming_buffer_size = '16MB'`)
  const plain = join(context.directory, 'plain')
  const bytes = context.rows[table] * bytesOfRow
  const times = await inTurns({
    drained: () => duckdb.drain(sql),
    stored: async () => {
      const { resultId } = await studio.run(connection, sql)
      return () => studio.remove(resultId)
    },
    written: async () => {
      await plainWrite(plain, bytes)
      return () => rmSync(plain)
    },
  })
  let note = `${Math.round(bytes / 1e6)} MB, which a plain write from one buffer takes ${duration(times.written)} for`
  if (table === 'small') {
    await using engine = await duckdbEngine.open({ path: file, read_only: true })
    const { alone } = await inTurns({
      alone: async () => {
        for await (const _ of await engine.query(sql));
      },
    })
    note += `; the engine alone, batches let go: ${duration(alone)}`
  }
  return {
    figure: times.drained / times.stored,
    yardstick: `drained ${duration(times.drained)}`,
    tusk: duration(times.stored),
    note,
  }
}
