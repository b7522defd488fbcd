import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../auth/actor.ts'
import type { Auth } from '../../auth/auth.ts'
import { explainLimits } from '../../auth/limits.ts'
import { checkNewPassword } from '../../auth/password-rules.ts'
import { hashPassword } from '../../auth/passwords.ts'
import { permissions } from '../../auth/permissions.ts'
import { sessionCookie } from '../../auth/session-cookie.ts'
import { TuskError } from '../../errors.ts'
import { Type } from '../../plugins/route-schema.ts'
import type { Connections } from '../../query/connections.ts'
import { formPage } from './form-page.ts'
import { limitWords } from './limit-words.ts'
import { safeNext } from './safe-next.ts'
import { ById, closed } from './schemas.ts'

const password = Type.String({ minLength: 1, maxLength: 1_024 })
const Change = Type.Object(
  { current: password, password, next: Type.Optional(Type.String({ maxLength: 2_000 })) },
  { additionalProperties: false },
)
const Form = Type.Object(
  { current: password, password, again: password, next: Type.Optional(Type.String({ maxLength: 2_000 })) },
  { additionalProperties: false },
)
const Next = Type.Object({ next: Type.Optional(Type.String({ maxLength: 2_000 })) }, { additionalProperties: false })
const Profile = closed({
  email: Type.Optional(Type.String({ maxLength: 200 })),
  displayName: Type.Optional(Type.String({ maxLength: 200 })),
})
const mine = { permission: 'authenticated', forPerson: true } as const
const own = { permission: 'authenticated', forPerson: true, beforePasswordChange: true } as const

/** What people change of themselves. */
export function profileRoutes(app: FastifyInstance, auth: Auth, connections: Connections): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  const change = async (
    request: FastifyRequest,
    reply: FastifyReply,
    current: string,
    wanted: string,
  ): Promise<void> => {
    const { actor } = request
    const { signedIn } = actor
    const person = auth.people.get(actor.id)
    if (!person.hasPassword)
      throw new TuskError('BAD_REQUEST', 'You have no password here: you sign in through another system.', {
        hint: 'Change it there.',
      })
    if (!(await auth.signIn.isOwnPassword(person, current, request.ip)))
      throw new TuskError('BAD_REQUEST', 'This is not your present password.')
    if (current === wanted) throw new TuskError('BAD_REQUEST', 'The new password is the old one.')
    await checkNewPassword(wanted, person)
    const keepSession = signedIn?.via === 'session' ? { keepSession: signedIn.id } : {}
    auth.people.setPassword(actor, actor.id, await hashPassword(wanted), { mustChange: false, ...keepSession })
    // Who had the secret of this session before the change has nothing now (R10).
    const renewed = signedIn?.via === 'session' ? auth.sessions.renew(actor.id, signedIn.id) : undefined
    if (renewed === undefined) return
    const { remembered, expiresAt } = renewed.session
    const age = remembered ? (expiresAt - Date.now()) / 1_000 : undefined
    reply.header('Set-Cookie', sessionCookie(request, renewed.secret, age))
  }
  const page = (
    request: FastifyRequest,
    reply: FastifyReply,
    next: string,
    failure?: TuskError,
  ): Promise<FastifyReply> =>
    reply.headers(formPage).page('plugins/users/password.html', {
      title: 'Change password',
      next,
      forced: request.actor.signedIn?.mustChangePassword ?? false,
      has_password: auth.people.get(request.actor.id).hasPassword,
      failure: failure?.toJSON() ?? null,
    })

  routes.get('/profile/password', { config: own, schema: { hide: true, querystring: Next } }, (request, reply) =>
    page(request, reply, safeNext(request.query.next)),
  )
  routes.post('/profile/password', { config: own, schema: { hide: true, body: Form } }, async (request, reply) => {
    const { current, password: wanted, again, next } = request.body
    try {
      if (wanted !== again) throw new TuskError('BAD_REQUEST', 'The two new passwords are not the same.')
      await change(request, reply, current, wanted)
      return reply.redirect(safeNext(next), 303)
    } catch (error) {
      if (!(error instanceof TuskError) || !['BAD_REQUEST', 'TOO_MANY'].includes(error.code)) throw error
      return page(request, reply.code(error.status), safeNext(next), error)
    }
  })
  routes.post(
    '/api/profile/password',
    { config: own, schema: { tags: ['profile'], summary: 'Change your password', body: Change } },
    async (request, reply) => {
      await change(request, reply, request.body.current, request.body.password)
      return reply.code(204).send()
    },
  )

  /** Databases that want the person's own user and password. */
  const signInsOf = (actor: Actor) =>
    actor.can('connections.view')
      ? connections
          .list(actor)
          .filter(({ eachSignsIn }) => eachSignsIn)
          .map(({ id, name, signedIn }) => ({ id, name, signedIn }))
      : []
  const facts = ({ actor }: FastifyRequest) => {
    const { groups, administrator, ...profile } = auth.people.get(actor.id)
    return {
      profile,
      administrator,
      groups: groups.map(({ name }) => name),
      permissions: permissions.filter(permission => actor.can(permission)),
      exported: actor.can('data.export'),
      signIns: signInsOf(actor),
      sessions: auth.sessions.of(actor.id).map(session => ({
        id: session.id,
        address: session.address,
        agent: session.agent,
        since: new Date(session.createdAt).toISOString(),
        seen: new Date(session.lastSeen).toISOString(),
        here: session.id === actor.signedIn?.id,
      })),
    }
  }
  const limitsOf = ({ actor }: FastifyRequest) => {
    if (actor.signedIn?.administrator === true)
      return explainLimits([]).map(({ name }) => ({
        name,
        ...limitWords[name],
        value: '',
        from: 'administrators have none',
      }))
    return explainLimits(auth.groups.of(actor.id)).map(({ name, value, from }) => ({
      name,
      ...limitWords[name],
      value: value?.toLocaleString('en') ?? '',
      from: from.length === 0 ? 'you are in no group' : from.join(', '),
    }))
  }
  const show = (request: FastifyRequest, reply: FastifyReply, said?: string): Promise<FastifyReply> =>
    reply.page(
      'plugins/users/profile.html',
      { title: 'Your profile', ...facts(request), limits: limitsOf(request), failure: null, said: said ?? '' },
      said === undefined ? {} : { block: 'body' },
    )
  const changed = (values: { readonly email?: string | undefined; readonly displayName?: string | undefined }) => ({
    ...(values.email === undefined ? {} : { email: values.email }),
    ...(values.displayName === undefined ? {} : { displayName: values.displayName }),
  })

  routes.get('/profile', { config: mine, schema: { hide: true } }, (request, reply) => show(request, reply))
  routes.post('/profile', { config: mine, schema: { hide: true, body: Profile } }, (request, reply) => {
    auth.people.changeOwn(request.actor, changed(request.body))
    return show(request, reply, 'Saved.')
  })
  routes.post('/profile/sessions/end-others', { config: mine, schema: { hide: true } }, (request, reply) => {
    const ended = auth.sessions.endAll(request.actor.id, request.actor.signedIn?.id)
    return show(request, reply, ended === 1 ? 'One session was ended.' : `${ended} sessions were ended.`)
  })
  routes.post('/profile/sessions/:id/end', { config: mine, schema: { hide: true, params: ById } }, (request, reply) => {
    auth.sessions.end(request.actor.id, request.params.id)
    return show(request, reply, 'That session was ended.')
  })

  routes.post(
    '/profile/sign-ins/:id/forget',
    { config: mine, schema: { hide: true, params: ById } },
    (request, reply) => {
      connections.forgetSignIn(request.actor, request.params.id)
      return show(request, reply, 'Forgotten: it is asked for again when you use the connection.')
    },
  )

  routes.get(
    '/api/profile',
    { config: mine, schema: { tags: ['profile'], summary: 'You, your groups, sessions and permissions' } },
    request => facts(request),
  )
  routes.post(
    '/api/profile',
    { config: mine, schema: { tags: ['profile'], summary: 'Change what is shown of you', body: Profile } },
    request => {
      auth.people.changeOwn(request.actor, changed(request.body))
      return facts(request)
    },
  )
  routes.post(
    '/api/profile/sessions/:id/end',
    { config: mine, schema: { tags: ['profile'], summary: 'End one of your sessions', params: ById } },
    (request, reply) => {
      if (!auth.sessions.end(request.actor.id, request.params.id))
        throw new TuskError('NOT_FOUND', 'There is no such session.')
      return reply.code(204).send()
    },
  )
}
