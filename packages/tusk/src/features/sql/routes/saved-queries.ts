import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { SavedQueries } from '../saved-queries.ts'
import { ById, closed } from './schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Id = Type.Union([Type.String({ maxLength: 64 }), Type.Null()])
const Sql = Type.String({ maxLength: 20_000_000 })

/** Saved queries and their folders. */
export function savedQueryRoutes(app: FastifyInstance, saved: SavedQueries): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.save' } as const
  const bodyLimit = 24 * 1024 * 1024
  const tags = ['saved queries']

  routes.get(
    '/api/saved-queries',
    {
      config,
      schema: {
        tags,
        summary: 'Folders and saved queries, or the queries that hold a text',
        querystring: closed({ search: Type.Optional(Type.String({ maxLength: 1_000 })) }),
      },
    },
    request => ({ items: saved.list(request.actor, request.query.search) }),
  )

  routes.post(
    '/api/saved-queries',
    {
      config,
      bodyLimit,
      schema: {
        tags,
        summary: 'Save a query, or make a folder',
        body: closed({
          kind: Type.Enum(['folder', 'query']),
          name: Name,
          parent: Id,
          connectionId: Type.Optional(Id),
          sql: Type.Optional(Sql),
        }),
      },
    },
    (request, reply) => {
      const { connectionId, sql, ...input } = request.body
      const made = saved.create(request.actor, {
        ...input,
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(sql === undefined ? {} : { sql }),
      })
      return reply.code(201).send(made)
    },
  )

  routes.get(
    '/api/saved-queries/:id',
    { config, schema: { tags, summary: 'A saved query with its text', params: ById } },
    request => saved.get(request.actor, request.params.id),
  )

  routes.put(
    '/api/saved-queries/:id',
    {
      config,
      bodyLimit,
      schema: {
        tags,
        summary: 'Change, rename or move',
        params: ById,
        body: closed({
          name: Type.Optional(Name),
          parent: Type.Optional(Id),
          connectionId: Type.Optional(Id),
          sql: Type.Optional(Sql),
          version: Type.Optional(Type.Integer()),
        }),
      },
    },
    request => {
      const given = Object.entries(request.body).filter(([, value]) => value !== undefined)
      return saved.update(request.actor, request.params.id, Object.fromEntries(given))
    },
  )

  routes.delete(
    '/api/saved-queries/:id',
    { config, schema: { tags, summary: 'Delete, with all that is inside; can be undone for a week', params: ById } },
    (request, reply) => {
      saved.remove(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )

  routes.post(
    '/api/saved-queries/:id/restore',
    { config, schema: { tags, summary: 'Undo deleting', params: ById } },
    request => saved.restore(request.actor, request.params.id),
  )
}
