import type { FastifyRequest } from 'fastify'
import type { Actor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import type { ProxyLogin } from '../auth/proxy-login.ts'
import { readSessionCookie } from '../auth/session-cookie.ts'
import type { Authenticate } from './gate.ts'

/**
 * Who asks in multi-user mode: whoever the token or the session says, as they are at this moment. A wrong token is nobody, whatever
 * comes with it; whom a trusted proxy names is that person, whatever cookie comes with it. What else a proxy hands on in the Authorization
 * header, a name and a password that were meant for it, counts for nothing beside the name.
 */
export function authenticator(auth: Auth, proxy?: ProxyLogin): Authenticate {
  return (request, options): Actor | undefined => {
    const token = bearerToken(request)
    if (token?.startsWith('tusk_') === true) return auth.byToken(token, request.ip)
    const named = proxy?.(request, { strangersPass: request.routeOptions.config?.permission === 'public' })
    if (named !== undefined) return named
    if (token !== undefined) return undefined
    const secret = readSessionCookie(request)
    return secret === undefined || secret === '' ? undefined : auth.bySession(secret, request.ip, options)
  }
}

/** What comes after `Authorization: Bearer`; empty for any other kind of authorization, which nobody has. */
function bearerToken(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return undefined
  const [scheme, token = ''] = authorization.split(' ')
  return scheme?.toLowerCase() === 'bearer' ? token : ''
}
