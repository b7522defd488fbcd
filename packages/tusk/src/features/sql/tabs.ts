import { randomUUID } from 'node:crypto'
import type { Actor } from '../../auth/actor.ts'
import type { BelongingKeeper } from '../../auth/belongings.ts'
import { TuskError } from '../../errors.ts'
import { type Row, StateDatabase } from '../../home/database.ts'
import type { Runs } from '../../query/runs.ts'
import type { WireSession, WireTab, WireTabInput } from '../../wire.ts'

const migrations = [
  `CREATE TABLE tab (
     id TEXT PRIMARY KEY,
     owner TEXT NOT NULL,
     title TEXT NOT NULL,
     connection_id TEXT,
     sql TEXT NOT NULL,
     position REAL NOT NULL,
     version INTEGER NOT NULL,
     updated_at TEXT NOT NULL,
     closed_at TEXT
   ) WITHOUT ROWID;
   CREATE INDEX tab_owner ON tab (owner, position);`,
  `ALTER TABLE tab ADD COLUMN on_error TEXT NOT NULL DEFAULT 'stop';`,
  `ALTER TABLE tab ADD COLUMN saved_query_id TEXT;`,
  `ALTER TABLE tab ADD COLUMN commits TEXT NOT NULL DEFAULT 'auto';
   ALTER TABLE tab ADD COLUMN isolation TEXT;`,
  'ALTER TABLE tab ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0',
]

/** A closed tab can be opened again for this long. */
const UNDO_MS = 24 * 3_600_000

/** Editor tabs and their text (studio.db): there after a reload, in another browser, after a crash. Nothing is run by them. */
export class Tabs implements Disposable {
  readonly #database: StateDatabase
  readonly #runs: Runs

  constructor(file: string, runs: Runs) {
    this.#database = StateDatabase.open(file, migrations)
    this.#runs = runs
    this.#database.run('DELETE FROM tab WHERE closed_at < ?', new Date(Date.now() - UNDO_MS).toISOString())
  }

  /** Tabs go with their person. */
  get belongings(): BelongingKeeper {
    return {
      what: 'tabs',
      count: owner => Number(this.#database.get('SELECT count(*) AS tabs FROM tab WHERE owner = ?', owner)?.tabs),
      remove: (_by, from) => void this.#database.run('DELETE FROM tab WHERE owner = ?', from.id),
    }
  }

  list(actor: Actor): readonly WireTab[] {
    const lastRuns = this.#runs.lastOfTabs(actor)
    return this.#database
      .all('SELECT * FROM tab WHERE owner = ? AND closed_at IS NULL ORDER BY position, id', actor.id)
      .map(row => {
        const tab = tabFrom(row)
        const lastRun = lastRuns.get(tab.id)
        if (lastRun === undefined) return tab
        // The transaction may have ended since, beside the run or with the session.
        const { transaction } = this.#runs.session(actor, tab.id, lastRun.connectionId)
        return { ...tab, lastRun: { ...lastRun, transaction } }
      })
  }

  create(actor: Actor, input: Omit<WireTabInput, 'version'>): WireTab {
    const id = randomUUID()
    this.#database.run(
      'INSERT INTO tab (id, owner, title, connection_id, sql, position, on_error, commits, isolation, saved_query_id, pinned, version, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)',
      id,
      actor.id,
      input.title,
      input.connectionId,
      input.sql,
      input.position,
      input.onError ?? 'stop',
      input.commit ?? 'auto',
      input.isolation ?? null,
      input.savedQueryId ?? null,
      Number(input.pinned === true),
      new Date().toISOString(),
    )
    return this.#get(actor, id)
  }

  /** CONFLICT when another window has saved since `input.version`; the saved tab is what `get` then gives. */
  save(actor: Actor, id: string, input: WireTabInput): WireTab {
    const { changes } = this.#database.run(
      `UPDATE tab SET title = ?, connection_id = ?, sql = ?, position = ?, on_error = coalesce(?, on_error),
         commits = coalesce(?, commits), isolation = iif(?, ?, isolation),
         saved_query_id = iif(?, ?, saved_query_id), pinned = coalesce(?, pinned), version = version + 1, updated_at = ?, closed_at = NULL
       WHERE id = ? AND owner = ? AND version = ?`,
      input.title,
      input.connectionId,
      input.sql,
      input.position,
      input.onError ?? null,
      input.commit ?? null,
      Number(input.isolation !== undefined),
      input.isolation ?? null,
      Number(input.savedQueryId !== undefined),
      input.savedQueryId ?? null,
      input.pinned === undefined ? null : Number(input.pinned),
      new Date().toISOString(),
      id,
      actor.id,
      input.version,
    )
    const saved = this.#get(actor, id)
    if (changes === 0)
      throw new TuskError('CONFLICT', `“${saved.title}” was changed in another window.`, {
        hint: 'Compare both texts and keep one.',
      })
    return saved
  }

  get(actor: Actor, id: string): WireTab {
    return this.#get(actor, id)
  }

  session(actor: Actor, id: string, connectionId: string): WireSession {
    this.#get(actor, id)
    return this.#runs.session(actor, id, connectionId)
  }

  async reconnect(actor: Actor, id: string, connectionId: string, signal: AbortSignal): Promise<WireSession> {
    this.#get(actor, id)
    return this.#runs.reconnect(actor, id, connectionId, signal)
  }

  /** Ends the tab's session. The text stays for a day, so that closing can be undone with `reopen`. */
  async close(actor: Actor, id: string): Promise<void> {
    this.#get(actor, id)
    await this.#runs.closeTab(actor, id)
    this.#database.run(
      'UPDATE tab SET closed_at = ? WHERE id = ? AND owner = ?',
      new Date().toISOString(),
      id,
      actor.id,
    )
  }

  reopen(actor: Actor, id: string): WireTab {
    this.#get(actor, id)
    this.#database.run('UPDATE tab SET closed_at = NULL WHERE id = ? AND owner = ?', id, actor.id)
    return this.#get(actor, id)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #get(actor: Actor, id: string): WireTab {
    const row = this.#database.get('SELECT * FROM tab WHERE id = ? AND owner = ?', id, actor.id)
    if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such tab.')
    return tabFrom(row)
  }
}

function tabFrom(row: Row): WireTab {
  return {
    id: String(row.id),
    title: String(row.title),
    connectionId: row.connection_id === null ? null : String(row.connection_id),
    sql: String(row.sql),
    position: Number(row.position),
    onError: row.on_error === 'continue' ? 'continue' : 'stop',
    commit: row.commits === 'manual' ? 'manual' : 'auto',
    isolation: row.isolation === null ? null : String(row.isolation),
    savedQueryId: row.saved_query_id === null ? null : String(row.saved_query_id),
    pinned: row.pinned === 1,
    version: Number(row.version),
    updatedAt: String(row.updated_at),
  }
}
