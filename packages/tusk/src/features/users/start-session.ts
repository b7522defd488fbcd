import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import type { Person } from '../../auth/people.ts'
import { sessionCookie } from '../../auth/session-cookie.ts'
import type { Config } from '../../home/config.ts'

/** Signs a person in who has shown who they are: a new session, its cookie with the answer, the login on record. */
export type StartSession = (
  request: FastifyRequest,
  reply: FastifyReply,
  person: Person,
  options?: {
    /** Stay signed in when the browser is closed. */
    readonly remember?: boolean
    /** What vouched for them; absent: their password. */
    readonly by?: string
  },
) => void

export function sessionStarter(auth: Auth, config: Config): StartSession {
  const rememberDays = config['auth.remember_days']
  return (request, reply, person, { remember = false, by } = {}) => {
    const kept = remember && rememberDays > 0
    const lifetimeMs = kept ? rememberDays * 86_400_000 : config['auth.session_lifetime'] * 1_000
    const { secret } = auth.sessions.create({
      personId: person.id,
      lifetimeMs,
      idleMs: kept ? lifetimeMs : Math.min(lifetimeMs, config['auth.idle_minutes'] * 60_000),
      remembered: kept,
      address: request.ip,
      agent: request.headers['user-agent'] ?? '',
    })
    // A session that was there before is over: a fixed one opens nothing.
    if (request.actor.signedIn?.via === 'session') auth.sessions.end(request.actor.id, request.actor.signedIn.id)
    auth.people.signedIn(person.id)
    auth.audit.add(
      { name: person.name, address: request.ip },
      { action: 'login', target: person.name, ...(by === undefined ? {} : { details: { by } }) },
    )
    reply.header('Set-Cookie', sessionCookie(request, secret, kept ? lifetimeMs / 1_000 : undefined))
  }
}
