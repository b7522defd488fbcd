import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import type { Oidc, OidcAttempt } from '../../auth/oidc.ts'
import { callbackPath } from '../../auth/oidc-settings.ts'
import { PendingSignIns } from '../../auth/pending-sign-ins.ts'
import { cookieValue } from '../../auth/session-cookie.ts'
import { TuskError } from '../../errors.ts'
import { Type } from '../../plugins/route-schema.ts'
import { safeNext } from './safe-next.ts'
import { closed } from './schemas.ts'
import type { StartSession } from './start-session.ts'

export type LoginPage = (
  reply: FastifyReply,
  next: string,
  failure?: TuskError,
  username?: string,
) => Promise<FastifyReply>

/** Long enough to find a telephone for a second factor. */
const PENDING_SECONDS = 600

/** To the OpenID Connect provider and back. Every failure ends on the login page, which says what to do. */
export function oidcRoutes(
  app: FastifyInstance,
  parts: {
    readonly auth: Auth
    readonly oidc: Oidc
    readonly start: StartSession
    readonly loginPage: LoginPage
  },
): void {
  const { auth, oidc, start, loginPage } = parts
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const pending = new PendingSignIns<{ readonly attempt: OidcAttempt; readonly next: string }>(PENDING_SECONDS * 1_000)

  const failed = (
    request: FastifyRequest,
    reply: FastifyReply,
    next: string,
    error: unknown,
  ): Promise<FastifyReply> => {
    if (!(error instanceof TuskError) || !['NOT_AUTHENTICATED', 'CONNECTION_FAILED'].includes(error.code)) throw error
    request.log.info({ err: error.cause ?? error }, 'signing in by the provider failed')
    return loginPage(reply.code(error.status), next, error)
  }

  routes.get(
    '/login/oidc',
    {
      config: { permission: 'public' },
      schema: { hide: true, querystring: closed({ next: Type.Optional(Type.String({ maxLength: 2_000 })) }) },
    },
    async (request, reply) => {
      const next = safeNext(request.query.next)
      if (request.actor.signedIn !== undefined) return reply.redirect(next, 303)
      try {
        const { address, attempt } = await oidc.begin()
        const key = pending.add({ attempt, next })
        return await reply
          .header('Set-Cookie', attemptCookie(request, key, PENDING_SECONDS))
          .redirect(address.href, 303)
      } catch (error) {
        return failed(request, reply, next, error)
      }
    },
  )

  routes.get(callbackPath, { config: { permission: 'public' }, schema: { hide: true } }, async (request, reply) => {
    const key = cookieValue(request.headers.cookie ?? '', attemptCookieName(request))
    const begun = key === undefined ? undefined : pending.take(key)
    reply.header('Set-Cookie', attemptCookie(request, '', 0))
    try {
      if (begun === undefined)
        throw new TuskError('NOT_AUTHENTICATED', 'This sign-in was not begun in this browser, or it took too long.', {
          hint: `Begin again at ${new URL(oidc.settings.redirectUri).origin}.`,
        })
      const identity = await oidc.finish(request.url.split('?')[1] ?? '', begun.attempt)
      const { createPeople: create, label } = oidc.settings
      const person = auth.externalSignIn.admit(identity, { create, address: request.ip })
      start(request, reply, person, { by: label })
      return await reply.redirect(begun.next, 303)
    } catch (error) {
      return failed(request, reply, begun?.next ?? '/', error)
    }
  })
}

/** Names the attempt of this browser: an answer that another browser began is worth nothing here. */
function attemptCookie(request: FastifyRequest, key: string, seconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : ''
  // Lax, not Strict: the browser comes back from another site.
  return `${attemptCookieName(request)}=${key}; Path=/login/oidc; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`
}

/** Cookies are shared between the ports of a host, so the port is in the name (R7). */
function attemptCookieName(request: FastifyRequest): string {
  const name = `tusk-sign-in-${request.socket.localPort ?? 0}`
  return request.protocol === 'https' ? `__Secure-${name}` : name
}
