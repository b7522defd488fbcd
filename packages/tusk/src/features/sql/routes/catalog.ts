import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { WireColumn, WireCompletion, WireRelations } from '../../../wire.ts'
import { ById, closed } from './schemas.ts'

const Refresh = closed({ refresh: Type.Optional(Type.Boolean()) })
const Name = Type.String({ maxLength: 1_000 })
const Relation = closed({
  catalog: Type.Optional(Name),
  schema: Name,
  name: Name,
  refresh: Type.Optional(Type.Boolean()),
})

/** The schema tree and what completion knows: catalogs and estimates only (R19). */
export function catalogRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'connections.view' } as const
  const tags = ['schema']

  routes.get(
    '/api/connections/:id/relations',
    { config, schema: { tags, summary: 'Tables and views of a connection', params: ById, querystring: Refresh } },
    async (request, reply): Promise<WireRelations> =>
      tusk.catalog.relations(request.actor, request.params.id, {
        refresh: request.query.refresh === true,
        signal: reply.lifetime(60_000),
      }),
  )

  routes.get(
    '/api/connections/:id/columns',
    { config, schema: { tags, summary: 'Columns of a table or view', params: ById, querystring: Relation } },
    async (request, reply): Promise<{ columns: readonly WireColumn[] }> => {
      const { refresh, catalog, schema, name } = request.query
      const relation = { schema, name, ...(catalog === undefined ? {} : { catalog }) }
      return {
        columns: await tusk.catalog.columns(request.actor, request.params.id, relation, {
          refresh: refresh === true,
          signal: reply.lifetime(60_000),
        }),
      }
    },
  )

  routes.get(
    '/api/connections/:id/completion',
    { config, schema: { tags, summary: 'Columns of all tables, for completion', params: ById, querystring: Refresh } },
    async (request, reply): Promise<WireCompletion> => {
      const { columns, truncated } = await tusk.catalog.allColumns(request.actor, request.params.id, {
        refresh: request.query.refresh === true,
        signal: reply.lifetime(60_000),
      })
      return {
        columns: Object.fromEntries([...columns].map(([relation, list]) => [relation, list.map(completionColumn)])),
        truncated,
      }
    },
  )
}

function completionColumn({ name, type, references }: WireColumn): WireCompletion['columns'][string][number] {
  return references === undefined ? { name, type } : { name, type, references }
}
