import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { duration, inTurns } from './support/measure.ts'
import { drain } from './support/studio.ts'

/** The big result as a Parquet file, downloaded, next to DuckDB writing the same rows. */
export const exportBenchmarks: readonly Benchmark[] = [
  {
    id: 'export-parquet',
    what: 'Export 10 M × 10 to Parquet, v DuckDB COPY from memory',
    budget: { at: 'most', value: 1.3, unit: '×' },
    whenMissed:
      'Measured apart for 4 M rows on a busy machine: COPY of the stored result 1.37 × COPY of the table. Reading all columns of the stored ' +
      'rows took 0.8 s, on one thread of JavaScript, where DuckDB reads its own table on all threads in 0.2 s; syncing the file took 0.02 s. ' +
      'The rest is the download.',
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      const file = join(context.directory, 'copy.parquet')
      let bytes = 0
      const times = await inTurns({
        theirs: () => duckdb.run(`COPY big TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`),
        ours: async () => {
          // The file is kept beside the result: a second export would only read it.
          rmSync(join(studio.home, 'results', result, 'rows.parquet'), { force: true })
          bytes = await drain(await studio.fetch('GET', `/api/results/${result}/export?format=parquet`))
        },
      })
      rmSync(file)
      return {
        figure: times.ours / times.theirs,
        yardstick: `DuckDB ${duration(times.theirs)}`,
        tusk: duration(times.ours),
        note: `${Math.round(bytes / 1e6)} MB, downloaded`,
      }
    },
  },
]
