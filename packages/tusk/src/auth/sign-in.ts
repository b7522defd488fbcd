import { TuskError } from '../errors.ts'
import type { Audit } from './audit.ts'
import { hashPassword, isOutdated, verifyPassword } from './passwords.ts'
import type { People, Person } from './people.ts'
import { Throttle } from './throttle.ts'

export interface SignInOptions {
  readonly people: People
  readonly audit: Audit
  readonly throttle?: Throttle
}

/** Checks names and passwords: the only place that does. */
export class SignIn {
  readonly #people: People
  readonly #audit: Audit
  readonly #throttle: Throttle

  constructor({ people, audit, throttle = new Throttle() }: SignInOptions) {
    this.#people = people
    this.#audit = audit
    this.#throttle = throttle
  }

  /**
   * The person with this name and password. NOT_AUTHENTICATED, the same for an unknown name, a wrong password and a disabled person,
   * after the same time; TOO_MANY when it was tried too often. The wrong ones are on record.
   */
  async check(name: string, password: string, address: string): Promise<Person> {
    let attempt: ReturnType<Throttle['attempt']>
    try {
      attempt = this.#throttle.attempt(name, address)
    } catch (error) {
      this.#audit.add({ name, address }, { action: 'login', outcome: 'refused', details: { why: 'too many attempts' } })
      throw error
    }
    const person = this.#people.byName(name)
    const stored = person === undefined ? undefined : this.#people.passwordHash(person.id)
    const right = await verifyPassword(password, stored)
    if (person === undefined || !right || !person.active) {
      this.#audit.add({ name, address }, { action: 'login', outcome: 'refused' })
      throw new TuskError('NOT_AUTHENTICATED', 'The name or the password is wrong.')
    }
    attempt.succeeded()
    if (stored !== undefined && isOutdated(stored)) this.#people.rehash(person.id, await hashPassword(password))
    return person
  }

  /** Whether it is this signed-in person's password; throttled like signing in. */
  async isOwnPassword(person: Person, password: string, address: string): Promise<boolean> {
    const attempt = this.#throttle.attempt(person.name, address)
    const right = await verifyPassword(password, this.#people.passwordHash(person.id))
    if (right) attempt.succeeded()
    return right
  }
}
