import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { SavedQueries } from '../saved-queries.ts'
import type { SharedQueries } from '../shared-queries.ts'
import { ById, closed } from './schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Id = Type.Union([Type.String({ maxLength: 64 }), Type.Null()])
const Sql = Type.String({ maxLength: 20_000_000 })

/** Saved queries and their folders. */
export function savedQueryRoutes(app: FastifyInstance, saved: SavedQueries, shared?: SharedQueries): void {
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
    ({ actor, query: { search } }) => ({
      items: [...saved.list(actor, search), ...(shared?.with(actor, search) ?? []).map(({ sql: _, ...item }) => item)],
    }),
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
    ({ actor, params }) => shared?.find(actor, params.id) ?? saved.get(actor, params.id),
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

  if (shared === undefined) return
  const forPerson = { permission: 'queries.save', forPerson: true } as const
  routes.get(
    '/api/saved-queries/:id/shares',
    { config: forPerson, schema: { tags: ['shares'], summary: 'Who else sees a saved query of yours', params: ById } },
    request => shared.of(request.actor, request.params.id),
  )
  routes.post(
    '/api/saved-queries/:id/shares',
    {
      config: forPerson,
      schema: {
        tags: ['shares'],
        summary: 'Share a saved query with a person or a group',
        params: ById,
        body: closed({
          personId: Type.Optional(Type.String({ maxLength: 64 })),
          groupId: Type.Optional(Type.String({ maxLength: 64 })),
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
        }),
      },
    },
    (request, reply) => {
      const given = Object.entries(request.body).filter(([, value]) => value !== undefined)
      return reply.code(201).send(shared.create(request.actor, request.params.id, Object.fromEntries(given)))
    },
  )
}
