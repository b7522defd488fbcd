import type { FastifyRequest } from 'fastify'
import type { Actor } from '../auth/actor.ts'
import type { Auth } from '../auth/auth.ts'
import type { ProxyLogin } from '../auth/proxy-login.ts'
import { readSessionCookie } from '../auth/session-cookie.ts'
import type { Authenticate } from './gate.ts'

/**
 * Who asks in multi-user mode: whoever the token or the session says, as they are at this moment. A wrong token is nobody, whatever
 * comes with it; whom a trusted proxy names is that person, whatever cookie comes with it.
 */
export function authenticator(auth: Auth, proxy?: ProxyLogin): Authenticate {
  return (request, options): Actor | undefined => {
    const token = bearerToken(request)
    if (token !== undefined) return auth.byToken(token, request.ip)
    const named = proxy?.(request)
    if (named !== undefined) return named
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
