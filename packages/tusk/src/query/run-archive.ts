import type { Actor } from '../auth/actor.ts'
import { type Row, StateDatabase } from '../home/database.ts'
import type { WireRun, WireStatement } from '../wire.ts'

const migrations = [
  `CREATE TABLE run (
     id TEXT PRIMARY KEY,
     owner TEXT NOT NULL,
     tab_id TEXT,
     started_at TEXT NOT NULL,
     json TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX run_tab ON run (owner, tab_id, started_at);`,
]

/** Runs without a tab that are kept for each person. */
const KEPT = 200

/** Runs as they last were (runs.db): how a reload, or the next start of Tusk, finds them and their results again. */
export class RunArchive implements Disposable {
  readonly #database: StateDatabase

  /** Runs that were going on when Tusk ended become failed ones. */
  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
    for (const row of this.#database.all(`SELECT * FROM run WHERE json_extract(json, '$.state') = 'running'`)) {
      const run = interrupted(runFrom(row))
      this.#database.run('UPDATE run SET json = ? WHERE id = ?', JSON.stringify(run), run.id)
    }
  }

  save(actor: Actor, run: WireRun): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO run (id, owner, tab_id, started_at, json) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
        run.id,
        actor.id,
        run.tabId ?? null,
        run.startedAt,
        JSON.stringify(run),
      )
      if (run.tabId !== undefined)
        this.#database.run('DELETE FROM run WHERE owner = ? AND tab_id = ? AND id <> ?', actor.id, run.tabId, run.id)
      else
        this.#database.run(
          `DELETE FROM run WHERE owner = ?1 AND tab_id IS NULL AND started_at <=
             (SELECT started_at FROM run WHERE owner = ?1 AND tab_id IS NULL ORDER BY started_at DESC LIMIT 1 OFFSET ${KEPT})`,
          actor.id,
        )
    })
  }

  get(actor: Actor, id: string): WireRun | undefined {
    const row = this.#database.get('SELECT * FROM run WHERE owner = ? AND id = ?', actor.id, id)
    return row === undefined ? undefined : runFrom(row)
  }

  /** The last run of each tab that has one. */
  lastOfTabs(actor: Actor): ReadonlyMap<string, WireRun> {
    const rows = this.#database.all(
      'SELECT * FROM run WHERE owner = ? AND tab_id IS NOT NULL ORDER BY started_at',
      actor.id,
    )
    return new Map(rows.map(row => [String(row.tab_id), runFrom(row)]))
  }

  removeTab(actor: Actor, tabId: string): void {
    this.#database.run('DELETE FROM run WHERE owner = ? AND tab_id = ?', actor.id, tabId)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}

function runFrom(row: Row): WireRun {
  return JSON.parse(String(row.json)) as WireRun
}

function interrupted(run: WireRun): WireRun {
  const ended = (statement: WireStatement): WireStatement => {
    if (statement.state === 'waiting') return { ...statement, state: 'skipped' }
    if (statement.state !== 'running' && statement.state !== 'storing') return statement
    return {
      ...statement,
      state: 'failed',
      error: {
        code: 'HOST_DIED',
        message: 'Tusk stopped while this statement was running.',
        hint: 'Rows stored until then are still here. Check what the statement did before you run it again.',
      },
    }
  }
  return { ...run, state: 'failed', transaction: 'none', statements: run.statements.map(ended) }
}
