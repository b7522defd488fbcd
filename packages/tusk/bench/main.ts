/**
 * `npm run bench [-- --only NAME] [--rows N] [--write]`: the budgets of Tusk, measured side by side with psql, the sqlite3 shell and
 * DuckDB. `--rows` is the size of the big tables (10,000,000); the small ones have a tenth. `--write` writes docs/performance.md.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Benchmark, NotMeasured } from './benchmark.ts'
import { browserBenchmarks } from './browser.ts'
import { cancelBenchmarks } from './cancel.ts'
import { computeBenchmarks } from './compute.ts'
import { BenchContext } from './context.ts'
import { duckdbBenchmarks } from './duckdb.ts'
import { exportBenchmarks } from './export.ts'
import { loadBenchmarks } from './load.ts'
import { postgresBenchmarks } from './postgres.ts'
import { type Line, performancePage, tableText } from './report.ts'
import { reshapeBenchmarks } from './reshape.ts'
import { sortBenchmarks } from './sort.ts'
import { sqliteBenchmarks } from './sqlite.ts'
import { startBenchmarks } from './start.ts'
import { windowBenchmarks } from './windows.ts'

/** In this order: what comes first must not have been warmed by what comes later. */
const benchmarks: readonly Benchmark[] = [
  ...startBenchmarks,
  ...postgresBenchmarks,
  ...duckdbBenchmarks,
  ...sqliteBenchmarks,
  ...browserBenchmarks,
  ...windowBenchmarks,
  ...computeBenchmarks,
  ...sortBenchmarks,
  ...reshapeBenchmarks,
  ...loadBenchmarks,
  ...exportBenchmarks,
  ...cancelBenchmarks,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rows: { type: 'string', default: '10000000' },
    write: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
if (!Number.isInteger(rows) || rows < 10_000) throw new Error('--rows is a whole number from 10000 up')
const { only } = values
const wanted = benchmarks.filter(
  ({ id }) => only === undefined || only.some(name => id === name || id.startsWith(`${name}-`)),
)
if (wanted.length === 0)
  throw new Error(`nothing is called ${only?.join(', ')}; there are ${benchmarks.map(({ id }) => id).join(', ')}`)

const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)
const lines: Line[] = []
{
  await using context = new BenchContext(rows, say)
  for (const benchmark of wanted) {
    say(benchmark.id)
    lines.push(await measured(benchmark, context))
  }
}
process.stdout.write(`${tableText(lines)}\n`)
if (values.write) {
  const page = join(import.meta.dirname, '../../../docs/performance.md')
  writeFileSync(page, performancePage(lines, { small: Math.trunc(rows / 10), big: rows }))
  say('docs/performance.md is written')
}

/** One that fails is a line that says so; the others go on, and the command fails in the end. */
async function measured(benchmark: Benchmark, context: BenchContext): Promise<Line> {
  try {
    const measured = await benchmark.run(context)
    if (measured.note !== undefined) say(measured.note)
    return { benchmark, measured }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!(error instanceof NotMeasured)) {
      process.exitCode = 1
      process.stderr.write(`${error instanceof Error ? error.stack : reason}\n`)
    }
    return { benchmark, missing: reason }
  }
}
