import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { ConnectionRoles } from '../connection-roles.ts'
import { testConnection } from './connections.ts'
import { ById, closed } from './schemas.ts'

const SignIn = closed({ values: Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 10_000 })) })
const Roles = closed({
  roles: Type.Array(closed({ personId: Type.String({ maxLength: 64 }), role: Type.String({ maxLength: 200 }) }), {
    maxItems: 5_000,
  }),
})

/** What of a connection is each person's own: how they sign in to the database, and the role they work as; in multi-user mode only. */
export function personalConnectionRoutes(
  app: FastifyInstance,
  { tusk, roles }: { readonly tusk: Tusk; readonly roles: ConnectionRoles },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['connections']
  const mine = { permission: 'connections.use', forPerson: true } as const
  const others = { permission: 'connections.edit', forPerson: true } as const

  routes.put(
    '/api/connections/:id/sign-in',
    {
      config: mine,
      schema: {
        tags,
        summary: 'Your own user and password for a connection, tried and kept',
        params: ById,
        body: SignIn,
      },
    },
    async ({ actor, params: { id }, body: { values } }, reply) => {
      const resolve = () => tusk.connections.resolveWithSignIn(actor, id, values)
      // What is not understood is said before anything is tried.
      resolve()
      const { error } = await testConnection(tusk, resolve, reply.lifetime(60_000))
      if (error !== undefined) throw TuskError.fromJSON(error)
      tusk.connections.keepSignIn(actor, id, values)
      return reply.code(204).send()
    },
  )
  routes.delete(
    '/api/connections/:id/sign-in',
    { config: mine, schema: { tags, summary: 'Forget your user and password for a connection', params: ById } },
    async ({ actor, params: { id } }, reply) => {
      tusk.connections.forgetSignIn(actor, id)
      return reply.code(204).send()
    },
  )

  routes.get(
    '/api/connections/:id/roles',
    { config: others, schema: { tags, summary: 'The database roles that people work as', params: ById } },
    ({ actor, params: { id } }) => roles.of(actor, id),
  )
  routes.post(
    '/api/connections/:id/roles',
    {
      config: others,
      schema: { tags, summary: 'Name the database roles that people work as', params: ById, body: Roles },
    },
    ({ actor, params: { id }, body }) => roles.set(actor, id, body.roles),
  )
}
