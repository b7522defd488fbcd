import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import { closed } from './schemas.ts'

const Query = closed({
  search: Type.Optional(Type.String({ maxLength: 1_000 })),
  connectionId: Type.Optional(Type.String({ maxLength: 64 })),
  state: Type.Optional(Type.Enum(['complete', 'truncated', 'cancelled', 'failed'])),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
})

/** What was run. */
export function historyRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const tags = ['history']

  routes.get(
    '/api/history',
    { config, schema: { tags, summary: 'Statements that were run, newest first', querystring: Query } },
    request => {
      const { search, connectionId, state, before, limit } = request.query
      return tusk.history.list(request.actor, {
        limit,
        ...(search === undefined ? {} : { search }),
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(state === undefined ? {} : { state }),
        ...(before === undefined ? {} : { before }),
      })
    },
  )

  routes.delete(
    '/api/history',
    {
      config,
      schema: {
        tags,
        summary: 'Clear the history',
        querystring: closed({ connectionId: Type.Optional(Type.String({ maxLength: 64 })) }),
      },
    },
    request => ({
      removed: tusk.history.clear(request.actor, request.query.connectionId),
    }),
  )

  routes.delete(
    '/api/history/:id',
    { config, schema: { tags, summary: 'Remove one entry', params: closed({ id: Type.Integer() }) } },
    (request, reply) => {
      if (!tusk.history.remove(request.actor, request.params.id))
        throw new TuskError('NOT_FOUND', 'There is no such entry.')
      return reply.code(204).send()
    },
  )
}
