import type { Actor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import { TuskError } from '../errors.ts'
import type { Connections } from './connections.ts'
import type { TabSessions, WorkAtHand } from './tab-sessions.ts'

export interface EndLostWorkOptions {
  readonly auth: Pick<Auth, 'again' | 'onChange'>
  readonly connections: Pick<Connections, 'resolve'>
  /** Whoever has something going on. */
  readonly work: readonly { cancelLost(lost: (work: WorkAtHand) => string | undefined): void }[]
  readonly sessions: Pick<TabSessions, 'closeLost'>
  /** Told what went wrong when a session could not be closed. */
  readonly onError: (error: unknown) => void
}

/**
 * Until disposed, what somebody runs is cancelled and the sessions of their tabs are closed soon after they lost what it takes: their
 * account, the token they came with, a permission they had at the start, the connection, or writing on it. Signing out ends nothing,
 * since a run belongs to the server.
 */
export function endLostWork({ auth, connections, work, sessions, onError }: EndLostWorkOptions): Disposable {
  const lost = ({ actor, connectionId, readOnly }: WorkAtHand): string | undefined => {
    if (actor.signedIn === undefined) return undefined
    const now = auth.again(actor)
    if (now === undefined) return 'Ended, because the account or the token it was started with is no longer valid.'
    for (const permission of ['connections.use', 'queries.execute'] as const)
      if (actor.can(permission) && !now.can(permission))
        return `Ended, because you no longer have the permission ${permission}.`
    try {
      const connection = connections.resolve(now, connectionId)
      if (connection.readOnly && !readOnly) return 'Ended, because you may now only read on this connection.'
      return connection.engine.confine !== undefined && reachesLess(now, actor)
        ? 'Ended, because you reach fewer files of the machine than before.'
        : undefined
    } catch (error) {
      if (error instanceof TuskError && error.code === 'CREDENTIALS_REQUIRED')
        return 'Ended, because Tusk no longer has your sign-in to this database.'
      if (error instanceof TuskError && ['NOT_FOUND', 'NOT_PERMITTED'].includes(error.code))
        return 'Ended, because you may no longer use this connection.'
      throw error
    }
  }
  return auth.onChange(() => {
    for (const one of work) one.cancelLost(lost)
    sessions.closeLost(lost).catch(onError)
  })
}

function reachesLess(now: Actor, before: Actor): boolean {
  const folders = new Set(now.signedIn?.fileRoots.map(({ path }) => path))
  return (
    (before.signedIn?.administrator === true && now.signedIn?.administrator !== true) ||
    (['data.view', 'data.export'] as const).some(permission => before.can(permission) && !now.can(permission)) ||
    (before.signedIn?.fileRoots.some(({ path }) => !folders.has(path)) ?? false)
  )
}
