import type { Benchmark } from './benchmark.ts'
import { duration, percentile, timeOf } from './support/measure.ts'
import { seededRandom } from './support/seeded-random.ts'

const count = 400

/** Windows of 200 rows at random places of the big result, as the grid asks for them: over HTTP, so with the way there and back. */
export const windowBenchmarks: readonly Benchmark[] = [
  {
    id: 'windows',
    what: 'Windows of 200 rows anywhere in a 10 M-row result, p95, over HTTP',
    budget: { at: 'most', value: 10, unit: 'ms' },
    async run(context) {
      const studio = await context.studio()
      const result = await context.bigResult()
      const times = await windowTimes(context.rows.big, offset => studio.window(result, offset))
      return { figure: percentile(times, 0.95), ...inWords(times) }
    },
  },
]

/** Times of random windows after one that is not counted. */
export async function windowTimes(
  rows: number,
  read: (offset: number) => Promise<unknown>,
): Promise<readonly number[]> {
  const random = seededRandom(42)
  await read(0)
  const times: number[] = []
  for (let turn = 0; turn < count; turn++) {
    const offset = Math.floor(random() * Math.max(1, rows - 200))
    times.push(await timeOf(() => read(offset)))
  }
  return times
}

export function inWords(times: readonly number[]): { readonly tusk: string; readonly note: string } {
  return {
    tusk: `p95 ${duration(percentile(times, 0.95))}`,
    note: `p50 ${duration(percentile(times, 0.5))}, slowest ${duration(Math.max(...times))} of ${times.length}`,
  }
}
