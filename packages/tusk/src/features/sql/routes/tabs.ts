import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../../auth/actor.ts'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { WireTab } from '../../../wire.ts'
import type { SavedQueries } from '../saved-queries.ts'
import type { Tabs } from '../tabs.ts'
import { ById, closed } from './schemas.ts'

const Input = {
  title: Type.String({ maxLength: 200 }),
  connectionId: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  sql: Type.String({ maxLength: 20_000_000 }),
  position: Type.Number(),
  onError: Type.Optional(Type.Enum(['stop', 'continue'])),
  commit: Type.Optional(Type.Enum(['auto', 'manual'])),
  isolation: Type.Optional(Type.Union([Type.String({ maxLength: 40 }), Type.Null()])),
  savedQueryId: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  pinned: Type.Optional(Type.Boolean()),
}

const OnConnection = closed({ connectionId: Type.String({ maxLength: 64 }) })

/** Editor tabs and their text. */
export function tabRoutes(app: FastifyInstance, tabs: Tabs, saved: Pick<SavedQueries, 'hasText'>): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'queries.execute' } as const
  const bodyLimit = 24 * 1024 * 1024
  const tags = ['tabs']

  routes.get('/api/tabs', { config, schema: { tags, summary: 'Open tabs, with their last runs' } }, request => ({
    tabs: tabs.list(request.actor).map(tab => compared(request.actor, tab)),
  }))

  routes.post(
    '/api/tabs',
    { config, bodyLimit, schema: { tags, summary: 'Open a tab', body: closed(Input) } },
    (request, reply) => reply.code(201).send(compared(request.actor, tabs.create(request.actor, request.body))),
  )

  routes.put(
    '/api/tabs/:id',
    {
      config,
      bodyLimit,
      schema: { tags, summary: 'Save a tab', params: ById, body: closed({ ...Input, version: Type.Integer() }) },
    },
    (request, reply) => {
      try {
        return compared(request.actor, tabs.save(request.actor, request.params.id, request.body))
      } catch (error) {
        if (!(error instanceof TuskError) || error.code !== 'CONFLICT') throw error
        // Both texts reach the person: theirs is in the browser, the other one is here (R38).
        return reply.code(409).send({ error: error.toJSON(), saved: tabs.get(request.actor, request.params.id) })
      }
    },
  )

  routes.delete(
    '/api/tabs/:id',
    { config, schema: { tags, summary: 'Close a tab', params: ById } },
    async (request, reply) => {
      await tabs.close(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )

  routes.get(
    '/api/tabs/:id/session',
    {
      config,
      schema: { tags, summary: "The tab's database session", params: ById, querystring: OnConnection },
    },
    request => tabs.session(request.actor, request.params.id, request.query.connectionId),
  )

  routes.post(
    '/api/tabs/:id/session',
    {
      config,
      schema: { tags, summary: "Open the tab's database session anew", params: ById, body: OnConnection },
    },
    (request, reply) =>
      tabs.reconnect(request.actor, request.params.id, request.body.connectionId, reply.lifetime(60_000)),
  )

  routes.post(
    '/api/tabs/:id/reopen',
    { config, schema: { tags, summary: 'Undo closing a tab', params: ById } },
    request => compared(request.actor, tabs.reopen(request.actor, request.params.id)),
  )

  /** With whether its text is still that of its saved query. */
  function compared(actor: Actor, tab: WireTab): WireTab {
    const isAsSaved = tab.savedQueryId === null ? undefined : saved.hasText(actor, tab.savedQueryId, tab.sql)
    return isAsSaved === undefined ? tab : { ...tab, isAsSaved }
  }
}
