import type { Actor } from './actor.ts'
import type { ApiTokens } from './api-tokens.ts'
import type { Audit } from './audit.ts'
import type { Belongings } from './belongings.ts'
import type { ConnectionPeople } from './connection-people.ts'
import type { ConnectionRights } from './connection-rights.ts'
import type { Departures } from './departures.ts'
import type { Directory } from './directory/directory.ts'
import type { ExternalSignIn } from './external-sign-in.ts'
import type { Groups } from './groups.ts'
import type { People } from './people.ts'
import type { Sessions } from './sessions.ts'
import type { Shares } from './shares.ts'
import type { SignIn } from './sign-in.ts'

/** Everything about who may do what; there only in multi-user mode. */
export interface Auth {
  readonly people: People
  readonly groups: Groups
  readonly sessions: Sessions
  readonly tokens: ApiTokens
  readonly connectionRights: ConnectionRights
  readonly connectionPeople: ConnectionPeople
  readonly shares: Shares
  readonly belongings: Belongings
  readonly departures: Departures
  readonly directory: Directory
  readonly audit: Audit
  readonly signIn: SignIn
  readonly externalSignIn: ExternalSignIn
  /** Who has this session, with what they may do now. Undefined when it ended or the person is disabled. `quiet`: does not count as being there. */
  bySession(secret: string, address: string, options?: { readonly quiet?: boolean }): Actor | undefined
  byToken(text: string, address: string): Actor | undefined
  /** Somebody whom a trusted proxy let through; `personId` as `externalSignIn` gives it. */
  byProxy(personId: string, address: string): Actor | undefined
  /** What somebody may do now, were they signed in; for jobs of theirs. NOT_FOUND. */
  actorOf(personId: string): Actor
  /**
   * The same person, by the same token where it was one, with what they may do now. Undefined when the person is gone or disabled or the
   * token is over; that a session ended changes nothing.
   */
  again(actor: Actor): Actor | undefined
  /** Called soon after anything changed, from this process or another (the command line), or a session or token ran out, until disposed. */
  onChange(listener: () => void): Disposable
}
