import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { connectionLevels } from '../../../auth/connection-rights.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { ConnectionSharing } from '../connection-sharing.ts'
import { ById, closed } from './schemas.ts'

const Rights = closed({
  rights: Type.Array(
    closed({
      groupId: Type.String({ maxLength: 64 }),
      level: Type.Enum(connectionLevels),
      readOnly: Type.Boolean({ default: false }),
    }),
    { maxItems: 500 },
  ),
})
const NewOwner = closed({ personId: Type.String({ maxLength: 64 }) })

/** Who else may view, use and edit a connection; in multi-user mode only. */
export function connectionRightRoutes(app: FastifyInstance, sharing: ConnectionSharing): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['connections']
  const config = { permission: 'connections.edit', forPerson: true } as const

  routes.get(
    '/api/connections/:id/rights',
    { config, schema: { tags, summary: 'What groups may do with a connection of yours', params: ById } },
    request => sharing.of(request.actor, request.params.id),
  )
  routes.post(
    '/api/connections/:id/rights',
    { config, schema: { tags, summary: 'Share a connection of yours with groups', params: ById, body: Rights } },
    request => sharing.set(request.actor, request.params.id, request.body.rights),
  )
  routes.post(
    '/api/connections/:id/owner',
    {
      config,
      schema: {
        tags,
        summary: 'Give a connection of yours to another person; who manages people gives anybody’s',
        params: ById,
        body: NewOwner,
      },
    },
    async (request, reply) => {
      await sharing.transfer(request.actor, request.params.id, request.body.personId)
      return reply.code(204).send()
    },
  )
}
