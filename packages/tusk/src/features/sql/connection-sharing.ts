import { type Actor, isAdministrator } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import type { ConnectionRight } from '../../auth/connection-rights.ts'
import { TuskError } from '../../errors.ts'
import type { Connections, SavedConnection } from '../../query/connections.ts'
import type { WireConnectionRights } from '../../wire.ts'
import { receivers } from './share-wire.ts'

/** Who else may view, use or edit a connection. Only its owner sees and sets that: for others NOT_PERMITTED, or NOT_FOUND where they cannot see it. */
export class ConnectionSharing {
  readonly #auth: Auth
  readonly #connections: Connections

  constructor(auth: Auth, connections: Connections) {
    this.#auth = auth
    this.#connections = connections
  }

  of(actor: Actor, id: string): WireConnectionRights {
    this.#owned(actor, id)
    const groups = this.#auth.groups.list().map(group => ({ id: group.id, name: group.name, members: group.members }))
    return { rights: this.#auth.connectionRights.of(id), groups, people: receivers(this.#auth, actor).people }
  }

  /** All rights from now on. BAD_REQUEST for a group that does not exist or comes twice. */
  set(actor: Actor, id: string, rights: readonly ConnectionRight[]): WireConnectionRights {
    const { name } = this.#owned(actor, id)
    const groups = new Set(rights.map(({ groupId }) => groupId))
    const known = new Set(this.#auth.groups.list().map(group => group.id))
    if (groups.size < rights.length || !groups.isSubsetOf(known))
      throw new TuskError('BAD_REQUEST', 'Each right needs a group of its own, one that exists.')
    this.#auth.connectionRights.set(actor, id, name, rights)
    return this.of(actor, id)
  }

  /** From now on it belongs to somebody else, with its rights. Also for an administrator who manages people, who cannot see it otherwise. */
  async transfer(actor: Actor, id: string, personId: string): Promise<void> {
    const person = this.#auth.people.find(personId)
    if (person?.active !== true) throw new TuskError('BAD_REQUEST', 'There is no such person who can sign in.')
    if (!isAdministrator(actor) || !actor.can('system.users')) this.#owned(actor, id)
    await this.#connections.transfer(actor, id, person)
  }

  #owned(actor: Actor, id: string): SavedConnection {
    const connection = this.#connections.get(actor, id)
    if (connection.level !== 'own')
      throw new TuskError('NOT_PERMITTED', `Only the owner of “${connection.name}” can share it.`)
    return connection
  }
}
