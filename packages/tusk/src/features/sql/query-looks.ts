import type { Actor } from '../../auth/actor.ts'
import type { BelongingKeeper } from '../../auth/belongings.ts'
import { StateDatabase } from '../../home/database.ts'

const migrations = [
  `CREATE TABLE look (
     owner TEXT NOT NULL,
     query TEXT NOT NULL,
     name TEXT NOT NULL,
     value TEXT NOT NULL,
     updated_at TEXT NOT NULL,
     PRIMARY KEY (owner, query, name)
   ) WITHOUT ROWID;
   CREATE INDEX look_age ON look (owner, updated_at);`,
]

/** A person's oldest ones go when there are more. */
const most = 5_000

/** The query that a look is of: what is kept with a saved query is found again in any tab that holds it. */
export interface LookedAtQuery {
  readonly tab?: string
  readonly saved?: string
}

/** How a person looks at the rows of a query: chart settings and the like, text under a name of the viewer's own (looks.db). */
export class QueryLooks implements Disposable {
  readonly #database: StateDatabase

  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
  }

  /** They go with their person. */
  get belongings(): BelongingKeeper {
    return {
      what: 'views of queries',
      count: owner => Number(this.#database.get('SELECT count(*) AS looks FROM look WHERE owner = ?', owner)?.looks),
      remove: (_by, from) => void this.#database.run('DELETE FROM look WHERE owner = ?', from.id),
    }
  }

  /** That of the saved query, else that of the tab; null when there is none. */
  get({ id }: Actor, query: LookedAtQuery, name: string): string | null {
    for (const key of keysOf(query)) {
      const row = this.#database.get('SELECT value FROM look WHERE owner = ? AND query = ? AND name = ?', id, key, name)
      if (row !== undefined) return String(row.value)
    }
    return null
  }

  keep({ id }: Actor, query: LookedAtQuery, name: string, value: string): void {
    for (const key of keysOf(query))
      this.#database.run(
        `INSERT INTO look (owner, query, name, value, updated_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        id,
        key,
        name,
        value,
        new Date().toISOString(),
      )
    this.#database.run(
      `DELETE FROM look WHERE owner = ?1 AND (query, name) IN
         (SELECT query, name FROM look WHERE owner = ?1 ORDER BY updated_at DESC LIMIT -1 OFFSET ?2)`,
      id,
      most,
    )
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}

function keysOf({ tab, saved }: LookedAtQuery): readonly string[] {
  return [...(saved === undefined ? [] : [`saved ${saved}`]), ...(tab === undefined ? [] : [`tab ${tab}`])]
}
