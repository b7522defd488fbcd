import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStudioProcess } from '../test/support/studio-process.ts'
import type { Benchmark } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, median } from './support/measure.ts'
import { residentMemory } from './support/processes.ts'

/** `tusk studio` where it has been started before, samples and all, until its page is answered; then left alone. */
export const startBenchmarks: readonly Benchmark[] = [
  {
    id: 'start-page',
    what: 'Start to first page, warm install',
    budget: { at: 'most', value: 800, unit: 'ms' },
    async run(context) {
      const { page, listening } = await starts(context)
      return { figure: page, tusk: duration(page), note: `listening after ${duration(listening)}` }
    },
  },
  {
    id: 'start-memory',
    what: 'Idle memory of the web process',
    budget: { at: 'most', value: 130, unit: 'MB' },
    async run(context) {
      const { memory } = await starts(context)
      return { figure: memory, tusk: `${Math.round(memory)} MB`, note: '5 s after the first page' }
    },
  },
]

interface Starts {
  readonly page: number
  readonly listening: number
  readonly memory: number
}

function starts(context: BenchContext): Promise<Starts> {
  return context.once('starts', async () => {
    const home = join(context.directory, 'started')
    const pages: number[] = []
    const listening: number[] = []
    let memory = Number.NaN
    for (let round = 0; round < 4; round++) {
      await using stack = new AsyncDisposableStack()
      const began = performance.now()
      const studio = await startStudioProcess(
        { after: stop => stack.defer(async () => void (await stop())) },
        // As `npm start` does. Without it, and only from a checkout, the first modules bring the stripper of types into the process: 25 MB.
        { home, environment: { NODE_COMPILE_CACHE: join(context.directory, 'compiled') } },
      )
      const page = await fetch(studio.address, { headers: { Accept: 'text/html' } })
      await page.text()
      if (!page.ok) throw new Error(`the first page answered ${page.status}`)
      const firstPage = performance.now() - began
      if (round === 0) continue // makes the samples
      pages.push(firstPage)
      listening.push(studio.startedIn)
      if (round < 3) continue
      await sleep(5_000)
      memory = residentMemory(studio.pid)
    }
    return { page: median(pages), listening: median(listening), memory }
  })
}
