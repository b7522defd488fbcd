import type { Actor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import { StateDatabase } from '../home/database.ts'

const migrations = [
  `CREATE TABLE result_name (
     owner TEXT NOT NULL,
     name TEXT NOT NULL,
     result_id TEXT NOT NULL,
     given_at TEXT NOT NULL,
     PRIMARY KEY (owner, name)
   ) WITHOUT ROWID;
   CREATE INDEX result_name_result ON result_name (result_id);`,
]

export interface ResultName {
  /** `orders_pg`: in SQL `@orders_pg`. */
  readonly name: string
  readonly resultId: string
  /** ISO 8601, UTC. */
  readonly givenAt: string
}

/** Names that people gave to their stored results (names.db). A named result is kept until the name is taken away. */
export class ResultNames implements Disposable {
  readonly #database: StateDatabase

  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
  }

  /** By name. */
  list(actor: Pick<Actor, 'id'>): readonly ResultName[] {
    return this.#database
      .all('SELECT name, result_id, given_at FROM result_name WHERE owner = ? ORDER BY name', actor.id)
      .map(row => ({ name: String(row.name), resultId: String(row.result_id), givenAt: String(row.given_at) }))
  }

  find(actor: Pick<Actor, 'id'>, name: string): string | undefined {
    const row = this.#database.get(
      'SELECT result_id FROM result_name WHERE owner = ? AND name = ?',
      actor.id,
      name.toLowerCase(),
    )
    return row === undefined ? undefined : String(row.result_id)
  }

  /** The only name of that result from now on, which another one loses. That it is the actor's is the caller's to check. BAD_REQUEST for what is no name. */
  give(actor: Pick<Actor, 'id'>, resultId: string, given: string): string {
    const name = given.trim().replace(/^@/, '').toLowerCase()
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
      throw new TuskError('BAD_REQUEST', 'This cannot be the name of a result.', {
        hint: 'Letters a to z, digits and _, beginning with a letter: orders_2026 is @orders_2026 in SQL.',
      })
    this.#database.transaction(() => {
      this.#database.run(
        'DELETE FROM result_name WHERE owner = ? AND (result_id = ? OR name = ?)',
        actor.id,
        resultId,
        name,
      )
      this.#database.run(
        'INSERT INTO result_name (owner, name, result_id, given_at) VALUES (?, ?, ?, ?)',
        actor.id,
        name,
        resultId,
        new Date().toISOString(),
      )
    })
    return name
  }

  /** The result has no name any more. */
  take(actor: Pick<Actor, 'id'>, resultId: string): void {
    this.#database.run('DELETE FROM result_name WHERE owner = ? AND result_id = ?', actor.id, resultId)
  }

  removeOf(actor: Pick<Actor, 'id'>): void {
    this.#database.run('DELETE FROM result_name WHERE owner = ?', actor.id)
  }

  /** Whether a result has a name, so that it must not be swept. */
  keeps(resultId: string): boolean {
    return this.#database.get('SELECT 1 FROM result_name WHERE result_id = ?', resultId) !== undefined
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }
}
