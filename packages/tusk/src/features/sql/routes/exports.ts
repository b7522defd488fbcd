import '../../../plugins/http.ts'
import { randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Exports } from '../exports.ts'
import { ById, ViewId } from './schemas.ts'

const ExportId = Type.String({ pattern: '^[0-9a-fA-F-]{36}$' })
// Options differ by format: `option.<key>=<value>`, checked against the format's own list.
const Query = Type.Object(
  { format: Type.String({ maxLength: 30 }), view: Type.Optional(ViewId), exportId: Type.Optional(ExportId) },
  {
    additionalProperties: false,
    patternProperties: { '^option\\.[A-Za-z]{1,40}$': { type: 'string', maxLength: 1_000 } },
  },
)

/** Results as files. */
export function exportRoutes(app: FastifyInstance, exports: Exports): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.export', crossSite: 'deny' } as const
  const tags = ['exports']

  routes.get(
    '/api/exporters',
    { config: { permission: 'queries.execute' }, schema: { tags, summary: 'File formats and their options' } },
    () => ({ exporters: exports.formats }),
  )

  routes.get(
    '/api/results/:id/export',
    { config, schema: { tags, summary: 'A result as a file, streamed', params: ById, querystring: Query } },
    async (request, reply) => {
      const { format, view, exportId, ...rest } = request.query as {
        format: string
        view?: string
        exportId?: string
      } & Record<string, string>
      const options = Object.fromEntries(
        Object.entries(rest).map(([key, value]) => [key.slice('option.'.length), value]),
      )
      const file = await exports.start(
        request.actor,
        {
          resultId: request.params.id,
          format,
          options,
          exportId: exportId ?? randomUUID(),
          ...(view === undefined ? {} : { view }),
        },
        reply.lifetime(),
      )
      return reply.download(file)
    },
  )

  routes.get(
    '/api/exports/:id',
    { config: { permission: 'queries.export' }, schema: { tags, summary: 'How far an export is', params: ById } },
    request => exports.get(request.actor, request.params.id),
  )

  routes.delete(
    '/api/exports/:id',
    { config: { permission: 'queries.export' }, schema: { tags, summary: 'Cancel an export', params: ById } },
    (request, reply) => {
      exports.cancel(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )
}
