import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, percentile, timeOf } from './support/measure.ts'
import { residentMemory } from './support/processes.ts'
import { seededRandom } from './support/seeded-random.ts'
import { drain, type Studio } from './support/studio.ts'
import { columnAt } from './support/tables.ts'

/** The web process while results are stored, sorted, filtered, summed up and scrolled through at the same time. */
export const loadBenchmarks: readonly Benchmark[] = [
  {
    id: 'load-health',
    what: '/api/health meanwhile, p99',
    budget: { at: 'most', value: 50, unit: 'ms' },
    async run(context) {
      const { health } = await underLoad(context)
      return {
        figure: percentile(health, 0.99),
        tusk: `p99 ${duration(percentile(health, 0.99))}`,
        note: `p50 ${duration(percentile(health, 0.5))}, slowest ${duration(Math.max(...health))} of ${health.length}`,
      }
    },
  },
  {
    id: 'load-memory',
    what: 'Web process: memory on top of idle, while a 10 M-row result is stored, sorted, filtered, summed up and scrolled',
    budget: { at: 'most', value: 50, unit: 'MB' },
    async run(context) {
      const { idle, peak } = await underLoad(context)
      return { figure: peak - idle, tusk: `${Math.round(idle)} → ${Math.round(peak)} MB` }
    },
  },
]

interface Load {
  readonly health: readonly number[]
  readonly idle: number
  readonly peak: number
}

function underLoad(context: BenchContext): Promise<Load> {
  return context.once('load', async () => {
    const studio = await context.studio()
    const result = await context.bigResult()
    const connection = await context.duckdbConnection()
    let working = true
    let peak = residentMemory(studio.pid)
    const health: number[] = []
    const watch = async () => {
      while (working) {
        health.push(await timeOf(async () => drain(await studio.fetch('GET', '/api/health'))))
        peak = Math.max(peak, residentMemory(studio.pid))
        await sleep(10)
      }
    }
    const scroll = async () => {
      const random = seededRandom(7)
      while (working) {
        await studio.window(result, Math.floor(random() * Math.max(1, context.rows.big - 200)))
        await sleep(20)
      }
    }
    const work = async () => {
      try {
        await compute(studio, result, context.rows.big)
        await studio.remove((await studio.run(connection, 'SELECT * FROM big')).resultId)
      } finally {
        working = false
      }
    }
    await Promise.all([watch(), scroll(), work()])
    return { health, idle: studio.idleMemory, peak }
  })
}

async function compute(studio: Studio, result: string, rows: number): Promise<void> {
  const sorted = await studio.view(result, { sort: [{ column: columnAt('s12') }, { column: columnAt('dec') }] })
  await studio.viewComplete(result, sorted.id)
  const values = [String(Math.floor((rows * 1_000_003) / 2))]
  const filtered = await studio.view(result, { filter: [{ column: columnAt('big'), operator: '<', values }] })
  await studio.viewComplete(result, filtered.id)
  await studio.summary(result, columnAt('big'))
  await studio.summary(result, columnAt('s60'))
}
