import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiToken } from '../../auth/api-tokens.ts'
import type { Auth } from '../../auth/auth.ts'
import { permissions } from '../../auth/permissions.ts'
import type { TuskError } from '../../errors.ts'
import { type Static, Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { known } from './people-routes.ts'
import { ById, closed, listOf, Several } from './schemas.ts'

const Input = closed({
  name: Type.String({ maxLength: 200 }),
  permissions: Several,
  connections: Several,
  days: Type.Integer(),
})
const mine = { permission: 'authenticated', forPerson: true } as const

/** One's own API tokens: the page and the same for programs. No token can make, see or revoke tokens. */
export function tokenRoutes(app: FastifyInstance, auth: Auth, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const api = <Schema extends object>(summary: string, schema: Schema = {} as Schema) => ({
    config: mine,
    schema: { tags: ['profile'], summary, ...schema },
  })

  const create = ({ actor }: FastifyRequest, input: Static<typeof Input>) => {
    const connections = input.connections === undefined ? undefined : listOf(input.connections)
    // NOT_FOUND for what its person cannot see.
    for (const id of connections ?? []) tusk.connections.get(actor, id)
    return auth.tokens.create(actor, {
      name: input.name,
      permissions: listOf(input.permissions),
      days: input.days,
      ...(connections === undefined ? {} : { connections }),
    })
  }
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    after: { readonly failure?: TuskError; readonly made?: string; readonly block?: boolean } = {},
  ): Promise<FastifyReply> => {
    const { actor } = request
    const connections = actor.can('connections.view')
      ? tusk.connections.list(actor).map(({ id, name }) => ({ id, name }))
      : []
    const names = new Map(connections.map(({ id, name }) => [id, name]))
    return reply.page(
      'plugins/users/tokens.html',
      {
        title: 'API tokens',
        tokens: auth.tokens.of(actor.id).map(token => ({
          ...described(token),
          reaches: token.connections?.map(id => names.get(id) ?? 'one that is gone').join(', ') ?? 'all of yours',
        })),
        permissions: permissions.filter(permission => actor.can(permission)),
        connections,
        made: after.made ?? '',
        failure: after.failure?.toJSON() ?? null,
      },
      after.block === true ? { block: 'body' } : {},
    )
  }

  routes.get('/profile/tokens', { config: mine, schema: { hide: true } }, (request, reply) => show(request, reply))
  routes.post('/profile/tokens', { config: mine, schema: { hide: true, body: Input } }, (request, reply) => {
    try {
      return show(request, reply, { made: create(request, request.body).text, block: true })
    } catch (error) {
      return show(request, reply, { failure: known(error), block: true })
    }
  })
  routes.post(
    '/profile/tokens/:id/revoke',
    { config: mine, schema: { hide: true, params: ById } },
    (request, reply) => {
      try {
        auth.tokens.revoke(request.actor, request.actor.id, request.params.id)
        return show(request, reply, { block: true })
      } catch (error) {
        return show(request, reply, { failure: known(error), block: true })
      }
    },
  )

  routes.get('/api/profile/tokens', api('Your API tokens, expired ones too'), ({ actor }) => ({
    tokens: auth.tokens.of(actor.id).map(described),
  }))
  routes.post(
    '/api/profile/tokens',
    api('Make an API token; its text is in this answer and never again', { body: Input }),
    (request, reply) => {
      const { text, token } = create(request, request.body)
      return reply.code(201).send({ text, token: described(token) })
    },
  )
  routes.post('/api/profile/tokens/:id/revoke', api('Revoke an API token', { params: ById }), (request, reply) => {
    auth.tokens.revoke(request.actor, request.actor.id, request.params.id)
    return reply.code(204).send()
  })
}

function described({ personId: _personId, createdAt, expiresAt, lastUsed, ...token }: ApiToken) {
  return {
    ...token,
    created: new Date(createdAt).toISOString(),
    expires: new Date(expiresAt).toISOString(),
    expired: expiresAt <= Date.now(),
    ...(lastUsed === undefined ? {} : { used: new Date(lastUsed).toISOString() }),
  }
}
