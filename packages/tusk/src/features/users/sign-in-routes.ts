import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import { Oidc } from '../../auth/oidc.ts'
import { oidcSettings } from '../../auth/oidc-settings.ts'
import { permissions } from '../../auth/permissions.ts'
import { endedSessionCookie } from '../../auth/session-cookie.ts'
import { TuskError } from '../../errors.ts'
import { readConfig } from '../../home/config.ts'
import { Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { formPage } from './form-page.ts'
import { type LoginPage, oidcRoutes } from './oidc-routes.ts'
import { safeNext } from './safe-next.ts'
import { sessionStarter } from './start-session.ts'

const Credentials = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 200 }),
    password: Type.String({ minLength: 1, maxLength: 1_024 }),
    remember: Type.Optional(Type.Union([Type.Boolean(), Type.Literal('on')])),
    next: Type.Optional(Type.String({ maxLength: 2_000 })),
  },
  { additionalProperties: false },
)
const Next = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false })

/** Who asks and what they may, in both modes. */
export function statusRoute(app: FastifyInstance, auth: Auth | undefined): void {
  app.get(
    '/api/auth/status',
    {
      config: { permission: 'public' },
      schema: { tags: ['auth'], summary: 'Who you are and what you may do' },
    },
    ({ actor }) => {
      const known = auth === undefined || actor.signedIn !== undefined
      return {
        mode: auth === undefined ? 'single' : 'multi',
        ...(known ? { person: { id: actor.id, name: actor.name } } : {}),
        permissions: known ? permissions.filter(permission => actor.can(permission)) : [],
        mustChangePassword: actor.signedIn?.mustChangePassword ?? false,
      }
    },
  )
}

/** The login page, signing in and out. */
export function signInRoutes(app: FastifyInstance, auth: Auth, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = readConfig(tusk.stateFile('config.toml'))
  const oidc = oidcSettings(config)
  const start = sessionStarter(auth, config)
  const loginPage: LoginPage = (reply, next, failure, username = '') =>
    reply.headers(formPage).page('plugins/users/login.html', {
      title: 'Sign in',
      next,
      username,
      failure: failure?.toJSON() ?? null,
      remember_days: config['auth.remember_days'],
      provider: oidc?.label ?? '',
    })
  if (oidc !== undefined) oidcRoutes(app, { auth, oidc: new Oidc(oidc), start, loginPage })

  routes.get(
    '/login',
    { config: { permission: 'public' }, schema: { hide: true, querystring: Next } },
    (request, reply) => {
      const next = safeNext(request.query.next)
      return request.actor.signedIn === undefined ? loginPage(reply, next) : reply.redirect(next, 303)
    },
  )

  routes.post(
    '/login',
    { config: { permission: 'public' }, schema: { hide: true, body: Credentials } },
    async (request, reply) => {
      const { username, password, remember, next } = request.body
      try {
        const person = await auth.signIn.check(username, password, request.ip)
        start(request, reply, person, { remember: remember !== undefined && remember !== false })
        return reply.redirect(safeNext(next), 303)
      } catch (error) {
        if (!(error instanceof TuskError) || !['NOT_AUTHENTICATED', 'TOO_MANY'].includes(error.code)) throw error
        return loginPage(reply.code(error.status), safeNext(next), error, username)
      }
    },
  )

  routes.post(
    '/api/auth/login',
    {
      config: { permission: 'public' },
      schema: { tags: ['auth'], summary: 'Sign in with a name and a password', body: Credentials },
    },
    async (request, reply) => {
      const { username, password, remember } = request.body
      const person = await auth.signIn.check(username, password, request.ip)
      start(request, reply, person, { remember: remember !== undefined && remember !== false })
      const { id, name, mustChangePassword } = person
      return { person: { id, name }, mustChangePassword }
    },
  )

  const signOut = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { actor } = request
    if (actor.signedIn?.via === 'session') {
      auth.sessions.end(actor.id, actor.signedIn.id)
      auth.audit.add(actor, { action: 'logout', target: actor.name })
    }
    return reply.header('Set-Cookie', endedSessionCookie(request))
  }
  routes.post(
    '/logout',
    { config: { permission: 'authenticated', forPerson: true, beforePasswordChange: true }, schema: { hide: true } },
    (request, reply) => {
      signOut(request, reply)
      return request.isHtmx ? reply.openPage('/login').send('') : reply.redirect('/login', 303)
    },
  )
  routes.post(
    '/api/auth/logout',
    {
      config: { permission: 'authenticated', forPerson: true, beforePasswordChange: true },
      schema: { tags: ['auth'], summary: 'Sign out' },
    },
    (request, reply) => signOut(request, reply).code(204).send(),
  )
}
