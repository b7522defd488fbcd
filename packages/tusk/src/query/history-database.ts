import type { SQLInputValue } from 'node:sqlite'
import type { Actor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import { type Row, StateDatabase } from '../home/database.ts'
import type { WireHistoryEntry } from '../wire.ts'
import type { History, HistoryQuery } from './history.ts'

const migrations = [
  `CREATE TABLE statement (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     owner TEXT NOT NULL,
     sql TEXT NOT NULL,
     connection_id TEXT NOT NULL,
     connection_name TEXT NOT NULL,
     engine TEXT NOT NULL,
     started_at TEXT NOT NULL,
     milliseconds REAL NOT NULL,
     row_count INTEGER NOT NULL,
     state TEXT NOT NULL,
     error TEXT,
     result_id TEXT
   );
   CREATE INDEX statement_owner ON statement (owner, id);`,
  'ALTER TABLE statement ADD COLUMN parameter_values TEXT',
  `ALTER TABLE statement ADD COLUMN name TEXT NOT NULL DEFAULT ''`,
]

/** Entries kept for each person; the oldest go first. */
const KEPT = 50_000
/** So much of a statement is in a list; the rest is there when it is opened. */
const SHOWN_LENGTH = 4_000

/** History in history.db. */
export class HistoryDatabase implements History, Disposable {
  readonly #database: StateDatabase
  #sinceTrim = 0

  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
  }

  add(actor: Actor, entry: Omit<WireHistoryEntry, 'id'>): number {
    const { lastInsertId } = this.#database.run(
      `INSERT INTO statement (owner, sql, connection_id, connection_name, engine, started_at, milliseconds, row_count, state, error, result_id, parameter_values)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      actor.id,
      entry.sql,
      entry.connectionId,
      entry.connectionName,
      entry.engine,
      entry.startedAt,
      entry.milliseconds,
      entry.rowCount,
      entry.state,
      entry.error ?? null,
      entry.resultId ?? null,
      entry.values === undefined ? null : JSON.stringify(entry.values),
    )
    if (++this.#sinceTrim >= 500) {
      this.#sinceTrim = 0
      this.#database.run(
        `DELETE FROM statement WHERE owner = ?1 AND name = '' AND id <=
           (SELECT id FROM statement WHERE owner = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})`,
        actor.id,
      )
    }
    return lastInsertId
  }

  list(actor: Actor, query: HistoryQuery): { readonly entries: readonly WireHistoryEntry[]; readonly more: boolean } {
    const limit = Math.min(Math.max(query.limit ?? 100, 1), 1_000)
    const conditions = ['owner = ?']
    const values: SQLInputValue[] = [actor.id]
    if (query.search !== undefined && query.search !== '') {
      conditions.push("(sql LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\')")
      const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
      values.push(pattern, pattern)
    }
    if (query.connectionId !== undefined) {
      conditions.push('connection_id = ?')
      values.push(query.connectionId)
    }
    if (query.state !== undefined) {
      conditions.push('state = ?')
      values.push(query.state)
    }
    if (query.leastMilliseconds !== undefined) {
      conditions.push('milliseconds >= ?')
      values.push(query.leastMilliseconds)
    }
    if (query.named === true) conditions.push("name <> ''")
    if (query.before !== undefined) {
      conditions.push('id < ?')
      values.push(query.before)
    }
    const rows = this.#database.all(
      `SELECT *, substr(sql, 1, ${SHOWN_LENGTH}) AS sql, length(sql) > ${SHOWN_LENGTH} AS is_cut
       FROM statement WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit + 1,
    )
    return { entries: rows.slice(0, limit).map(entryFrom), more: rows.length > limit }
  }

  get(actor: Actor, id: number): WireHistoryEntry {
    const row = this.#database.get('SELECT * FROM statement WHERE owner = ? AND id = ?', actor.id, id)
    if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such entry.')
    return entryFrom(row)
  }

  rename(actor: Actor, id: number, name: string): void {
    const given = name.trim().slice(0, 200)
    const { changes } = this.#database.run(
      'UPDATE statement SET name = ? WHERE owner = ? AND id = ?',
      given,
      actor.id,
      id,
    )
    if (changes === 0) throw new TuskError('NOT_FOUND', 'There is no such entry.')
  }

  remove(actor: Actor, id: number): boolean {
    return this.#database.run('DELETE FROM statement WHERE owner = ? AND id = ?', actor.id, id).changes > 0
  }

  clear(actor: Actor, { connectionId, named = false }: { connectionId?: string; named?: boolean } = {}): number {
    return this.#database.run(
      `DELETE FROM statement WHERE owner = ?${named ? '' : " AND name = ''"}${connectionId === undefined ? '' : ' AND connection_id = ?'}`,
      actor.id,
      ...(connectionId === undefined ? [] : [connectionId]),
    ).changes
  }

  count(owner: string): number {
    return Number(this.#database.get('SELECT count(*) AS entries FROM statement WHERE owner = ?', owner)?.entries)
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}

function entryFrom(row: Row): WireHistoryEntry {
  return {
    id: Number(row.id),
    sql: String(row.sql),
    connectionId: String(row.connection_id),
    connectionName: String(row.connection_name),
    engine: String(row.engine),
    startedAt: String(row.started_at),
    milliseconds: Number(row.milliseconds),
    rowCount: Number(row.row_count),
    state: String(row.state) as WireHistoryEntry['state'],
    ...(row.error === null ? {} : { error: String(row.error) }),
    ...(row.name === '' || row.name === null ? {} : { name: String(row.name) }),
    ...(row.is_cut === 1 ? { cut: true } : {}),
    ...(row.result_id === null ? {} : { resultId: String(row.result_id) }),
    ...(row.parameter_values === null ? {} : { values: JSON.parse(String(row.parameter_values)) }),
  }
}
