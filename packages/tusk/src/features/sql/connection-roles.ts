import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { TuskError } from '../../errors.ts'
import type { Connections, SavedConnection } from '../../query/connections.ts'
import type { WireConnectionRoles } from '../../wire.ts'

/** The database roles that people work as on a connection where statements run as the role of the person; who may change it names them. */
export class ConnectionRoles {
  readonly #auth: Pick<Auth, 'people' | 'connectionPeople'>
  readonly #connections: Pick<Connections, 'get'>

  constructor(auth: Pick<Auth, 'people' | 'connectionPeople'>, connections: Pick<Connections, 'get'>) {
    this.#auth = auth
    this.#connections = connections
  }

  /** NOT_FOUND and NOT_PERMITTED as for changing the connection. */
  of(actor: Actor, id: string): WireConnectionRoles {
    const { connectionPeople, people } = this.#auth
    const roles = connectionPeople.roles(this.#editable(actor, id).id)
    return {
      roles: roles.map(({ personId, role }) => ({ person: people.find(personId)?.name ?? personId, personId, role })),
    }
  }

  /** All roles from now on; an empty one is the person's name again. BAD_REQUEST for somebody who is not there. */
  set(
    actor: Actor,
    id: string,
    roles: readonly { readonly personId: string; readonly role: string }[],
  ): WireConnectionRoles {
    const connection = this.#editable(actor, id)
    const named = roles.map(({ personId, role }) => {
      const person = this.#auth.people.find(personId) ?? this.#auth.people.byName(personId)
      if (person === undefined) throw new TuskError('BAD_REQUEST', `There is nobody named “${personId}”.`)
      const name = role.trim()
      if (name === 'none' || name.includes('\0') || !name.isWellFormed() || Buffer.byteLength(name) > 63)
        throw new TuskError('BAD_REQUEST', `There can be no database role “${name}”.`)
      return { personId: person.id, role: name }
    })
    const given = new Map(named.filter(({ role }) => role !== '').map(({ personId, role }) => [personId, role]))
    this.#auth.connectionPeople.setRoles(
      actor,
      connection,
      [...given].map(([personId, role]) => ({ personId, role })),
    )
    return this.of(actor, id)
  }

  #editable(actor: Actor, id: string): SavedConnection {
    const connection = this.#connections.get(actor, id)
    if (connection.level === 'own' || connection.level === 'edit') return connection
    throw new TuskError('NOT_PERMITTED', `You may not change “${connection.name}”.`)
  }
}
