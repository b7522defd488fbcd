import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { sqliteEngine } from '../src/engines/sqlite/engine.ts'
import { SpoolWriter } from '../src/results/spool-writer.ts'

export interface SqliteFigures {
  readonly rows: number
  /** Medians of interleaved rounds, in milliseconds. */
  readonly shell: number
  readonly drained: number
  readonly stored: number
  readonly firstRows: number
  /** Budget: stored at least 0.40 × as fast as the shell. */
  readonly ratio: number
}

/** SQLite → batches, and → stored Arrow, against the sqlite3 shell in list mode writing to nowhere, side by side. Needs `sqlite3` on the path. */
export async function benchSqlite(rows = 1_000_000, rounds = 5): Promise<SqliteFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'tusk-bench-sqlite-'))
  try {
    const file = join(directory, 'bench.db')
    makeData(file, rows)
    await using connection = await sqliteEngine.open({ path: file, read_only: true })
    const shell: number[] = []
    const drained: number[] = []
    const stored: number[] = []
    const firstRows: number[] = []
    for (let round = 0; round < rounds; round++) {
      shell.push(await timeOf(() => runShell(file)))
      const start = performance.now()
      drained.push(
        await timeOf(async () => {
          let first = true
          for await (const _ of await connection.query(sql)) {
            if (first) firstRows.push(performance.now() - start)
            first = false
          }
        }),
      )
      stored.push(
        await timeOf(async () => {
          const target = join(directory, `result-${round}`)
          await mkdir(target)
          await using stream = await connection.query(sql)
          await using writer = await SpoolWriter.create(target, stream.schema)
          for await (const batch of stream) await writer.append(batch)
          await writer.finish()
          rmSync(target, { recursive: true })
        }),
      )
    }
    const figures = { shell: median(shell), drained: median(drained), stored: median(stored) }
    return { rows, ...figures, firstRows: median(firstRows), ratio: figures.shell / figures.stored }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const sql = 'SELECT * FROM t'

/** The ten columns of data-plane-measurements.md. */
function makeData(file: string, rows: number): void {
  using database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE t (id INTEGER, big INTEGER, dbl REAL, dec NUMERIC(18,4), s12 TEXT, s60 TEXT, ts TEXT, d TEXT, b INTEGER, j TEXT);
    INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ${Math.trunc(rows)})
    SELECT x, x * 97000291 % 9007199254740993, x * 0.5773502692, x * 1.25 / 7, substr(hex(x * 7919) || 'abcdefghijkl', 1, 12),
      'Zeile ' || x || ' — größer, schöner, länger und noch ein Stück',
      printf('2024-01-%02d 12:%02d:00.123456', x % 28 + 1, x % 60), printf('2024-01-%02d', x % 28 + 1),
      iif(x % 10 = 0, NULL, x % 2), '{"a": ' || x || ', "b": [1,2,3], "c": "some text, here as JSON"}' FROM c;`)
}

async function runShell(file: string): Promise<void> {
  const shell = spawn('sqlite3', ['-readonly', '-list', file, sql], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(shell, 'close')
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}`)
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { rows, shell, drained, stored, firstRows, ratio } = await benchSqlite(Number(process.argv[2] ?? 1_000_000))
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`
  process.stdout.write(
    `SQLite, ${rows} rows × 10: shell ${seconds(shell)}, read ${seconds(drained)}, stored ${seconds(stored)}, ` +
      `first rows ${firstRows.toFixed(0)} ms; stored is ${ratio.toFixed(2)} × the shell (budget 0.40)\n`,
  )
}
