import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Benchmark } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, inTurns } from './support/measure.ts'
import { columnAt, duckdbTable } from './support/tables.ts'

/** What makes a new result of stored ones, next to DuckDB with the same rows in memory. Both keep what they made; it is removed unmeasured. */
export const reshapeBenchmarks: readonly Benchmark[] = [
  {
    id: 'group',
    what: 'Group 10 M rows by day (9,000 groups) with count, sum and average, v the same on a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      return ratio(
        await inTurns({
          theirs: () =>
            duckdb.run(
              'CREATE OR REPLACE TABLE made AS SELECT d, count(*), sum(dec), avg(dbl) FROM big GROUP BY d ORDER BY d',
            ),
          ours: async () => {
            const made = await studio.group(result, {
              by: [{ column: columnAt('d') }],
              values: [
                { function: 'count' },
                { function: 'sum', column: columnAt('dec') },
                { function: 'average', column: columnAt('dbl') },
              ],
            })
            return () => studio.remove(made)
          },
        }),
      )
    },
  },
  {
    id: 'pivot',
    what: 'Pivot 10 M rows: months down, true, false and NULL across, sums in the cells, v the same written by hand on a DuckDB table in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const duckdb = await context.duckdbInMemory()
      return ratio(
        await inTurns({
          theirs: async () => {
            // A pivot finds out first which columns there will be.
            await duckdb.drain('SELECT b, count(*) FROM big GROUP BY b ORDER BY 2 DESC')
            await duckdb.run(
              `CREATE OR REPLACE TABLE made AS SELECT date_trunc('month', ts) AS month, sum(dec) FILTER (b), sum(dec) FILTER (NOT b),
                 sum(dec) FILTER (b IS NULL) FROM big GROUP BY month ORDER BY month`,
            )
          },
          ours: async () => {
            const made = await studio.group(result, {
              by: [{ column: columnAt('ts'), unit: 'month' }],
              values: [{ function: 'sum', column: columnAt('dec') }],
              across: columnAt('b'),
            })
            return () => studio.remove(made)
          },
        }),
      )
    },
  },
  {
    id: 'named-join',
    what: 'Join 1 M rows of SQLite with 1 M of DuckDB, both by @name, counted and summed',
    budget: { at: 'most', value: 3_000, unit: 'ms' },
    async run(context) {
      const studio = await context.studio()
      const connection = await context.duckdbConnection()
      const file = join(context.directory, 'named.db')
      const database = new DatabaseSync(file)
      database.exec(
        `CREATE TABLE clicks AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${context.rows.small})
         SELECT x AS id, 'page ' || (x % 997) AS page FROM c`,
      )
      database.close()
      const sqlite = await studio.connect('sqlite', 'Clicks', { path: file, read_only: true })
      const clicks = await studio.run(sqlite, 'SELECT * FROM clicks')
      const orders = await studio.run(connection, 'SELECT * FROM small')
      await studio.json('PUT', `/api/results/${clicks.resultId}/name`, { name: 'clicks_lite' })
      await studio.json('PUT', `/api/results/${orders.resultId}/name`, { name: 'orders_duck' })
      const { ours } = await inTurns({
        ours: async () => {
          const made = await studio.run(
            connection,
            'SELECT page, count(*), sum(dec) FROM @orders_duck JOIN @clicks_lite USING (id) GROUP BY page',
          )
          if (made.rowCount !== Math.min(997, context.rows.small)) throw new Error(`${made.rowCount} groups`)
          return () => studio.remove(made.resultId)
        },
      })
      for (const { resultId } of [clicks, orders]) await studio.remove(resultId)
      return { figure: ours, tusk: duration(ours) }
    },
  },
  {
    id: 'diff',
    what: 'Compare 1 M × 10 rows with 1 M others by key (1 of 1,000 gone, 1 of 100 changed), v the same full join on DuckDB tables in memory',
    budget: { at: 'most', value: 3, unit: '×' },
    async run(context: BenchContext) {
      const studio = await context.studio()
      const connection = await context.duckdbConnection()
      const duckdb = await context.duckdbInMemory()
      const other = `SELECT * REPLACE (CASE WHEN id % 100 = 7 THEN dec + 1 ELSE dec END AS dec) FROM small WHERE id % 1000 <> 3`
      const before = await studio.run(connection, 'SELECT * FROM small')
      const after = await studio.run(connection, other)
      await duckdb.run(duckdbTable('small', context.rows.small))
      await duckdb.run(`CREATE TABLE other AS ${other}`)
      const compared = ['big', 'dbl', 'dec', 's12', 's60', 'ts', 'd', 'b', 'j']
      const differs = compared.map(name => `one.${name} IS DISTINCT FROM two.${name}`).join(' OR ')
      const times = await inTurns({
        theirs: async () => {
          // A key is one only where it tells the rows apart.
          await duckdb.drain('SELECT count(*) = count(DISTINCT id) FROM small')
          await duckdb.drain('SELECT count(*) = count(DISTINCT id) FROM other')
          await duckdb.run(
            `CREATE OR REPLACE TABLE made AS SELECT coalesce(one.id, two.id) AS id, ${compared.map(name => `one.${name} AS ${name}, two.${name} AS ${name}_after`).join(', ')}
               FROM small one FULL JOIN other two USING (id) WHERE one.id IS NULL OR two.id IS NULL OR ${differs} ORDER BY 1`,
          )
        },
        ours: async () => {
          const made = await studio.diff(before.resultId, { other: after.resultId, key: ['id'] })
          const expected = Math.ceil((context.rows.small - 3) / 1_000)
          if (made.summary.removed !== expected)
            throw new Error(`${made.summary.removed} rows are said to be gone, not ${expected}`)
          return () => studio.remove(made.result.id)
        },
      })
      await studio.remove(before.resultId)
      await studio.remove(after.resultId)
      return ratio(times)
    },
  },
]

function ratio(times: Readonly<Record<'theirs' | 'ours', number>>) {
  return {
    figure: times.ours / times.theirs,
    yardstick: `DuckDB ${duration(times.theirs)}`,
    tusk: duration(times.ours),
  }
}
