import type { StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { Belongings } from './belongings.ts'

/** Somebody who was deleted, and whose things are not settled yet. */
export interface Departure {
  readonly personId: string
  readonly name: string
  /** Gets what can be given; absent: all of it is removed. */
  readonly heir?: { readonly id: string; readonly name: string }
}

/**
 * What is left to do for people who were deleted. It is written down in the same moment as the deletion, so that it is done whatever happens
 * in between: by the studio that runs, or by the next one that starts.
 */
export class Departures {
  readonly #database: StateDatabase
  readonly #belongings: Belongings
  #queue: Promise<void> = Promise.resolve()

  constructor(database: StateDatabase, belongings: Belongings) {
    this.#database = database
    this.#belongings = belongings
  }

  /** Oldest first. An heir who is gone as well is none. */
  pending(): readonly Departure[] {
    return this.#database
      .all(
        `SELECT departure.person_id, departure.name, person.id AS heir_id, person.name AS heir_name
         FROM departure LEFT JOIN person ON person.id = departure.heir_id ORDER BY departure.at, departure.person_id`,
      )
      .map(row => ({
        personId: String(row.person_id),
        name: String(row.name),
        ...(row.heir_id === null ? {} : { heir: { id: String(row.heir_id), name: String(row.heir_name) } }),
      }))
  }

  /**
   * Settles what is pending, all of it or that of one person, one after the other and after what other calls are settling; `by` is who is on
   * record for it. What fails stays pending and rejects.
   */
  settle(by: Actor, ofPerson?: string): Promise<void> {
    const done = this.#queue.then(async () => {
      for (const { personId, heir } of this.pending()) {
        if (ofPerson !== undefined && personId !== ofPerson) continue
        await this.#belongings.settle(by, personId, heir)
        this.#database.run('DELETE FROM departure WHERE person_id = ?', personId)
      }
    })
    this.#queue = done.catch(() => undefined)
    return done
  }
}
