import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import type { Share } from '../../auth/shares.ts'
import type { WireShare, WireShares } from '../../wire.ts'

/** A share as its owner sees it. */
export function wireShare({ id, to, toName, createdAt, expiresAt }: Share): WireShare {
  return {
    id,
    to,
    toName,
    createdAt: new Date(createdAt).toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    expired: expiresAt !== undefined && expiresAt <= Date.now(),
  }
}

/** With whom the actor can share: everybody who can sign in, and the groups, by name. */
export function receivers({ people, groups }: Auth, actor: Actor): Pick<WireShares, 'people' | 'groups'> {
  return {
    people: people
      .list()
      .filter(({ id, active }) => active && id !== actor.id)
      .map(({ id, name }) => ({ id, name })),
    groups: groups.list().map(({ id, name }) => ({ id, name })),
  }
}
