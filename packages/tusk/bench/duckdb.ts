import { duckdbEngine } from '../src/engines/duckdb/engine.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { DuckdbYardstick } from './support/duckdb-yardstick.ts'
import { duration, inTurns } from './support/measure.ts'

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
      'For 10 M rows up to half of the processor time is the kernel taking 2 GB into its page cache (copy_folio_from_iter_atomic: 37 % of ' +
      'the samples); about 1.5 s is JavaScript copying vectors, which the binding hands out as copies only, one chunk of 2,048 rows a call. ' +
      'The garbage collector, once a quarter, is down to 2 %.',
    run: context => measure(context, table),
  }
}

async function measure(context: BenchContext, table: 'small' | 'big'): Promise<Measurement> {
  const file = await context.duckdbFile()
  const studio = await context.studio()
  const connection = await context.duckdbConnection()
  const sql = `SELECT * FROM ${table}`
  using duckdb = await DuckdbYardstick.open(file, { access_mode: 'READ_ONLY' })
  await duckdb.run(`SET streaming_buffer_size = '16MB'`)
  const times = await inTurns({
    drained: () => duckdb.drain(sql),
    stored: async () => studio.remove((await studio.run(connection, sql)).resultId),
  })
  let note: string | undefined
  if (table === 'small') {
    await using engine = await duckdbEngine.open({ path: file, read_only: true })
    const { alone } = await inTurns({
      alone: async () => {
        for await (const _ of await engine.query(sql));
      },
    })
    note = `the engine alone, batches let go: ${duration(alone)}`
  }
  return {
    figure: times.drained / times.stored,
    yardstick: `drained ${duration(times.drained)}`,
    tusk: duration(times.stored),
    ...(note === undefined ? {} : { note }),
  }
}
