import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Loads } from '../../../query/loads.ts'
import { ById, ColumnPosition, closed, ViewId } from './schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const NewLoad = closed({
  connectionId: Type.String({ maxLength: 64 }),
  table: closed({ catalog: Type.Optional(Name), schema: Name, name: Name }),
  columns: Type.Array(
    closed({ name: Name, from: ColumnPosition, type: Type.Optional(Type.String({ maxLength: 10_000 })) }),
    { minItems: 1, maxItems: 2_000 },
  ),
  into: Type.Enum(['new', 'append', 'replace']),
  view: Type.Optional(ViewId),
  confirmed: Type.Optional(Type.Boolean()),
})

/** Rows of results into tables. */
export function loadRoutes(app: FastifyInstance, loads: Loads): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'connections.use' } as const
  const tags = ['loads']

  routes.post(
    '/api/results/:id/loads',
    {
      config,
      bodyLimit: 4 * 1024 * 1024,
      schema: {
        tags,
        summary: 'Put the rows of a result into a table, all of them or none',
        params: ById,
        body: NewLoad,
      },
    },
    ({ actor, params, body }, reply) => reply.code(202).send(loads.start(actor, { resultId: params.id, ...body })),
  )
  routes.get('/api/loads/:id', { config, schema: { tags, summary: 'How far a load is', params: ById } }, request =>
    loads.get(request.actor, request.params.id),
  )
  routes.delete(
    '/api/loads/:id',
    { config, schema: { tags, summary: 'Cancel a load: nothing of it stays', params: ById } },
    async (request, reply) => {
      await loads.cancel(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )
}
