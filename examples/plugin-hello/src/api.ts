// #region api
import type { FastifyInstance, PluginTusk } from 'tuskdata/plugin'
import { closed, Type, type TypeBoxTypeProvider } from 'tuskdata/schema'
import { greetResult } from './results.ts'
import { people } from './storage.ts'

const Person = closed({ id: Type.Integer(), name: Type.String(), greeted: Type.Integer() })

/** For programs; described at /api/docs. */
export function apiRoutes(app: FastifyInstance, tusk: PluginTusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/api/plugins/hello/people',
    {
      config: { permission: 'authenticated' },
      schema: { tags: ['hello'], summary: 'Who is greeted', response: { 200: Type.Array(Person) } },
    },
    () => [...people(tusk.storage)],
  )

  const Statement = closed({ connectionId: Type.String({ maxLength: 64 }), sql: Type.String({ maxLength: 100_000 }) })
  routes.post(
    '/api/plugins/hello/greet',
    {
      config: { permission: 'queries.execute' },
      schema: { tags: ['hello'], summary: 'Greet what a statement finds', body: Statement },
    },
    async (request, reply) => {
      // Stops when the client leaves: the statement is cancelled at its source.
      const { id, rowCount } = await greetResult(tusk, request.actor, request.body, reply.lifetime())
      return { resultId: id, rowCount }
    },
  )
}
// #endregion
