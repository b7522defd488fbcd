import type { Actor } from './actor.ts'

/** One kind of thing that people own, and where it is kept. */
export interface BelongingKeeper {
  /** As in “3 connections”. */
  readonly what: string
  count(personId: string): number
  /** Gives all to somebody else. Absent: such things go with their person. */
  give?(by: Actor, from: Actor, to: { readonly id: string; readonly name: string }): void | Promise<void>
  /** Ends what is going on and removes all. Done again after a failure, it goes on where it stopped. */
  remove(by: Actor, from: Actor): void | Promise<void>
}

/** Everything people own, whoever keeps it: so that nothing is left behind without an owner when one of them is deleted. */
export class Belongings {
  readonly #keepers: BelongingKeeper[] = []

  /** Until disposed. */
  add(...keepers: readonly BelongingKeeper[]): Disposable {
    this.#keepers.push(...keepers)
    return {
      [Symbol.dispose]: () => {
        for (const keeper of keepers) this.#keepers.splice(this.#keepers.indexOf(keeper), 1)
      },
    }
  }

  /** What somebody owns, without the kinds of which they have nothing. `given`: it can go to somebody else. */
  of(personId: string): readonly { readonly what: string; readonly count: number; readonly given: boolean }[] {
    return this.#keepers
      .map(keeper => ({ what: keeper.what, count: keeper.count(personId), given: keeper.give !== undefined }))
      .filter(({ count }) => count > 0)
  }

  /** Gives what can be given to `to`, if there is such a person, and removes the rest. Who may do that is the caller's to check. */
  async settle(by: Actor, personId: string, to?: { readonly id: string; readonly name: string }): Promise<void> {
    const from: Actor = { id: personId, name: personId, can: () => false }
    for (const keeper of this.#keepers)
      if (keeper.give !== undefined && to !== undefined) await keeper.give(by, from, to)
      else await keeper.remove(by, from)
  }
}
