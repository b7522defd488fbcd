import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import type { Share } from '../../auth/shares.ts'
import { TuskError } from '../../errors.ts'
import type { ResultStore, StoredResult } from '../../results/result-store.ts'
import type { WireNewShare, WireShareInput, WireShares } from '../../wire.ts'
import { receivers, wireShare } from './share-wire.ts'

/** Stored results that their owners opened for others: exactly their rows, nothing of the SQL or the database behind them. */
export class SharedResults {
  readonly #auth: Auth
  readonly #results: Pick<ResultStore, 'get'>

  constructor(auth: Auth, results: Pick<ResultStore, 'get'>) {
    this.#auth = auth
    this.#results = results
  }

  /** Who else sees a result of the actor's. RESULT_NOT_FOUND. */
  of(actor: Actor, resultId: string): WireShares {
    this.#results.get(actor.id, resultId)
    return {
      shares: this.#auth.shares.of(actor, 'result', resultId).map(wireShare),
      ...receivers(this.#auth, actor),
    }
  }

  /** RESULT_NOT_FOUND; BAD_REQUEST unless it is for exactly one of a person, a group and a link with an end. */
  create(actor: Actor, resultId: string, { personId, groupId, link, days }: WireShareInput): WireNewShare {
    const { provenance } = this.#results.get(actor.id, resultId)
    const to = [
      ...(personId === undefined ? [] : [{ personId }]),
      ...(groupId === undefined ? [] : [{ groupId }]),
      ...(link === undefined ? [] : (['link'] as const)),
    ]
    const [receiver] = to
    if (receiver === undefined || to.length > 1)
      throw new TuskError('BAD_REQUEST', 'Share with one person, with one group, or by a link.')
    const { share, secret } = this.#auth.shares.create(actor, {
      kind: 'result',
      objectId: resultId,
      // The text of a query can hold what is nobody else's to know.
      title: `Result of ${provenance.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
      to: receiver,
      ...(days === undefined ? {} : { days }),
    })
    return { share: wireShare(share), ...(secret === undefined ? {} : { path: `/s/${secret}` }) }
  }

  /** What a link opens at this moment. NOT_FOUND, the same for one that never was, was revoked or has expired. */
  byLink(secret: string): OpenedResult {
    return this.#open(this.#auth.shares.byLink(secret))
  }

  /** What a share opens for somebody at this moment. NOT_FOUND. */
  byShare(actor: Actor, shareId: string): OpenedResult {
    return this.#open(this.#auth.shares.with(actor, 'result').find(({ id }) => id === shareId))
  }

  /** What others share with the actor now, newest first. */
  with(actor: Actor): readonly ReceivedShare[] {
    return this.#received(actor, 'result')
  }

  /** The same with saved queries, which are opened on the SQL page. */
  everythingWith(actor: Actor): readonly ReceivedShare[] {
    return [...this.#received(actor, 'result'), ...this.#received(actor, 'query')]
  }

  #received(actor: Actor, kind: Share['kind']): readonly ReceivedShare[] {
    return this.#auth.shares.with(actor, kind).map(({ id, title, owner, expiresAt }) => ({
      id,
      kind,
      title,
      by: this.#auth.people.find(owner)?.name ?? '',
      ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    }))
  }

  /**
   * Aborts as soon as a share opens nothing any more for somebody: revoked, expired, out of the group, its owner disabled. Dispose when done.
   */
  whileOpen(actor: Actor, share: Share): AbortSignal & Disposable {
    const ended = new AbortController()
    const look = (): void => {
      const stillOpen = this.#auth.shares.with(actor, share.kind).some(({ id }) => id === share.id)
      if (!stillOpen) ended.abort(new TuskError('NOT_FOUND', 'This opens nothing any more.'))
    }
    const watch = this.#auth.onChange(look)
    const left = share.expiresAt === undefined ? undefined : Math.min(share.expiresAt - Date.now(), 2 ** 31 - 1)
    const timer = left === undefined ? undefined : setTimeout(look, Math.max(0, left) + 1).unref()
    return Object.assign(ended.signal, {
      [Symbol.dispose]() {
        clearTimeout(timer)
        watch[Symbol.dispose]()
      },
    })
  }

  #open(share: Share | undefined): OpenedResult {
    if (share === undefined) throw new TuskError('NOT_FOUND', 'This opens nothing, or nothing any more.')
    try {
      return { share, result: this.#results.get(share.owner, share.objectId) }
    } catch (error) {
      if (!(error instanceof TuskError) || error.code !== 'RESULT_NOT_FOUND') throw error
      throw new TuskError('NOT_FOUND', 'This opens nothing, or nothing any more.')
    }
  }
}

/** Something of somebody else's that is open to a person. */
export interface ReceivedShare {
  /** Of the share. */
  readonly id: string
  readonly kind: Share['kind']
  readonly title: string
  /** Name of its owner. */
  readonly by: string
  /** ISO 8601, UTC. */
  readonly expiresAt?: string
}

export interface OpenedResult {
  readonly share: Share
  readonly result: StoredResult
}
