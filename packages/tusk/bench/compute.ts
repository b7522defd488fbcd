import type { Benchmark } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import type { DuckdbYardstick } from './support/duckdb-yardstick.ts'
import { duration, inTurns, timeOf } from './support/measure.ts'
import { columnAt, columns, duckdbTable } from './support/tables.ts'

/** What the column menu does, on one number of the big result, next to DuckDB with the same rows in memory. */
export const computeBenchmarks: readonly Benchmark[] = [
  {
    id: 'summary-first',
    what: 'Histogram and summary of a column of 10 M rows, the first time, v the same on a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      // Nothing has computed yet: this one pays for the host, for opening the rows and for cold files.
      const first = await timeOf(() => studio.summary(result, columnAt('dbl')))
      const { theirs } = await inTurns({ theirs: () => summarize(duckdb) })
      return { figure: first / theirs, yardstick: `DuckDB ${duration(theirs)}`, tusk: duration(first) }
    },
  },
  {
    id: 'summary',
    what: 'Histogram and summary of a column of 10 M rows, v the same on a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      return ratio(
        await inTurns({
          theirs: () => summarize(duckdb),
          ours: () => studio.summary(result, columnAt('dbl')),
        }),
      )
    },
  },
  {
    id: 'profile',
    what: 'Profile of all 10 columns of 1 M rows, two at a time, v SUMMARIZE of a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context) {
      const studio = await context.studio()
      const connection = await context.duckdbConnection()
      const duckdb = await context.duckdbInMemory()
      const { resultId } = await studio.run(connection, 'SELECT * FROM small')
      await duckdb.run(duckdbTable('profiled', context.rows.small))
      const times = await inTurns({
        theirs: () => duckdb.drain('SUMMARIZE profiled'),
        ours: async () => {
          for (let column = 0; column < columns.length; column += 2)
            await Promise.all([column, column + 1].map(one => studio.summary(resultId, one)))
        },
      })
      await duckdb.run('DROP TABLE profiled')
      await studio.remove(resultId)
      return ratio(times)
    },
  },
  {
    id: 'filter',
    what: 'Filter 10 M rows by a number (1 of 10 stays), v the row numbers from a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context: BenchContext) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      // Another limit each round: a filter is kept once it is made.
      const limit = (round: number) => Math.floor((context.rows.big / 7) * (0.9 + round / 1_000))
      return ratio(
        await inTurns({
          theirs: round => duckdb.drain(`SELECT rowid::UINTEGER FROM big WHERE dbl >= ${limit(round)}`),
          ours: async round => {
            const filter = [{ column: columnAt('dbl'), operator: '>=', values: [String(limit(round))] }]
            const view = await studio.view(result, { filter })
            await studio.viewComplete(result, view.id)
          },
        }),
      )
    },
  },
]

/** The figures, the buckets and the most frequent values that a summary has, asked of DuckDB directly. */
async function summarize(duckdb: DuckdbYardstick): Promise<void> {
  await duckdb.drain(`SELECT count(*), count(dbl), approx_count_distinct(dbl), min(dbl), max(dbl), avg(dbl), stddev_samp(dbl),
    quantile_disc(dbl, [0.05, 0.25, 0.5, 0.75, 0.95]) FROM big`)
  await duckdb.drain(`SELECT floor(40 * (dbl - low) / (high - low)) AS bucket, count(*)
    FROM big, (SELECT min(dbl) AS low, max(dbl) AS high FROM big) GROUP BY bucket`)
  await duckdb.drain(`SELECT dbl, count(*) AS times FROM big WHERE dbl IN (SELECT unnest(approx_top_k(dbl, 20)) FROM big)
    GROUP BY dbl ORDER BY times DESC, dbl LIMIT 10`)
}

function ratio(times: Readonly<Record<'theirs' | 'ours', number>>) {
  return {
    figure: times.ours / times.theirs,
    yardstick: `DuckDB ${duration(times.theirs)}`,
    tusk: duration(times.ours),
  }
}
