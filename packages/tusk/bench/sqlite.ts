import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteEngine } from '../src/engines/sqlite/engine.ts'
import { type Benchmark, type Measurement, NotMeasured } from './benchmark.ts'
import type { BenchContext } from './context.ts'
import { duration, inTurns } from './support/measure.ts'
import { sqliteTable } from './support/tables.ts'

/** SQLite → stored Arrow, next to the sqlite3 shell in list mode writing to nowhere. */
export const sqliteBenchmarks: readonly Benchmark[] = [
  {
    id: 'sqlite-store',
    what: 'SQLite → stored Arrow, 1 M × 10, v the sqlite3 shell in list mode to /dev/null',
    budget: { at: 'least', value: 0.4, unit: '×' },
    run: measure,
  },
]

const sql = 'SELECT * FROM t'

async function measure(context: BenchContext): Promise<Measurement> {
  const file = join(context.directory, 'measured.db')
  const database = new DatabaseSync(file)
  database.exec(sqliteTable(context.rows.small))
  database.close()
  const studio = await context.studio()
  const connection = await studio.connect('sqlite', 'Measured SQLite', { path: file, read_only: true })
  await using engine = await sqliteEngine.open({ path: file, read_only: true })
  const times = await inTurns({
    shell: () => runShell(file),
    stored: async () => {
      const { resultId } = await studio.run(connection, sql)
      return () => studio.remove(resultId)
    },
    alone: async () => {
      for await (const _ of await engine.query(sql));
    },
  })
  return {
    figure: times.shell / times.stored,
    yardstick: `shell ${duration(times.shell)}`,
    tusk: duration(times.stored),
    note: `the engine alone, batches let go: ${duration(times.alone)}`,
  }
}

async function runShell(file: string): Promise<void> {
  const shell = spawn('sqlite3', ['-readonly', '-list', file, sql], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(shell, 'close').catch(() => {
    throw new NotMeasured('sqlite3 is absent: apt-get install sqlite3')
  })
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}`)
}
