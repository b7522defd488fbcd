import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../../auth/actor.ts'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { WireHistoryEntry } from '../../../wire.ts'
import { closed } from './schemas.ts'

const Query = closed({
  search: Type.Optional(Type.String({ maxLength: 1_000 })),
  connectionId: Type.Optional(Type.String({ maxLength: 64 })),
  state: Type.Optional(Type.Enum(['complete', 'truncated', 'cancelled', 'failed'])),
  leastMilliseconds: Type.Optional(Type.Number({ minimum: 0 })),
  named: Type.Optional(Type.Boolean()),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
})

/** What was run. */
export function historyRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const tags = ['history']

  routes.get(
    '/api/history',
    { config, schema: { tags, summary: 'Statements that were run, newest first', querystring: Query } },
    request => {
      const { search, connectionId, state, leastMilliseconds, named, before, limit } = request.query
      const { entries, more } = tusk.history.list(request.actor, {
        limit,
        ...(search === undefined ? {} : { search }),
        ...(connectionId === undefined ? {} : { connectionId }),
        ...(state === undefined ? {} : { state }),
        ...(leastMilliseconds === undefined ? {} : { leastMilliseconds }),
        ...(named === undefined ? {} : { named }),
        ...(before === undefined ? {} : { before }),
      })
      const { bytes, quotaBytes } = tusk.results.usage()
      return {
        entries: entries.map(entry => ({ ...entry, ...rowsOf(tusk, request.actor, entry) })),
        more,
        usage: { bytes, quotaBytes },
      }
    },
  )

  const one = closed({ id: Type.Integer() })
  routes.get(
    '/api/history/:id',
    { config, schema: { tags, summary: 'One entry with its whole statement', params: one } },
    request => tusk.history.get(request.actor, request.params.id),
  )
  routes.put(
    '/api/history/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Name an entry; it is kept as long as it has a name',
        params: one,
        body: closed({ name: Type.String({ maxLength: 200 }) }),
      },
    },
    (request, reply) => {
      tusk.history.rename(request.actor, request.params.id, request.body.name)
      return reply.code(204).send()
    },
  )

  routes.delete(
    '/api/history',
    {
      config,
      schema: {
        tags,
        summary: 'Clear the history; entries with a name stay',
        querystring: closed({ connectionId: Type.Optional(Type.String({ maxLength: 64 })) }),
      },
    },
    request => ({
      removed: tusk.history.clear(request.actor, request.query),
    }),
  )

  routes.delete(
    '/api/history/:id',
    { config, schema: { tags, summary: 'Remove one entry', params: one } },
    (request, reply) => {
      if (!tusk.history.remove(request.actor, request.params.id))
        throw new TuskError('NOT_FOUND', 'There is no such entry.')
      return reply.code(204).send()
    },
  )
}

/** Whether the rows of then are still there. */
function rowsOf(tusk: Tusk, actor: Actor, { resultId }: WireHistoryEntry): Pick<WireHistoryEntry, 'rows'> {
  if (resultId === undefined) return {}
  try {
    return { rows: tusk.results.get(actor.id, resultId).pinned ? 'pinned' : 'kept' }
  } catch {
    return { rows: 'gone' } // Swept, or damaged: opening it says which.
  }
}
