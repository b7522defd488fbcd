import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type AuditQuery, auditOutcomes } from '../../auth/audit.ts'
import type { Auth } from '../../auth/auth.ts'
import { type Static, Type } from '../../plugins/route-schema.ts'
import { closed } from './schemas.ts'

const Query = closed({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  action: Type.Optional(Type.String({ maxLength: 100 })),
  outcome: Type.Optional(Type.Enum(['', ...auditOutcomes])),
  actorId: Type.Optional(Type.String({ maxLength: 64 })),
  from: Type.Optional(Type.String({ maxLength: 40 })),
  to: Type.Optional(Type.String({ maxLength: 40 })),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
})

/** Who did what, for those who manage people. */
export function auditRoutes(app: FastifyInstance, auth: Auth): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'system.users' } as const

  routes.get('/audit', { config, schema: { hide: true, querystring: Query } }, (request, reply) => {
    const { entries, more } = auth.audit.list(queryFrom(request.query))
    return reply.page(
      'plugins/users/audit.html',
      {
        title: 'Audit',
        entries: entries.map(entry => ({
          ...entry,
          facts: Object.entries(entry.details)
            .map(([key, value]) => `${key}: ${value}`)
            .join('; '),
        })),
        more,
        last: entries.at(-1)?.id ?? 0,
        actions: ['', ...auth.audit.actions()],
        search: request.query.search ?? '',
        action: request.query.action ?? '',
        outcome: request.query.outcome ?? '',
      },
      request.isHtmx ? { block: 'list' } : {},
    )
  })
  routes.get(
    '/api/audit',
    { config, schema: { tags: ['audit'], summary: 'What people did, newest first', querystring: Query } },
    request => auth.audit.list(queryFrom(request.query)),
  )
}

/** What is empty in a form is no condition. */
function queryFrom(query: Static<typeof Query>): AuditQuery {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ''),
  ) as AuditQuery
}
