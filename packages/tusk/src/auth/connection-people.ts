import type { StateDatabase } from '../home/database.ts'
import type { Actor } from './actor.ts'
import type { Audit } from './audit.ts'

/** What somebody signs in to a database with, encrypted. */
export interface KeptSignIn {
  /** Where it was given for: of no use anywhere else. */
  readonly place: string
  readonly sealed: string
}

export interface RoleOfPerson {
  readonly personId: string
  /** Name of a role in the database. */
  readonly role: string
}

/** What a connection is to single people: their own sign-in, their own role in the database. Goes with the person. */
export class ConnectionPeople {
  readonly #database: StateDatabase
  readonly #audit: Audit

  constructor(database: StateDatabase, audit: Audit) {
    this.#database = database
    this.#audit = audit
  }

  signIn(connectionId: string, personId: string): KeptSignIn | undefined {
    const row = this.#database.get(
      'SELECT place, sealed FROM connection_sign_in WHERE connection_id = ? AND person_id = ?',
      connectionId,
      personId,
    )
    return row === undefined ? undefined : { place: String(row.place), sealed: String(row.sealed) }
  }

  keepSignIn(
    by: Actor,
    connection: { readonly id: string; readonly name: string },
    { place, sealed }: KeptSignIn,
  ): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO connection_sign_in (connection_id, person_id, place, sealed) VALUES (?, ?, ?, ?)
         ON CONFLICT (connection_id, person_id) DO UPDATE SET place = excluded.place, sealed = excluded.sealed`,
        connection.id,
        by.id,
        place,
        sealed,
      )
      this.#audit.add(by, {
        action: 'connection.sign-in',
        target: connection.name,
        details: { connection: connection.id },
      })
    })
  }

  /** Also where there was none. */
  forgetSignIn(by: Actor, connection: { readonly id: string; readonly name: string }): void {
    this.#database.transaction(() => {
      this.#database.run(
        'DELETE FROM connection_sign_in WHERE connection_id = ? AND person_id = ?',
        connection.id,
        by.id,
      )
      this.#audit.add(by, {
        action: 'connection.sign-out',
        target: connection.name,
        details: { connection: connection.id },
      })
    })
  }

  /** Everybody's, because the connection leads elsewhere now. */
  forgetSignIns(connectionId: string): void {
    this.#database.run('DELETE FROM connection_sign_in WHERE connection_id = ?', connectionId)
  }

  role(connectionId: string, personId: string): string | undefined {
    const row = this.#database.get(
      'SELECT role FROM connection_role WHERE connection_id = ? AND person_id = ?',
      connectionId,
      personId,
    )
    return row === undefined ? undefined : String(row.role)
  }

  roles(connectionId: string): readonly RoleOfPerson[] {
    return this.#database
      .all('SELECT person_id, role FROM connection_role WHERE connection_id = ? ORDER BY person_id', connectionId)
      .map(row => ({ personId: String(row.person_id), role: String(row.role) }))
  }

  /** The roles of a connection from now on. Who may set them is the caller's to check; that the people exist, too. */
  setRoles(
    by: Actor,
    connection: { readonly id: string; readonly name: string },
    roles: readonly RoleOfPerson[],
  ): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM connection_role WHERE connection_id = ?', connection.id)
      for (const { personId, role } of roles)
        this.#database.run(
          'INSERT INTO connection_role (connection_id, person_id, role) VALUES (?, ?, ?)',
          connection.id,
          personId,
          role,
        )
      const details = { roles: roles.map(({ personId, role }) => `${personId}: ${role}`).join(', ') }
      this.#audit.add(by, { action: 'connection.roles', target: connection.name, details })
    })
  }

  /** A connection is gone: so is what it was to people. */
  forget(connectionId: string): void {
    this.forgetSignIns(connectionId)
    this.#database.run('DELETE FROM connection_role WHERE connection_id = ?', connectionId)
  }
}
