import type { Benchmark } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, median, percentile, timeOf } from './support/measure.ts'
import { columnAt } from './support/tables.ts'
import { inWords, windowTimes } from './windows.ts'

/** Sorting the big result by a number that is in no order, next to DuckDB sorting the same rows in memory. */
export const sortBenchmarks: readonly Benchmark[] = [
  {
    id: 'sort-first-page',
    what: 'Sort 10 M rows by a number: first page, v DuckDB top-N in memory',
    budget: { at: 'most', value: 1.3, unit: '×' },
    whenMissed:
      'The yardstick is the hardest one, a table in memory without HTTP. Of 145 ms for the top-N alone (DuckDB: 65 ms), 127 ms are handing ' +
      'the stored column over to DuckDB, on one thread.',
    async run(context) {
      const { ours, duckdb } = await sorts(context)
      return {
        figure: ours.page / duckdb.page,
        yardstick: `DuckDB ${duration(duckdb.page)}`,
        tusk: duration(ours.page),
        note: `the same top-N on DuckDB's table in a file: ${duration(duckdb.filePage)}`,
      }
    },
  },
  {
    id: 'sort-whole',
    what: 'Sort 10 M rows by a number: whole order, v DuckDB SELECT rowid … ORDER BY in memory',
    budget: { at: 'most', value: 1.5, unit: '×' },
    async run(context) {
      const { ours, duckdb } = await sorts(context)
      return {
        figure: ours.whole / duckdb.whole,
        yardstick: `DuckDB ${duration(duckdb.whole)}`,
        tusk: duration(ours.whole),
        note: 'from the click, first page included',
      }
    },
  },
  {
    id: 'sort-windows',
    what: 'Windows of 200 rows of the sorted 10 M-row result, p95, over HTTP',
    budget: { at: 'most', value: 30, unit: 'ms' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const { view } = await sorts(context)
      const times = await windowTimes(context.rows.big, offset => studio.window(result, offset, 200, view))
      return { figure: percentile(times, 0.95), ...inWords(times) }
    },
  },
]

/** A view is kept once it is made, so each round asks for an order of its own: all by the same number. */
const orders = [
  { sql: 'dbl ASC NULLS LAST', descending: false, nullsFirst: false },
  { sql: 'dbl DESC NULLS LAST', descending: true, nullsFirst: false },
  { sql: 'dbl ASC NULLS FIRST', descending: false, nullsFirst: true },
  { sql: 'dbl DESC NULLS FIRST', descending: true, nullsFirst: true },
]

interface SortTimes {
  readonly page: number
  readonly whole: number
}

interface Sorts {
  readonly ours: SortTimes
  readonly duckdb: SortTimes & { readonly filePage: number }
  /** The last order made. */
  readonly view: string
}

function sorts(context: BenchContext): Promise<Sorts> {
  return context.once('sorts', async () => {
    const studio = await context.studio()
    const result = await context.bigResult()
    const duckdb = await context.duckdbInMemory()
    const file = await context.duckdbOnFile()
    const column = columnAt('dbl')
    const ours: { page: number; whole: number }[] = []
    const theirs: { page: number; whole: number; filePage: number }[] = []
    let view = ''
    for (const [round, { sql, descending, nullsFirst }] of orders.entries()) {
      const topRows = `SELECT * FROM big ORDER BY ${sql} LIMIT 200`
      const duckdbTimes = {
        page: await timeOf(() => duckdb.drain(topRows)),
        whole: await timeOf(() => duckdb.drain(`SELECT rowid FROM big ORDER BY ${sql}`)),
        filePage: await timeOf(() => file.drain(topRows)),
      }
      const began = performance.now()
      view = (await studio.view(result, { sort: [{ column, descending, nullsFirst }] })).id
      await studio.window(result, 0, 200, view)
      const page = performance.now() - began
      await studio.viewComplete(result, view)
      const whole = performance.now() - began
      if (round === 0) continue
      ours.push({ page, whole })
      theirs.push(duckdbTimes)
    }
    return {
      ours: { page: median(ours.map(time => time.page)), whole: median(ours.map(time => time.whole)) },
      duckdb: {
        page: median(theirs.map(time => time.page)),
        whole: median(theirs.map(time => time.whole)),
        filePage: median(theirs.map(time => time.filePage)),
      },
      view,
    }
  })
}
