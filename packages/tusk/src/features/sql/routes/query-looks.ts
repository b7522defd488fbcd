import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { QueryLooks } from '../query-looks.ts'
import { closed } from './schemas.ts'

const Id = Type.Optional(Type.String({ maxLength: 64 }))
const Look = { tab: Id, saved: Id, name: Type.String({ minLength: 1, maxLength: 100 }) }

/** How one looks at the rows of a query: kept for oneself, by tab and by saved query. */
export function queryLookRoutes(app: FastifyInstance, looks: QueryLooks): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['tabs']

  routes.get(
    '/api/query-looks',
    {
      config: { permission: 'queries.execute', crossSite: 'deny' },
      schema: { tags, summary: 'How you looked at the rows of a query', querystring: closed(Look) },
    },
    ({ actor, query: { name, ...query } }) => ({ value: looks.get(actor, query, name) }),
  )
  routes.put(
    '/api/query-looks',
    {
      config: { permission: 'queries.execute' },
      bodyLimit: 32 * 1024,
      schema: {
        tags,
        summary: 'Keep how you look at the rows of a query',
        body: closed({ ...Look, value: Type.String({ maxLength: 16_000 }) }),
      },
    },
    ({ actor, body: { name, value, ...query } }, reply) => {
      looks.keep(actor, query, name, value)
      return reply.code(204).send()
    },
  )
}
