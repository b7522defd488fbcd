import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import { ById, closed } from './schemas.ts'

const Values = Type.Record(
  Type.String({ maxLength: 100 }),
  closed({
    kind: Type.Enum(['text', 'number', 'boolean', 'date', 'timestamp']),
    value: Type.Union([Type.String({ maxLength: 10_000_000 }), Type.Null()]),
  }),
)
const Start = closed({
  connectionId: Type.String({ maxLength: 64 }),
  sql: Type.String({ maxLength: 20_000_000 }),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  tabId: Type.Optional(Type.String({ maxLength: 64 })),
  onError: Type.Optional(Type.Enum(['stop', 'continue'])),
  aside: Type.Optional(Type.Boolean()),
  explain: Type.Optional(Type.Enum(['plan', 'analyze'])),
  confirmed: Type.Optional(Type.Boolean()),
  commit: Type.Optional(Type.Enum(['auto', 'manual'])),
  isolation: Type.Optional(Type.String({ maxLength: 40 })),
  values: Type.Optional(Values),
})

/** How long the answer waits for the first columns: who gets them with it needs no second request for small results. */
const ANSWER_MS = 250

/** Running scripts, watching and cancelling them. */
export function runRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['runs']

  // The client may leave: the run goes on and is found again under its id.
  routes.post(
    '/api/runs',
    {
      config: { permission: 'queries.execute' },
      bodyLimit: 24 * 1024 * 1024,
      schema: { tags, summary: 'Run a script', body: Start },
    },
    async (request, reply) => {
      const { offset, tabId, onError, aside, explain, confirmed, commit, isolation, values, ...start } = request.body
      const run = await tusk.runs.start(
        request.actor,
        {
          ...start,
          ...(offset === undefined ? {} : { offset }),
          ...(tabId === undefined ? {} : { tabId }),
          ...(onError === undefined ? {} : { onError }),
          ...(aside === undefined ? {} : { aside }),
          ...(explain === undefined ? {} : { explain }),
          ...(confirmed === undefined ? {} : { confirmed }),
          ...(commit === undefined ? {} : { commit }),
          ...(isolation === undefined ? {} : { isolation }),
          ...(values === undefined ? {} : { values }),
        },
        { answerWithinMs: ANSWER_MS },
      )
      return reply.code(201).send(run)
    },
  )

  routes.get(
    '/api/runs',
    { config: { permission: 'queries.execute' }, schema: { tags, summary: 'Running and recent runs' } },
    request => ({
      runs: tusk.runs.list(request.actor),
    }),
  )

  routes.get(
    '/api/runs/:id',
    { config: { permission: 'queries.execute' }, schema: { tags, summary: 'One run', params: ById } },
    request => tusk.runs.get(request.actor, request.params.id),
  )

  routes.get(
    '/api/runs/:id/events',
    {
      config: { permission: 'queries.execute', crossSite: 'deny' },
      schema: { tags, summary: 'What happens in a run, as server-sent events', params: ById },
    },
    async (request, reply) => {
      tusk.runs.get(request.actor, request.params.id) // NOT_FOUND as an answer, not as a stream
      return reply.events(signal => tusk.runs.events(request.actor, request.params.id, signal))
    },
  )

  routes.post(
    '/api/runs/:id/cancel',
    {
      config: { permission: 'queries.execute' },
      schema: { tags, summary: 'Cancel a run at its source', params: ById },
    },
    async (request, reply) => {
      await tusk.runs.cancel(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )
}
