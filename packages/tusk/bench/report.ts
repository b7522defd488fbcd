import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { cpus, release, totalmem } from 'node:os'
import { type Benchmark, type Budget, keeps, type Measurement } from './benchmark.ts'

export interface Line {
  readonly benchmark: Benchmark
  readonly measured?: Measurement
  /** Why there is no figure. */
  readonly missing?: string
}

const headings = ['What', 'Yardstick', 'Tusk', 'Figure', 'Budget', 'Kept'] as const

/** The table for a terminal. */
export function tableText(lines: readonly Line[]): string {
  const rows = [headings, ...lines.map(cells)]
  const widths = headings.map((_, at) => Math.max(...rows.map(row => row[at]!.length)))
  return rows
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** What stands in docs/performance.md. */
export function performancePage(
  lines: readonly Line[],
  rows: { readonly small: number; readonly big: number },
): string {
  const row = (texts: readonly string[]): string => `| ${texts.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`
  const missed = lines.filter(
    ({ benchmark, measured }) => measured !== undefined && !keeps(benchmark.budget, measured.figure),
  )
  const notes = lines.filter(({ measured }) => measured?.note !== undefined)
  const size =
    rows.big === 10_000_000
      ? ''
      : `\n**A small run**: ${rows.small.toLocaleString('en')} and ${rows.big.toLocaleString('en')} rows where the table says 1 M and 10 M.\n`
  return `# Performance

Written by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}. A ratio compares Tusk with a yardstick in the same run, in turns, each
the median of three after one that is not counted; the rest are absolute. Budgets: what Tusk holds itself to.
${size}
| Machine | |
|---|---|
${machine().map(row).join('\n')}

${row(headings)}
|${headings.map(() => '---').join('|')}|
${lines.map(line => row(cells(line))).join('\n')}

${missed.length === 0 ? 'Every budget is kept.' : `## Missed\n\n${missed.map(sentence).join('\n')}`}

## Beside the figures

${notes.map(({ benchmark, measured }) => `- ${benchmark.what}: ${measured?.note}.`).join('\n')}

How each line is measured stands in \`packages/tusk/bench/\`; \`npm run bench -- --only NAME --rows N\` measures one of them (or all
whose name begins so), with less data when wanted: ${lines.map(({ benchmark }) => `\`${benchmark.id}\``).join(', ')}.
`
}

function cells({ benchmark, measured, missing }: Line): readonly string[] {
  const { what, budget } = benchmark
  if (measured === undefined) return [what, '', missing ?? '', '', limit(budget), 'not measured']
  const kept = keeps(budget, measured.figure) ? 'yes' : 'NO'
  return [what, measured.yardstick ?? '', measured.tusk, amount(measured.figure, budget), limit(budget), kept]
}

function sentence({ benchmark, measured }: Line): string {
  const { budget, what, whenMissed } = benchmark
  const figure = measured?.figure ?? Number.NaN
  const off = Math.round(Math.abs(figure / budget.value - 1) * 100)
  const why = whenMissed ?? 'Why is not found out yet.'
  return `- ${what}: ${amount(figure, budget)} where the budget is ${limit(budget)}, ${off} % off. ${why}`
}

function limit(budget: Budget): string {
  return `${budget.at === 'least' ? '≥' : '≤'} ${amount(budget.value, budget)}`
}

function amount(value: number, { unit }: Budget): string {
  if (unit === '×') return `${value.toFixed(2)} ×`
  return `${value.toFixed(unit === 'ms' && value < 10 ? 1 : 0)} ${unit}`
}

function machine(): readonly (readonly [string, string])[] {
  const processors = cpus()
  const { version: duckdb } = createRequire(import.meta.url)('@duckdb/node-api/package.json') as { version: string }
  return [
    ['Processor', `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`],
    ['Memory', `${Math.round(totalmem() / 2 ** 30)} GB`],
    ['System', `${process.platform} ${release()}`],
    ['Node', process.versions.node],
    ['DuckDB', duckdb],
    ['SQLite', `${process.versions.sqlite ?? 'unknown'} in Node; shell ${versionOf('sqlite3')}`],
    ['psql', versionOf('/usr/lib/postgresql/15/bin/psql')],
    ['Chromium', versionOf(process.env.TUSK_CHROMIUM ?? '/usr/bin/chromium')],
  ]
}

function versionOf(program: string): string {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return /\d+(\.\d+)+/.exec(said)?.[0] ?? said.trim()
  } catch {
    return 'absent'
  }
}
