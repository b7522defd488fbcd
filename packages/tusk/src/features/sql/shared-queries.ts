import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { TuskError } from '../../errors.ts'
import type { WireNewShare, WireSavedQuery, WireShareInput, WireShares } from '../../wire.ts'
import type { SavedQueries } from './saved-queries.ts'
import { receivers, wireShare } from './share-wire.ts'

/** Saved queries that their owners opened for a person or a group: read as they are at that moment, changed by their owners alone. */
export class SharedQueries {
  readonly #auth: Auth
  readonly #saved: SavedQueries

  constructor(auth: Auth, saved: SavedQueries) {
    this.#auth = auth
    this.#saved = saved
  }

  /** Who else sees a saved query of the actor's. NOT_FOUND. */
  of(actor: Actor, id: string): WireShares {
    this.#saved.get(actor, id)
    return { shares: this.#auth.shares.of(actor, 'query', id).map(wireShare), ...receivers(this.#auth, actor) }
  }

  /** NOT_FOUND; BAD_REQUEST for a folder, and unless it is for exactly one person or group. */
  create(actor: Actor, id: string, { personId, groupId, link, days }: WireShareInput): WireNewShare {
    const { name, kind } = this.#saved.get(actor, id)
    if (kind === 'folder') throw new TuskError('BAD_REQUEST', 'A folder cannot be shared, only the queries in it.')
    const to = personId !== undefined ? { personId } : groupId !== undefined ? { groupId } : undefined
    if (to === undefined || link !== undefined || (personId !== undefined && groupId !== undefined))
      throw new TuskError('BAD_REQUEST', 'Share a query with one person or with one group.')
    const { share } = this.#auth.shares.create(actor, {
      kind: 'query',
      objectId: id,
      title: name,
      to,
      ...(days === undefined ? {} : { days }),
    })
    return { share: wireShare(share) }
  }

  /** What others share with the actor now, under the ids of the shares. With `search`: whose name or text holds it. */
  with(actor: Actor, search = ''): readonly WireSavedQuery[] {
    const text = search.toLowerCase()
    return this.#auth.shares
      .with(actor, 'query')
      .flatMap(({ id }) => this.find(actor, id) ?? [])
      .filter(({ name, sql }) => name.toLowerCase().includes(text) || sql.toLowerCase().includes(text))
  }

  /** Undefined when nothing is shared with the actor under this id, or not any more. */
  find(actor: Actor, shareId: string): WireSavedQuery | undefined {
    const share = this.#auth.shares.with(actor, 'query').find(({ id }) => id === shareId)
    if (share === undefined) return undefined
    try {
      const query = this.#saved.get({ id: share.owner }, share.objectId)
      // Its connection is the owner's, and nobody else's to name.
      return {
        ...query,
        id: share.id,
        parent: null,
        connectionId: null,
        sharedBy: this.#auth.people.get(share.owner).name,
      }
    } catch (error) {
      if (error instanceof TuskError && error.code === 'NOT_FOUND') return undefined
      throw error
    }
  }
}
