import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Auth } from '../../auth/auth.ts'
import { checkNewPassword } from '../../auth/password-rules.ts'
import { hashPassword } from '../../auth/passwords.ts'
import { TuskError } from '../../errors.ts'
import { formPage } from './form-page.ts'
import { safeNext } from './safe-next.ts'

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
const own = { permission: 'authenticated', forPerson: true, beforePasswordChange: true } as const

/** What people change of themselves. */
export function profileRoutes(app: FastifyInstance, auth: Auth): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  const change = async (request: FastifyRequest, current: string, wanted: string): Promise<void> => {
    const { actor } = request
    const person = auth.people.get(actor.id)
    if (!(await auth.signIn.isOwnPassword(person, current, request.ip)))
      throw new TuskError('BAD_REQUEST', 'This is not your present password.')
    if (current === wanted) throw new TuskError('BAD_REQUEST', 'The new password is the old one.')
    checkNewPassword(wanted, person)
    const keepSession = actor.signedIn?.via === 'session' ? { keepSession: actor.signedIn.id } : {}
    auth.people.setPassword(actor, actor.id, await hashPassword(wanted), { mustChange: false, ...keepSession })
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
      failure: failure?.toJSON() ?? null,
    })

  routes.get('/profile/password', { config: own, schema: { hide: true, querystring: Next } }, (request, reply) =>
    page(request, reply, safeNext(request.query.next)),
  )
  routes.post('/profile/password', { config: own, schema: { hide: true, body: Form } }, async (request, reply) => {
    const { current, password: wanted, again, next } = request.body
    try {
      if (wanted !== again) throw new TuskError('BAD_REQUEST', 'The two new passwords are not the same.')
      await change(request, current, wanted)
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
      await change(request, request.body.current, request.body.password)
      return reply.code(204).send()
    },
  )
}
