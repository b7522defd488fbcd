import type { StateDatabase } from '../home/database.ts'
import type { Actor, SignedIn } from './actor.ts'
import { ApiTokens } from './api-tokens.ts'
import { Audit } from './audit.ts'
import type { Auth } from './auth.ts'
import { openAuthDatabase } from './auth-database.ts'
import { Belongings } from './belongings.ts'
import { ConnectionPeople } from './connection-people.ts'
import { ConnectionRights } from './connection-rights.ts'
import { Departures } from './departures.ts'
import { Directory } from './directory/directory.ts'
import { ExternalSignIn } from './external-sign-in.ts'
import { Groups } from './groups.ts'
import { widestLimits } from './limits.ts'
import { People, type Person } from './people.ts'
import type { Permission, PluginPermission } from './permissions.ts'
import { Sessions } from './sessions.ts'
import { Shares } from './shares.ts'
import { SignIn } from './sign-in.ts'

/** How soon a change by another process is noticed where nobody asks again by itself (open streams). */
const LOOK_MS = 300

/** Opens auth.db, which is made when it is absent. Errors as `StateDatabase.open`. */
export function openAuth(file: string): Auth & Disposable {
  const database = openAuthDatabase(file)
  const audit = new Audit(database)
  const groups = new Groups(database, audit)
  const people = new People(database, groups, audit)
  const sessions = new Sessions(database)
  const belongings = new Belongings()
  const connectionRights = new ConnectionRights(database, audit)
  const tokens = new ApiTokens(database, audit)
  const changes = new Changes(database)

  const actorFor = (
    person: Person,
    how: Pick<SignedIn, 'via' | 'id' | 'address' | 'connections'>,
    scope?: readonly Permission[],
  ): Actor | undefined => {
    if (!person.active) return undefined
    const own = groups.of(person.id)
    // Who comes by a proxy has not used the password that somebody else knows.
    const mustChangePassword = person.mustChangePassword && how.via !== 'proxy'
    const held = new Set<Permission | PluginPermission>(own.flatMap(group => group.permissions))
    const inScope = (permission: Permission | PluginPermission): boolean =>
      scope === undefined || (scope as readonly string[]).includes(permission)
    return {
      id: person.id,
      name: person.name,
      can: permission => !mustChangePassword && inScope(permission) && (person.administrator || held.has(permission)),
      signedIn: {
        ...how,
        // A token with a scope is not above permissions, whoever made it.
        administrator: person.administrator && scope === undefined && !mustChangePassword,
        groups: own.map(({ id }) => id),
        limits: person.administrator ? {} : widestLimits(own.map(({ limits }) => limits)),
        fileRoots: own.flatMap(({ fileRoots }) => fileRoots),
        mustChangePassword,
      },
    }
  }

  return {
    people,
    groups,
    sessions,
    tokens,
    audit,
    connectionRights,
    connectionPeople: new ConnectionPeople(database, audit),
    directory: new Directory({ database, people, groups, rights: connectionRights, audit }),
    belongings,
    departures: new Departures(database, belongings),
    shares: new Shares(database, audit),
    signIn: new SignIn({ people, audit }),
    externalSignIn: new ExternalSignIn({ people, groups, audit }),
    bySession(secret, address, options) {
      const session = sessions.find(secret, options)
      if (session === undefined) return undefined
      return actorFor(people.get(session.personId), { via: 'session', id: session.id, address })
    },
    byToken(text, address) {
      const token = tokens.find(text)
      if (token === undefined) return undefined
      const { id, personId, permissions, connections } = token
      const how = { via: 'token', id, address, ...(connections === undefined ? {} : { connections }) } as const
      return actorFor(people.get(personId), how, permissions)
    },
    byProxy(personId, address) {
      const person = people.find(personId)
      return person === undefined ? undefined : actorFor(person, { via: 'proxy', id: `proxy ${person.id}`, address })
    },
    actorOf(personId) {
      const person = people.get(personId)
      const actor = actorFor(person, { via: 'session', id: '', address: 'timetable' })
      return actor ?? { id: person.id, name: person.name, can: () => false }
    },
    again({ id, signedIn }) {
      const person = people.find(id)
      if (person === undefined || signedIn === undefined) return undefined
      if (signedIn.via !== 'token') return actorFor(person, signedIn)
      const token = tokens.valid(id, signedIn.id)
      return token === undefined ? undefined : actorFor(person, signedIn, token.permissions)
    },
    onChange: listener => changes.watch(listener),
    [Symbol.dispose]() {
      changes[Symbol.dispose]()
      database[Symbol.dispose]()
    },
  }
}

/**
 * Looks at two counters of SQLite, one for this process and one for all others, and at how many sessions and tokens there are whose time
 * has not come, which nothing writes; only while somebody listens.
 */
class Changes implements Disposable {
  readonly #database: StateDatabase
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #seen = ''

  constructor(database: StateDatabase) {
    this.#database = database
  }

  watch(listener: () => void): Disposable {
    if (this.#listeners.size === 0) {
      this.#seen = this.#state()
      this.#timer = setInterval(() => this.#look(), LOOK_MS).unref()
    }
    this.#listeners.add(listener)
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener)
        if (this.#listeners.size === 0) clearInterval(this.#timer)
      },
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#listeners.clear()
  }

  #look(): void {
    const state = this.#state()
    if (state === this.#seen) return
    this.#seen = state
    for (const listener of [...this.#listeners]) listener()
  }

  #state(): string {
    const others = this.#database.get('PRAGMA data_version')?.data_version
    const now = Date.now()
    const counts = this.#database.get(
      `SELECT total_changes() AS own,
         (SELECT count(*) FROM session WHERE expires_at > ? AND last_seen + idle_milliseconds > ?) AS sessions,
         (SELECT count(*) FROM api_token WHERE expires_at > ?) AS tokens`,
      now,
      now,
      now,
    )
    return `${others}/${counts?.own}/${counts?.sessions}/${counts?.tokens}`
  }
}
