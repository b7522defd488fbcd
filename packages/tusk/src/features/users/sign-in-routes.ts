import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../../auth/auth.ts'
import type { Person } from '../../auth/people.ts'
import { permissions } from '../../auth/permissions.ts'
import { endedSessionCookie, sessionCookie } from '../../auth/session-cookie.ts'
import { TuskError } from '../../errors.ts'
import { readConfig } from '../../home/config.ts'
import { Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { formPage } from './form-page.ts'
import { safeNext } from './safe-next.ts'

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
  const rememberDays = config['auth.remember_days']

  const start = (request: FastifyRequest, reply: FastifyReply, person: Person, remember: boolean): void => {
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
    auth.audit.add({ name: person.name, address: request.ip }, { action: 'login', target: person.name })
    reply.header('Set-Cookie', sessionCookie(request, secret, kept ? lifetimeMs / 1_000 : undefined))
  }
  const loginPage = (reply: FastifyReply, next: string, failure?: TuskError, username = ''): Promise<FastifyReply> =>
    reply.headers(formPage).page('plugins/users/login.html', {
      title: 'Sign in',
      next,
      username,
      failure: failure?.toJSON() ?? null,
      remember_days: rememberDays,
    })

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
        start(request, reply, person, remember !== undefined && remember !== false)
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
      start(request, reply, person, remember !== undefined && remember !== false)
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
