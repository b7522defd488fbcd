import type { Actor } from '../../auth/actor.ts'
import type { BelongingKeeper } from '../../auth/belongings.ts'
import { TuskError } from '../../errors.ts'
import { StateDatabase } from '../../home/database.ts'
import type { WireSnippet } from '../../wire.ts'

const migrations = [
  `CREATE TABLE snippet (
     owner TEXT NOT NULL,
     trigger TEXT NOT NULL COLLATE NOCASE,
     body TEXT NOT NULL,
     PRIMARY KEY (owner, trigger)
   ) WITHOUT ROWID;`,
]

/** Of each person. */
const most = 500

/** Pieces of SQL that a word brings, for each person their own (snippets.db). */
export class Snippets implements Disposable {
  readonly #database: StateDatabase

  constructor(file: string) {
    this.#database = StateDatabase.open(file, migrations)
  }

  /** They go with their person. */
  get belongings(): BelongingKeeper {
    return {
      what: 'snippets',
      count: owner => this.#count(owner),
      remove: (_by, from) => void this.#database.run('DELETE FROM snippet WHERE owner = ?', from.id),
    }
  }

  /** By their words. */
  list(actor: Actor): readonly WireSnippet[] {
    return this.#database
      .all('SELECT trigger, body FROM snippet WHERE owner = ? ORDER BY trigger', actor.id)
      .map(row => ({ trigger: String(row.trigger), body: String(row.body) }))
  }

  /**
   * Keeps it, in place of the one with this word or with the word `instead`. BAD_REQUEST for a word that cannot be typed as one; TOO_MANY past 500;
   * CONFLICT when another one has the new word.
   */
  keep(actor: Actor, { trigger, body }: WireSnippet, instead?: string): WireSnippet {
    if (!/^[\p{L}_][\p{L}\p{N}_]{0,39}$/u.test(trigger))
      throw new TuskError('BAD_REQUEST', `“${trigger}” cannot be the word of a snippet.`, {
        hint: 'Up to 40 letters, digits and _, beginning with a letter.',
      })
    if (body.trim() === '') throw new TuskError('BAD_REQUEST', 'The snippet is empty.')
    const isSame = instead?.toLowerCase() === trigger.toLowerCase()
    if (!isSame && this.#has(actor, trigger))
      throw new TuskError('CONFLICT', `There is a snippet “${trigger}” already.`, {
        hint: 'Change that one, or take another word.',
      })
    this.#database.transaction(() => {
      if (instead !== undefined) this.remove(actor, instead)
      if (this.#count(actor.id) >= most)
        throw new TuskError('TOO_MANY', `You have ${most} snippets, which is the most.`, { hint: 'Delete one first.' })
      this.#database.run('INSERT INTO snippet (owner, trigger, body) VALUES (?, ?, ?)', actor.id, trigger, body)
    })
    return { trigger, body }
  }

  /** Whether there was one. */
  remove(actor: Actor, trigger: string): boolean {
    return this.#database.run('DELETE FROM snippet WHERE owner = ? AND trigger = ?', actor.id, trigger).changes > 0
  }

  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]()
  }

  #has(actor: Actor, trigger: string): boolean {
    return this.#database.get('SELECT 1 FROM snippet WHERE owner = ? AND trigger = ?', actor.id, trigger) !== undefined
  }

  #count(owner: string): number {
    return Number(this.#database.get('SELECT count(*) AS snippets FROM snippet WHERE owner = ?', owner)?.snippets)
  }
}
