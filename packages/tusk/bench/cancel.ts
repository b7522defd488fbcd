import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { WireRun } from '../src/wire.ts'
import type { Benchmark, Measurement } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { benchPostgres, benchPostgresConnection } from './postgres.ts'
import { duration } from './support/measure.ts'
import { childrenOf, processorTime } from './support/processes.ts'
import type { Studio } from './support/studio.ts'

/** From the cancel button until the database works no more, on each engine; the slowest of three. */
export const cancelBenchmarks: readonly Benchmark[] = [
  {
    id: 'cancel-postgres',
    what: 'Cancel on PostgreSQL until pg_stat_activity is clear',
    budget: { at: 'most', value: 1_000, unit: 'ms' },
    run: cancelOnPostgres,
  },
  {
    id: 'cancel-duckdb',
    what: 'Cancel on DuckDB until its process is still',
    budget: { at: 'most', value: 1_000, unit: 'ms' },
    run: async context =>
      cancelInHost(
        context,
        await context.duckdbConnection(),
        'SELECT sum(sin(one.range * other.range)) FROM range(1000000) one, range(1000000) other',
      ),
  },
  {
    id: 'cancel-sqlite',
    what: 'Cancel on SQLite until its process is still',
    budget: { at: 'most', value: 1_000, unit: 'ms' },
    run: async context =>
      cancelInHost(
        context,
        await (await context.studio()).connect('sqlite', 'Cancelled SQLite', { path: ':memory:' }),
        'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n',
      ),
  },
]

async function cancelOnPostgres(context: BenchContext): Promise<Measurement> {
  const { host, port, user } = await benchPostgres(context)
  const watch = new pg.Client({ host, port, user, database: 'postgres' })
  await watch.connect()
  try {
    const question = `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE state = 'active' AND query LIKE '%generate_series%' AND pid <> pg_backend_pid()`
    const works = async () => (await watch.query<{ n: number }>(question)).rows[0]!.n > 0
    const sql = 'SELECT count(*) FROM generate_series(1, 1000000000) one, generate_series(1, 1000) other'
    return await slowestOfThree(await context.studio(), await benchPostgresConnection(context), sql, async () => ({
      works,
      untilStill: async () => {
        while (await works()) await sleep(5)
        return performance.now()
      },
    }))
  } finally {
    await watch.end()
  }
}

async function cancelInHost(context: BenchContext, connection: string, sql: string): Promise<Measurement> {
  const studio = await context.studio()
  return slowestOfThree(studio, connection, sql, async () => {
    let worker: number | undefined
    return {
      works: async () => {
        worker = await busiestChild(studio.pid)
        return worker !== undefined
      },
      untilStill: () => stillSince(worker!),
    }
  })
}

interface Watch {
  works(): Promise<boolean>
  /** When the work ended, on the clock of `performance.now()`. */
  untilStill(): Promise<number>
}

async function slowestOfThree(
  studio: Studio,
  connectionId: string,
  sql: string,
  look: () => Promise<Watch>,
): Promise<Measurement> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const watch = await look()
    // Its answer comes with the first columns: here never, so it ends with the run.
    const answer = studio.json('POST', '/api/runs', { connectionId, sql })
    const id = await runningRun(studio, connectionId)
    while (!(await watch.works())) await sleep(10)
    const began = performance.now()
    const cancelled = studio.fetch('POST', `/api/runs/${id}/cancel`)
    times.push((await watch.untilStill()) - began)
    await Promise.all([answer, cancelled])
  }
  return {
    figure: Math.max(...times),
    tusk: duration(Math.max(...times)),
    note: `the others ${times
      .toSorted((one, other) => one - other)
      .slice(0, -1)
      .map(duration)
      .join(', ')}`,
  }
}

async function runningRun(studio: Studio, connectionId: string): Promise<string> {
  for (;;) {
    const { runs } = (await studio.json('GET', '/api/runs')) as { readonly runs: readonly WireRun[] }
    const run = runs.find(one => one.state === 'running' && one.connectionId === connectionId)
    if (run !== undefined) return run.id
    await sleep(10)
  }
}

/** The host that is at work: it uses more than half of a processor. */
async function busiestChild(parent: number): Promise<number | undefined> {
  const before = childrenOf(parent).map(pid => ({ pid, time: processorTime(pid) ?? 0 }))
  await sleep(200)
  return before.find(({ pid, time }) => (processorTime(pid) ?? 0) - time > 100)?.pid
}

/** When the process had ended, or had used less than a fifth of a processor for 50 ms: so the figure is never too good. */
async function stillSince(pid: number): Promise<number> {
  for (;;) {
    const before = processorTime(pid)
    if (before === undefined) return performance.now()
    await sleep(50)
    const after = processorTime(pid)
    if (after === undefined || after - before <= 10) return performance.now()
  }
}
