import { randomUUID } from 'node:crypto'
import type { Actor } from '../../auth/actor.ts'
import type { BelongingKeeper } from '../../auth/belongings.ts'
import { TuskError } from '../../errors.ts'
import { type Row, StateDatabase } from '../../home/database.ts'
import type { WireSavedItem, WireSavedItemChange, WireSavedItemInput, WireSavedQuery } from '../../wire.ts'

const migrations = [
  `CREATE TABLE saved_item (
     id TEXT PRIMARY KEY,
     owner TEXT NOT NULL,
     parent TEXT REFERENCES saved_item (id),
     kind TEXT NOT NULL CHECK (kind IN ('folder', 'query')),
     name TEXT NOT NULL COLLATE NOCASE,
     connection_id TEXT,
     sql TEXT NOT NULL DEFAULT '',
     version INTEGER NOT NULL DEFAULT 1,
     updated_at TEXT NOT NULL,
     deleted_at TEXT
   ) WITHOUT ROWID;
   CREATE UNIQUE INDEX saved_item_name ON saved_item (owner, coalesce(parent, ''), name) WHERE deleted_at IS NULL;`,
]

/** What was deleted can be brought back for this long. */
const UNDO_MS = 7 * 24 * 3_600_000
const DEEPEST = 20

/** Saved queries in folders, for each person their own (queries.db). A foreign or deleted one is NOT_FOUND. */
export class SavedQueries implements Disposable {
  readonly #database: StateDatabase

  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
    this.#forgetDeleted()
  }

  /** They can go to somebody else, who finds them in a folder of their own. */
  get belongings(): BelongingKeeper {
    return {
      what: 'saved queries',
      count: owner =>
        Number(
          this.#database.get(
            "SELECT count(*) AS queries FROM saved_item WHERE owner = ? AND kind = 'query' AND deleted_at IS NULL",
            owner,
          )?.queries,
        ),
      give: (_by, from, to) => {
        if (
          this.#database.get('SELECT 1 FROM saved_item WHERE owner = ? AND deleted_at IS NULL', from.id) !== undefined
        )
          this.#give(from, to)
        this.#removeAll(from)
      },
      remove: (_by, from) => this.#removeAll(from),
    }
  }

  /** Folders and queries without their texts, folders first, by name. With `search`: queries whose name or text holds it. */
  list(actor: Actor, search = ''): readonly WireSavedItem[] {
    const rows =
      search === ''
        ? this.#database.all(
            'SELECT * FROM saved_item WHERE owner = ? AND deleted_at IS NULL ORDER BY kind, name, id',
            actor.id,
          )
        : this.#database.all(
            `SELECT * FROM saved_item WHERE owner = ?1 AND deleted_at IS NULL AND kind = 'query'
               AND (name LIKE ?2 ESCAPE '\\' OR sql LIKE ?2 ESCAPE '\\') ORDER BY name, id`,
            actor.id,
            `%${search.replace(/[\\%_]/g, '\\$&')}%`,
          )
    return rows.map(itemFrom)
  }

  get(actor: Pick<Actor, 'id'>, id: string): WireSavedQuery {
    return queryFrom(this.#row(actor, id))
  }

  /** Whether a query of the actor's has this text; undefined when there is no such query. */
  hasText(actor: Pick<Actor, 'id'>, id: string, sql: string): boolean | undefined {
    const row = this.#database.get(
      'SELECT sql = ? AS same FROM saved_item WHERE id = ? AND owner = ? AND deleted_at IS NULL',
      sql,
      id,
      actor.id,
    )
    return row === undefined ? undefined : row.same === 1
  }

  /** CONFLICT when the folder has something of that name already. */
  create(actor: Actor, input: WireSavedItemInput): WireSavedQuery {
    const id = randomUUID()
    return this.#database.transaction(() => {
      const name = checkedName(input.name)
      this.#mayLieIn(actor, id, input.parent)
      this.#nameIsFree(actor, id, input.parent, name)
      this.#database.run(
        `INSERT INTO saved_item (id, owner, parent, kind, name, connection_id, sql, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        actor.id,
        input.parent,
        input.kind,
        name,
        input.connectionId ?? null,
        input.kind === 'folder' ? '' : (input.sql ?? ''),
        new Date().toISOString(),
      )
      return this.get(actor, id)
    })
  }

  /** Changes what is given and nothing else. CONFLICT when `version` is stale or the name is taken; BAD_REQUEST for a folder inside itself. */
  update(actor: Actor, id: string, change: WireSavedItemChange): WireSavedQuery {
    return this.#database.transaction(() => {
      const old = this.get(actor, id)
      if (change.version !== undefined && change.version !== old.version)
        throw new TuskError('CONFLICT', `“${old.name}” was changed in the meantime.`, {
          hint: 'Open it again to see the newer text, or save yours under another name.',
        })
      const name = change.name === undefined ? old.name : checkedName(change.name)
      const parent = change.parent === undefined ? old.parent : change.parent
      this.#mayLieIn(actor, id, parent)
      this.#nameIsFree(actor, id, parent, name)
      this.#database.run(
        `UPDATE saved_item SET name = ?, parent = ?, connection_id = ?, sql = ?, version = version + 1, updated_at = ?
         WHERE id = ?`,
        name,
        parent,
        change.connectionId === undefined ? old.connectionId : change.connectionId,
        old.kind === 'folder' ? '' : (change.sql ?? old.sql),
        new Date().toISOString(),
        id,
      )
      return this.get(actor, id)
    })
  }

  /** A folder goes with all that is in it; `restore` brings back what went together. */
  remove(actor: Actor, id: string): void {
    this.#row(actor, id)
    this.#database.run(
      `${within} UPDATE saved_item SET deleted_at = ? WHERE deleted_at IS NULL AND id IN (SELECT id FROM inside)`,
      id,
      new Date().toISOString(),
    )
    this.#forgetDeleted()
  }

  /** Undoes `remove`, for a week. CONFLICT when the name was taken since; to the top when its folder is gone. */
  restore(actor: Actor, id: string): WireSavedQuery {
    return this.#database.transaction(() => {
      const row = this.#database.get('SELECT * FROM saved_item WHERE id = ? AND owner = ?', id, actor.id)
      if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such saved query.')
      const deletedAt = row.deleted_at ?? null
      if (deletedAt !== null) {
        const folder = row.parent === null ? undefined : this.#find(actor, String(row.parent))
        const parent = folder === undefined ? null : String(folder.id)
        this.#nameIsFree(actor, id, parent, String(row.name))
        this.#database.run('UPDATE saved_item SET parent = ? WHERE id = ?', parent, id)
        this.#database.run(
          `${within} UPDATE saved_item SET deleted_at = NULL WHERE deleted_at = ? AND id IN (SELECT id FROM inside)`,
          id,
          deletedAt,
        )
      }
      return this.get(actor, id)
    })
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #removeAll({ id }: Pick<Actor, 'id'>): void {
    this.#database.transaction(() => {
      // Neither a name nor a folder keeps one from going before the other.
      this.#database.run('UPDATE saved_item SET parent = NULL, name = id WHERE owner = ?', id)
      this.#database.run('DELETE FROM saved_item WHERE owner = ?', id)
    })
  }

  #give(from: Actor, to: Pick<Actor, 'id'>): void {
    this.#database.transaction(() => {
      const folder = randomUUID()
      const now = new Date().toISOString()
      this.#database.run(
        `INSERT INTO saved_item (id, owner, kind, name, updated_at) VALUES (?, ?, 'folder', ?, ?)`,
        folder,
        to.id,
        `Taken over ${now.slice(0, 19).replace('T', ' ')}`,
        now,
      )
      this.#database.run(
        'UPDATE saved_item SET owner = ?, parent = coalesce(parent, ?) WHERE owner = ? AND deleted_at IS NULL',
        to.id,
        folder,
        from.id,
      )
    })
  }

  #find(actor: Pick<Actor, 'id'>, id: string): Row | undefined {
    return this.#database.get(
      'SELECT * FROM saved_item WHERE id = ? AND owner = ? AND deleted_at IS NULL',
      id,
      actor.id,
    )
  }

  #row(actor: Pick<Actor, 'id'>, id: string): Row {
    const row = this.#find(actor, id)
    if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such saved query.')
    return row
  }

  #mayLieIn(actor: Actor, id: string, parent: string | null): void {
    let folder = parent
    for (let depth = 0; folder !== null; depth++) {
      if (folder === id) throw new TuskError('BAD_REQUEST', 'A folder cannot lie inside itself.')
      const row = this.#row(actor, folder)
      if (row.kind !== 'folder') throw new TuskError('BAD_REQUEST', `“${String(row.name)}” is not a folder.`)
      if (depth >= DEEPEST) throw new TuskError('BAD_REQUEST', `Folders can lie ${DEEPEST} deep.`)
      folder = row.parent === null ? null : String(row.parent)
    }
  }

  #nameIsFree(actor: Actor, id: string, parent: string | null, name: string): void {
    const other = this.#database.get(
      'SELECT id FROM saved_item WHERE owner = ? AND parent IS ? AND name = ? AND deleted_at IS NULL AND id <> ?',
      actor.id,
      parent,
      name,
      id,
    )
    if (other !== undefined)
      throw new TuskError('CONFLICT', `There is “${name}” in this folder already.`, { hint: 'Choose another name.' })
  }

  #forgetDeleted(): void {
    const before = new Date(Date.now() - UNDO_MS).toISOString()
    // A folder waits for what is in it: foreign keys hold.
    this.#database.transaction(() => {
      while (
        this.#database.run(
          'DELETE FROM saved_item WHERE deleted_at < ? AND id NOT IN (SELECT parent FROM saved_item WHERE parent IS NOT NULL)',
          before,
        ).changes > 0
      );
    })
  }
}

/** An item with everything below it. */
const within = `WITH RECURSIVE inside (id) AS (
  SELECT id FROM saved_item WHERE id = ? UNION ALL SELECT item.id FROM saved_item item JOIN inside ON item.parent = inside.id)`

function checkedName(given: string): string {
  const name = given.trim()
  if (name === '') throw new TuskError('BAD_REQUEST', 'Give it a name.')
  if (/\p{Cc}/u.test(name)) throw new TuskError('BAD_REQUEST', 'A name is one line of text.')
  return name
}

function itemFrom(row: Row): WireSavedItem {
  return {
    id: String(row.id),
    kind: row.kind === 'folder' ? 'folder' : 'query',
    name: String(row.name),
    parent: row.parent === null ? null : String(row.parent),
    connectionId: row.connection_id === null ? null : String(row.connection_id),
    version: Number(row.version),
    updatedAt: String(row.updated_at),
  }
}

function queryFrom(row: Row): WireSavedQuery {
  return { ...itemFrom(row), sql: String(row.sql) }
}
