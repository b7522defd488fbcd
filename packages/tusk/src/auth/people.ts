import { randomUUID } from 'node:crypto'
import { TuskError } from '../errors.ts'
import type { Row, StateDatabase } from '../home/database.ts'
import { type Actor, isAdministrator } from './actor.ts'
import type { Audit } from './audit.ts'
import { type Groups, mayGiveGroup } from './groups.ts'

export interface Person {
  readonly id: string
  /** What they sign in with; unique without regard to case. */
  readonly name: string
  readonly email?: string
  readonly displayName?: string
  readonly administrator: boolean
  readonly active: boolean
  readonly hasPassword: boolean
  readonly mustChangePassword: boolean
  /** Who vouches for them, and what it calls them; both or none. */
  readonly issuer?: string
  readonly subject?: string
  /** Theme, editor: what the person set for themselves. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Names and ids of their groups. */
  readonly groups: readonly { readonly id: string; readonly name: string }[]
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly lastSignIn?: string
  readonly version: number
}

export interface NewPerson {
  readonly name: string
  readonly email?: string
  readonly displayName?: string
  readonly administrator?: boolean
  /** Ids. */
  readonly groups?: readonly string[]
  /** A PHC string; absent: signs in through an identity provider only. */
  readonly passwordHash?: string
  readonly mustChangePassword?: boolean
  readonly external?: { readonly issuer: string; readonly subject: string }
  /** For the first administrator, who takes over what the one person of single mode made. */
  readonly id?: string
}

export interface PersonChange {
  readonly email?: string
  readonly displayName?: string
  readonly administrator?: boolean
  readonly active?: boolean
  /** Ids: all of the groups from now on. */
  readonly groups?: readonly string[]
  /** CONFLICT when stale. */
  readonly version?: number
}

/**
 * People of this Tusk. Each change takes who makes it: NOT_PERMITTED when they would give what they do not hold (R16), CONFLICT when no
 * active administrator would be left. What takes a right away ends sessions and tokens in the same transaction.
 */
export class People {
  readonly #database: StateDatabase
  readonly #groups: Groups
  readonly #audit: Audit

  constructor(database: StateDatabase, groups: Groups, audit: Audit) {
    this.#database = database
    this.#groups = groups
    this.#audit = audit
  }

  list(): readonly Person[] {
    return this.#database.all('SELECT * FROM person ORDER BY name').map(row => this.#from(row))
  }

  /** NOT_FOUND. */
  get(id: string): Person {
    const row = this.#database.get('SELECT * FROM person WHERE id = ?', id)
    if (row === undefined) throw new TuskError('NOT_FOUND', 'There is no such person.')
    return this.#from(row)
  }

  find(id: string): Person | undefined {
    const row = this.#database.get('SELECT * FROM person WHERE id = ?', id)
    return row === undefined ? undefined : this.#from(row)
  }

  byName(name: string): Person | undefined {
    const row = this.#database.get('SELECT * FROM person WHERE name = ?', normalized(name))
    return row === undefined ? undefined : this.#from(row)
  }

  byExternal(issuer: string, subject: string): Person | undefined {
    const row = this.#database.get('SELECT * FROM person WHERE issuer = ? AND subject = ?', issuer, subject)
    return row === undefined ? undefined : this.#from(row)
  }

  create(by: Actor, input: NewPerson): Person {
    const name = checkedName(input.name)
    const { groups = [], administrator = false, external } = input
    if (administrator) mustBeAdministrator(by, 'make an administrator')
    return this.#database.transaction(() => {
      for (const id of groups) mayGiveGroup(by, this.#groups.get(id))
      if (this.byName(name) !== undefined) throw new TuskError('CONFLICT', `There is a person “${name}” already.`)
      const id = input.id ?? randomUUID()
      this.#database.run(
        `INSERT INTO person (id, name, email, display_name, password_hash, must_change_password, administrator, issuer, subject, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        name,
        textOrNull(input.email),
        textOrNull(input.displayName),
        input.passwordHash ?? null,
        Number(input.mustChangePassword ?? false),
        Number(administrator),
        external?.issuer ?? null,
        external?.subject ?? null,
        new Date().toISOString(),
      )
      this.#join(by, id, groups)
      this.#audit.add(by, { action: 'person.create', target: name, details: { administrator } })
      return this.get(id)
    })
  }

  update(by: Actor, id: string, change: PersonChange): Person {
    return this.#database.transaction(() => {
      const old = this.get(id)
      if (change.version !== undefined && change.version !== old.version)
        throw new TuskError('CONFLICT', `“${old.name}” was changed in the meantime.`)
      this.#mayTouch(by, old)
      const administrator = change.administrator ?? old.administrator
      const active = change.active ?? old.active
      if (administrator !== old.administrator) mustBeAdministrator(by, 'make or unmake an administrator')
      if (!active && old.active && by.id === id && by.signedIn !== undefined)
        throw new TuskError('CONFLICT', 'You cannot disable yourself.')
      if (change.groups !== undefined) this.#regroup(by, old, change.groups)
      this.#database.run(
        `UPDATE person SET email = ?, display_name = ?, administrator = ?, active = ?, version = version + 1 WHERE id = ?`,
        change.email === undefined ? (old.email ?? null) : textOrNull(change.email),
        change.displayName === undefined ? (old.displayName ?? null) : textOrNull(change.displayName),
        Number(administrator),
        Number(active),
        id,
      )
      if (!active) this.#endSessions(id)
      this.#oneAdministratorIsLeft()
      const action = active === old.active ? 'person.update' : active ? 'person.enable' : 'person.disable'
      this.#audit.add(by, { action, target: old.name, details: { administrator } })
      return this.get(id)
    })
  }

  /**
   * Of the groups that have a claim, from now on these and no others; groups without one stay as they are. On record when it changes anything.
   */
  takeClaimedGroups(by: Actor, id: string, wanted: readonly string[]): Person {
    const person = this.get(id)
    const claimed = new Set(this.#groups.list().flatMap(group => (group.claim === undefined ? [] : [group.id])))
    const now = person.groups.map(group => group.id)
    const next = [...now.filter(group => !claimed.has(group)), ...wanted]
    // A proxy says it with each request: nothing is written unless something changes.
    if (next.length === now.length && next.every(group => now.includes(group))) return person
    return this.#database.transaction(() => {
      this.#regroup(by, person, next)
      this.#database.run('UPDATE person SET version = version + 1 WHERE id = ?', id)
      return this.get(id)
    })
  }

  /**
   * Who comes by this identity from now on is this person; undefined: nobody does. CONFLICT when it is somebody else's. A password that
   * they had yet to change is gone with the link: it would stand in the way of those who do not need it.
   */
  link(by: Actor, id: string, external: { readonly issuer: string; readonly subject: string } | undefined): Person {
    mustBeAdministrator(by, 'link accounts')
    return this.#database.transaction(() => {
      const person = this.get(id)
      const other = external === undefined ? undefined : this.byExternal(external.issuer, external.subject)
      if (other !== undefined && other.id !== id)
        throw new TuskError('CONFLICT', `This identity is linked to “${other.name}”.`, {
          hint: `First: tusk users unlink ${other.name}`,
        })
      this.#database.run(
        'UPDATE person SET issuer = ?, subject = ?, version = version + 1 WHERE id = ?',
        external?.issuer ?? null,
        external?.subject ?? null,
        id,
      )
      if (external === undefined) this.#endSessions(id)
      else
        this.#database.run(
          'UPDATE person SET password_hash = NULL, must_change_password = 0 WHERE id = ? AND must_change_password = 1',
          id,
        )
      this.#audit.add(by, {
        action: external === undefined ? 'person.unlink' : 'person.link',
        target: person.name,
        ...(external === undefined ? {} : { details: { issuer: external.issuer, subject: external.subject } }),
      })
      return this.get(id)
    })
  }

  /**
   * Everything of theirs in auth.db goes with them; what else they own is a departure from then on, which somebody settles: it goes to `heirId`,
   * where it can, or is removed. BAD_REQUEST for an heir who could not come in.
   */
  remove(by: Actor, id: string, heirId?: string): void {
    this.#database.transaction(() => {
      const old = this.get(id)
      this.#mayTouch(by, old)
      const heir = heirId === undefined ? undefined : this.find(heirId)
      if (heirId !== undefined && (heir?.active !== true || heir.id === id))
        throw new TuskError('BAD_REQUEST', 'There is no such person who could take over.')
      if (heir !== undefined) mustBeAdministrator(by, 'give away what others own')
      if (by.id === id && by.signedIn !== undefined) throw new TuskError('CONFLICT', 'You cannot delete yourself.')
      this.#database.run('DELETE FROM person WHERE id = ?', id)
      this.#oneAdministratorIsLeft()
      // What they were to inherit and did not get yet goes the way of their own things; otherwise it would be removed as nobody's.
      this.#database.run('UPDATE departure SET heir_id = ? WHERE heir_id = ?', heir?.id ?? null, id)
      this.#database.run(
        'INSERT OR REPLACE INTO departure (person_id, name, heir_id, at) VALUES (?, ?, ?, ?)',
        id,
        old.name,
        heir?.id ?? null,
        new Date().toISOString(),
      )
      this.#audit.add(by, { action: 'person.delete', target: old.name })
      if (heir !== undefined)
        this.#audit.add(by, { action: 'person.inherit', target: old.name, details: { heir: heir.name } })
    })
  }

  /** Ends their sessions but `keep`, the one in which a person changes their own. */
  setPassword(
    by: Actor,
    id: string,
    passwordHash: string,
    options: { readonly mustChange: boolean; readonly keepSession?: string },
  ): void {
    this.#database.transaction(() => {
      const old = this.get(id)
      if (by.id !== id) this.#mayTouch(by, old)
      this.#database.run(
        'UPDATE person SET password_hash = ?, must_change_password = ?, version = version + 1 WHERE id = ?',
        passwordHash,
        Number(options.mustChange),
        id,
      )
      this.#endSessions(id, options.keepSession)
      this.#audit.add(by, { action: by.id === id ? 'password.change' : 'password.reset', target: old.name })
    })
  }

  /** The stored text of their password, for checking one. */
  passwordHash(id: string): string | undefined {
    const hash = this.#database.get('SELECT password_hash FROM person WHERE id = ?', id)?.password_hash
    return typeof hash === 'string' ? hash : undefined
  }

  /** The same password, hashed anew with today's costs. */
  rehash(id: string, passwordHash: string): void {
    this.#database.run('UPDATE person SET password_hash = ? WHERE id = ?', passwordHash, id)
  }

  /** What a person sets for themselves. */
  changeOwn(actor: Actor, change: { readonly email?: string; readonly displayName?: string }): Person {
    return this.#database.transaction(() => {
      const old = this.get(actor.id)
      this.#database.run(
        'UPDATE person SET email = ?, display_name = ?, version = version + 1 WHERE id = ?',
        change.email === undefined ? (old.email ?? null) : textOrNull(change.email),
        change.displayName === undefined ? (old.displayName ?? null) : textOrNull(change.displayName),
        actor.id,
      )
      return this.get(actor.id)
    })
  }

  /** Theme and editor: no change of the person that somebody else could be in the way of. NOT_FOUND. */
  changeSettings(id: string, change: Readonly<Record<string, unknown>>): void {
    this.#database.transaction(() => {
      const settings = JSON.stringify({ ...this.get(id).settings, ...change })
      this.#database.run('UPDATE person SET settings = ? WHERE id = ?', settings, id)
    })
  }

  /** Ends all sessions of somebody; their tokens stay. NOT_FOUND. */
  signOut(by: Actor, id: string): void {
    this.#database.transaction(() => {
      const { name } = this.get(id)
      this.#endSessions(id)
      this.#audit.add(by, { action: 'session.end', target: name })
    })
  }

  /** They signed in now. */
  signedIn(id: string): void {
    this.#database.run('UPDATE person SET last_sign_in = ? WHERE id = ?', new Date().toISOString(), id)
  }

  /** Whether there is anybody who could sign in and administer. */
  get hasAdministrator(): boolean {
    return this.#database.get('SELECT 1 FROM person WHERE administrator = 1 AND active = 1') !== undefined
  }

  #mayTouch(by: Actor, person: Person): void {
    if (person.administrator) mustBeAdministrator(by, 'change an administrator')
    for (const { id } of person.groups) mayGiveGroup(by, this.#groups.get(id))
  }

  #regroup(by: Actor, person: Person, groups: readonly string[]): void {
    const had = new Set(person.groups.map(({ id }) => id))
    for (const id of groups) if (!had.has(id)) mayGiveGroup(by, this.#groups.get(id))
    this.#database.run('DELETE FROM membership WHERE person_id = ?', person.id)
    this.#join(by, person.id, groups)
    const names = groups.map(id => this.#groups.get(id).name).join(', ')
    this.#audit.add(by, { action: 'person.groups', target: person.name, details: { groups: names } })
  }

  #join(by: Actor, id: string, groups: readonly string[]): void {
    for (const group of new Set(groups))
      this.#database.run(
        'INSERT INTO membership (person_id, group_id, added_at, added_by) VALUES (?, ?, ?, ?)',
        id,
        group,
        new Date().toISOString(),
        by.id,
      )
  }

  #endSessions(id: string, keep = ''): void {
    this.#database.run('DELETE FROM session WHERE person_id = ? AND hash <> ?', id, keep)
  }

  #oneAdministratorIsLeft(): void {
    if (!this.hasAdministrator)
      throw new TuskError('CONFLICT', 'This is the last active administrator.', {
        hint: 'Make somebody else an administrator first.',
      })
  }

  #from(row: Row): Person {
    const id = String(row.id)
    const groups = this.#database.all(
      'SELECT id, name FROM person_group JOIN membership ON group_id = id WHERE person_id = ? ORDER BY name',
      id,
    )
    return {
      id,
      name: String(row.name),
      ...(row.email === null ? {} : { email: String(row.email) }),
      ...(row.display_name === null ? {} : { displayName: String(row.display_name) }),
      administrator: row.administrator === 1,
      active: row.active === 1,
      hasPassword: row.password_hash !== null,
      mustChangePassword: row.must_change_password === 1,
      ...(row.issuer === null ? {} : { issuer: String(row.issuer), subject: String(row.subject) }),
      settings: JSON.parse(String(row.settings)) as Person['settings'],
      groups: groups.map(group => ({ id: String(group.id), name: String(group.name) })),
      createdAt: String(row.created_at),
      ...(row.last_sign_in === null ? {} : { lastSignIn: String(row.last_sign_in) }),
      version: Number(row.version),
    }
  }
}

function mustBeAdministrator(by: Actor, what: string): void {
  if (!isAdministrator(by)) throw new TuskError('NOT_PERMITTED', `Only an administrator can ${what}.`)
}

function checkedName(given: string): string {
  const name = normalized(given)
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]{0,63}$/u.test(name))
    throw new TuskError('BAD_REQUEST', 'This name cannot be used to sign in.', {
      hint: 'Up to 64 letters, digits and . _ - @ +, beginning with a letter or a digit.',
    })
  return name
}

function normalized(name: string): string {
  return name.trim().normalize('NFC')
}

function textOrNull(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}
