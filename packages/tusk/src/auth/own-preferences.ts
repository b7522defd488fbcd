import { stringify } from 'smol-toml'
import { readToml } from '../home/read-toml.ts'
import { writeFileAtomic } from '../home/write-file-atomic.ts'
import type { Actor } from './actor.ts'
import type { People } from './people.ts'
import { checkPreferences, knownPreferences, type PreferenceKeeper, type Preferences } from './preferences.ts'

/** Of several people: kept with each. */
export class PeoplesPreferences implements PreferenceKeeper {
  readonly #people: Pick<People, 'find' | 'changeSettings'>

  constructor(people: Pick<People, 'find' | 'changeSettings'>) {
    this.#people = people
  }

  of({ id }: Actor): Preferences {
    return knownPreferences(this.#people.find(id)?.settings ?? {})
  }

  async change(actor: Actor, change: Preferences): Promise<Preferences> {
    checkPreferences(change)
    this.#people.changeSettings(actor.id, { ...change })
    return this.of(actor)
  }
}

/** Of the one person of single mode: in a file, which is read once. STATE_DAMAGED when it is no TOML. */
export class SinglePreferences implements PreferenceKeeper {
  readonly #file: string
  #values: Preferences
  #writing: Promise<unknown> = Promise.resolve()

  constructor(file: string) {
    this.#file = file
    const hint = 'Correct the file or remove it; there is nothing in it but theme and editor.'
    this.#values = knownPreferences(readToml(file, 'STATE_DAMAGED', hint))
  }

  of(): Preferences {
    return this.#values
  }

  async change(_actor: Actor, change: Preferences): Promise<Preferences> {
    checkPreferences(change)
    this.#values = { ...this.#values, ...change }
    const written = this.#writing.then(() => writeFileAtomic(this.#file, `${stringify(this.#values)}\n`))
    this.#writing = written.catch(() => undefined) // Whoever changed it hears of it.
    await written
    return this.#values
  }
}
