import type { Page } from '@playwright/test'
import type { WireRun } from '../src/wire.ts'
import { browserMissing, withBrowser } from '../test/support/browser.ts'
import { StudioPage } from '../test/support/studio-page.ts'
import { type Benchmark, NotMeasured } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, median } from './support/measure.ts'

/** What a person sees in Chromium: from the rows being there until they are painted. */
export const browserBenchmarks: readonly Benchmark[] = [
  {
    id: 'browser-first-rows',
    what: 'First rows on screen after the first batch is stored',
    budget: { at: 'most', value: 150, unit: 'ms' },
    whenMissed:
      'Chromium without a graphics card draws a frame in about 50 ms on two cores that also run the studio and the engine, and three are ' +
      'needed: the columns, the rows, and the one after, when they are on screen. The rows are in the browser some 60 ms after the batch.',
    async run(context) {
      const { afterBatch, afterKey } = await seen(context)
      return {
        figure: median(afterBatch),
        tusk: duration(median(afterBatch)),
        note: `from Ctrl+Enter ${duration(median(afterKey))}; median of ${afterBatch.length}, DuckDB, ${context.rows.small.toLocaleString('en')} rows`,
      }
    },
  },
  {
    id: 'browser-jump',
    what: 'Jump to the last row of a 10 M-row result in the browser, until it is painted',
    budget: { at: 'most', value: 150, unit: 'ms' },
    async run(context) {
      const { jumps } = await seen(context)
      return {
        figure: median(jumps),
        tusk: duration(median(jumps)),
        note: `slowest ${duration(Math.max(...jumps))} of ${jumps.length}, the first is over rows never asked for`,
      }
    },
  },
]

interface Seen {
  readonly afterBatch: readonly number[]
  readonly afterKey: readonly number[]
  readonly jumps: readonly number[]
}

function seen(context: BenchContext): Promise<Seen> {
  return context.once('seen', async () => {
    if (browserMissing !== undefined) throw new NotMeasured(browserMissing)
    const studio = await context.studio()
    await context.duckdbConnection()
    const afterBatch: number[] = []
    const afterKey: number[] = []
    const jumps: number[] = []
    await withBrowser(async ({ page }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.choose('Measured DuckDB')
      for (let round = 0; round < 6; round++) {
        const mark = `round ${round}`
        await person.write(`SELECT '${mark}' AS mark, * FROM small`)
        const shown = await whenPainted(page, `${firstCell}?.textContent === '${mark}'`)
        await person.run()
        const { keyAt, paintedAt } = await shown()
        await person.outcome(`${context.rows.small.toLocaleString('en')} rows`)
        if (round === 0) continue // opens the session
        const { runs } = (await studio.json('GET', '/api/runs')) as { readonly runs: readonly WireRun[] }
        const run = runs[0]!
        const batchAt = Date.parse(run.startedAt) + (run.statements[0]?.firstRowsMilliseconds ?? Number.NaN)
        afterBatch.push(paintedAt - batchAt)
        afterKey.push(paintedAt - keyAt)
      }
      await person.write('SELECT * FROM big')
      await person.run()
      await person.outcome(`${context.rows.big.toLocaleString('en')} rows`, 120_000)
      await person.focusGrid()
      for (let round = 0; round < 5; round++) {
        const shown = await whenPainted(page, cellIn(context.rows.big - 1))
        await page.keyboard.press('Control+End')
        const { keyAt, paintedAt } = await shown()
        jumps.push(paintedAt - keyAt)
        const back = await whenPainted(page, cellIn(0))
        await page.keyboard.press('Control+Home')
        await back()
      }
    })
    return { afterBatch, afterKey, jumps }
  })
}

const firstCell = `document.querySelector('.grid-row[aria-rowindex="2"]:not([hidden]) .grid-cell[aria-colindex="2"]:not([hidden])')`

function cellIn(row: number): string {
  const cells = `.grid-row[aria-rowindex="${row + 2}"]:not([hidden]) .grid-cell:not([hidden])`
  return `(cells => cells.length > 0 && cells.every(cell => !cell.classList.contains('is-loading')))([...document.querySelectorAll('${cells}')])`
}

/**
 * Watches in the page, from the next key press on, for the first frame in which `condition` holds; the time is that of the frame
 * after it, when it is on screen. By the clock that the server has too.
 */
async function whenPainted(
  page: Page,
  condition: string,
): Promise<() => Promise<{ readonly keyAt: number; readonly paintedAt: number }>> {
  await page.evaluate(`void (globalThis.painted = new Promise(resolve => {
    const now = () => performance.timeOrigin + performance.now()
    let keyAt
    addEventListener('keydown', () => { keyAt ??= now() }, { capture: true, once: true })
    const look = () => {
      if (keyAt === undefined || !(${condition})) requestAnimationFrame(look)
      else requestAnimationFrame(() => resolve({ keyAt, paintedAt: now() }))
    }
    requestAnimationFrame(look)
  }))`)
  return () => page.evaluate('globalThis.painted')
}
