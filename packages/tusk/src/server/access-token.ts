import '../plugins/http.ts'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Actor, localActor } from '../auth/actor.ts'
import { cookieValue } from '../auth/session-cookie.ts'
import { TuskError } from '../errors.ts'
import { Type } from '../plugins/route-schema.ts'

/**
 * The key of a Tusk of one person that other machines can reach (R1). Programs send `Authorization: Bearer …`; a browser is sent to
 * `/access#…` once and then has a cookie. What comes after `#` never reaches a server, a log or another site.
 */
export class AccessToken {
  readonly #digest: Buffer
  readonly #cookieValue: string

  constructor(token: string) {
    this.#digest = digest(token)
    this.#cookieValue = createHash('sha256').update(`cookie of ${token}`).digest('base64url')
  }

  authenticate(request: FastifyRequest): Actor | undefined {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() === 'bearer' && token !== undefined) return this.#isToken(token) ? localActor : undefined
    const cookie = cookieValue(request.headers.cookie ?? '', cookieName(request))
    return cookie !== undefined && same(digest(cookie), digest(this.#cookieValue)) ? localActor : undefined
  }

  routes(app: FastifyInstance): void {
    const routes = app.withTypeProvider<TypeBoxTypeProvider>()
    routes.get('/access', { config: { permission: 'public' }, schema: { hide: true } }, (_request, reply) =>
      reply.page('access.html', { title: 'Access' }),
    )
    routes.post(
      '/api/access',
      {
        config: { permission: 'public' },
        schema: {
          tags: ['access'],
          summary: 'Trade the access token for a cookie',
          body: Type.Object({ token: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
        },
      },
      (request, reply) => {
        if (!this.#isToken(request.body.token))
          throw new TuskError('NOT_AUTHENTICATED', 'This is not the access token.', {
            hint: 'Tusk printed it when it started.',
          })
        const cookie = `${cookieName(request)}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict`
        return reply.header('Set-Cookie', cookie).code(204).send()
      },
    )
  }

  #isToken(text: string): boolean {
    return same(digest(text), this.#digest)
  }
}

/** Cookies are shared between the ports of a host, so the port is in the name (R7). */
function cookieName(request: FastifyRequest): string {
  return `tusk-access-${request.socket.localPort ?? 0}`
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function same(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b)
}
