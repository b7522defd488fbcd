import type { Actor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
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
/** Tabs whose last run is kept for each person. */
const KEPT_TABS = 1_000

/** Runs as they last were (runs.db): how a reload, or the next start of Tusk, finds them and their results again. */
export class RunArchive implements Disposable {
  readonly #database: StateDatabase
  /** Results of the last run of each tab, by run. */
  readonly #shown = new Map<string, readonly string[]>()

  /** Runs that were going on when Tusk ended become failed ones. */
  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
    try {
      for (const row of this.#database.all('SELECT * FROM run')) {
        let run = this.#runFrom(row)
        if (run.state === 'running') {
          run = interrupted(run)
          this.#database.run('UPDATE run SET json = ? WHERE id = ?', JSON.stringify(run), run.id)
        }
        if (row.tab_id !== null) this.#shown.set(run.id, resultsOf(run))
      }
    } catch (error) {
      this.#database[Symbol.dispose]()
      throw error
    }
  }

  /** DISK_FULL, STATE_DAMAGED or STATE_LOCKED when it cannot be written; what was saved before stays. */
  save(actor: Actor, run: WireRun): void {
    const dropped = this.#database.transaction(() => {
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
        return [
          ...this.#database.all(
            'DELETE FROM run WHERE owner = ? AND tab_id = ? AND id <> ? RETURNING id',
            actor.id,
            run.tabId,
            run.id,
          ),
          ...this.#database.all(
            `DELETE FROM run WHERE owner = ?1 AND tab_id IS NOT NULL AND started_at <=
               (SELECT started_at FROM run WHERE owner = ?1 AND tab_id IS NOT NULL
                ORDER BY started_at DESC LIMIT 1 OFFSET ${KEPT_TABS})
             RETURNING id`,
            actor.id,
          ),
        ]
      this.#database.run(
        `DELETE FROM run WHERE owner = ?1 AND tab_id IS NULL AND started_at <=
           (SELECT started_at FROM run WHERE owner = ?1 AND tab_id IS NULL ORDER BY started_at DESC LIMIT 1 OFFSET ${KEPT})`,
        actor.id,
      )
      return []
    })
    if (run.tabId !== undefined) this.#shown.set(run.id, resultsOf(run))
    for (const row of dropped) this.#shown.delete(String(row.id))
  }

  /** Whether a tab shows this result: it belongs to the last run of a tab that was not closed. */
  shows(resultId: string): boolean {
    return this.#shown.values().some(results => results.includes(resultId))
  }

  /** Whose run a result came from, among the runs that are kept. Reads all of them: not for each request. */
  ownerOf(resultId: string): string | undefined {
    const row = this.#database.get('SELECT owner FROM run WHERE instr(json, ?) > 0', JSON.stringify(resultId))
    return row === undefined ? undefined : String(row.owner)
  }

  get(actor: Actor, id: string): WireRun | undefined {
    const row = this.#database.get('SELECT * FROM run WHERE owner = ? AND id = ?', actor.id, id)
    return row === undefined ? undefined : this.#runFrom(row)
  }

  /** The last run of each tab that has one. */
  lastOfTabs(actor: Actor): ReadonlyMap<string, WireRun> {
    const rows = this.#database.all(
      'SELECT * FROM run WHERE owner = ? AND tab_id IS NOT NULL ORDER BY started_at',
      actor.id,
    )
    return new Map(rows.map(row => [String(row.tab_id), this.#runFrom(row)]))
  }

  removeTab(actor: Actor, tabId: string): void {
    const dropped = this.#database.all('DELETE FROM run WHERE owner = ? AND tab_id = ? RETURNING id', actor.id, tabId)
    for (const row of dropped) this.#shown.delete(String(row.id))
  }

  count(owner: string): number {
    return Number(this.#database.get('SELECT count(*) AS runs FROM run WHERE owner = ?', owner)?.runs)
  }

  removeOf({ id }: Pick<Actor, 'id'>): void {
    for (const row of this.#database.all('DELETE FROM run WHERE owner = ? RETURNING id', id))
      this.#shown.delete(String(row.id))
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #runFrom(row: Row): WireRun {
    try {
      return JSON.parse(String(row.json)) as WireRun
    } catch (error) {
      throw new TuskError('STATE_DAMAGED', `${this.#database.file} is damaged.`, {
        detail: `The run ${String(row.id)} in it cannot be read.`,
        hint: 'Stop Tusk and move the file away to start with an empty one: results stay, tabs forget which they showed.',
        cause: error,
      })
    }
  }
}

function resultsOf(run: WireRun): readonly string[] {
  return run.statements.flatMap(({ resultId }) => (resultId === undefined ? [] : [resultId]))
}

function interrupted(run: WireRun): WireRun {
  // A statement is saved when its columns are known: the first that still waits may have begun, and done its work.
  const begun = run.statements.find(({ state }) => state === 'waiting' || state === 'running' || state === 'storing')
  const ended = (statement: WireStatement): WireStatement => {
    if (statement !== begun) return statement.state === 'waiting' ? { ...statement, state: 'skipped' } : statement
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
