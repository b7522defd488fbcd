import '../../../plugins/http.ts'
import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { WireView } from '../../../wire.ts'
import { wireResult } from '../result-wire.ts'
import { ById, ColumnPosition, Columns, closed, RowRange, View, ViewId, viewRequest } from './schemas.ts'

const Window = closed({
  ...RowRange,
  columns: Type.Optional(Columns),
  view: Type.Optional(ViewId),
  cut: Type.Optional(Type.Integer({ minimum: 16, maximum: 10_000_000 })),
})
const Cell = closed({ row: Type.Integer({ minimum: 0 }), column: ColumnPosition, view: Type.Optional(ViewId) })
const ByView = closed({ id: Type.String({ maxLength: 64 }), view: ViewId })
const ByColumn = closed({ id: Type.String({ maxLength: 64 }), column: ColumnPosition })

/** Stored results: windows of rows as Arrow bytes, whole cells, views (sorted, filtered), summaries. */
export function resultRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const read = { permission: 'queries.execute', crossSite: 'deny' } as const
  const write = { permission: 'queries.execute' } as const
  const tags = ['results']

  routes.get(
    '/api/results/:id',
    { config: read, schema: { tags, summary: 'What a result is', params: ById } },
    request => wireResult(tusk.results.get(request.actor.id, request.params.id)),
  )

  routes.get(
    '/api/results/:id/rows',
    { config: read, schema: { tags, summary: 'Some rows, as an Arrow IPC stream', params: ById, querystring: Window } },
    async (request, reply) => {
      const { offset, limit, columns, view, cut } = request.query
      const { id: owner } = request.actor
      const result = tusk.results.get(owner, request.params.id)
      const signal = reply.lifetime(60_000)
      if (view !== undefined) await tusk.compute.viewReady(owner, result.id, view, { rows: offset + limit, signal })
      const bytes = await result.window(
        {
          offset,
          limit,
          ...(columns === undefined ? {} : { columns: columns.split(',').map(Number) }),
          ...(view === undefined ? {} : { view }),
          ...(cut === undefined ? {} : { maxCellBytes: cut }),
        },
        { signal },
      )
      return reply
        .header('X-Tusk-Rows', result.rowCount)
        .header('X-Tusk-State', result.state)
        .type('application/vnd.apache.arrow.stream')
        .send(bytes)
    },
  )

  routes.get(
    '/api/results/:id/cell',
    { config: read, schema: { tags, summary: 'One whole cell', params: ById, querystring: Cell } },
    async (request, reply) => {
      const { row, column, view } = request.query
      const { id: owner } = request.actor
      const result = tusk.results.get(owner, request.params.id)
      const signal = reply.lifetime()
      if (view !== undefined) await tusk.compute.viewReady(owner, result.id, view, { rows: row + 1, signal })
      const cell = await result.cell({ row, column, ...(view === undefined ? {} : { view }) }, { signal })
      if (cell === null) return reply.code(204).send()
      return reply
        .header('Content-Length', cell.byteLength)
        .header('Content-Disposition', 'attachment')
        .type(cell.kind === 'text' ? 'text/plain; charset=utf-8' : 'application/octet-stream')
        .send(Readable.from(cell.bytes, { objectMode: false }))
    },
  )

  routes.post(
    '/api/results/:id/views',
    {
      config: write,
      bodyLimit: 4 * 1024 * 1024,
      schema: { tags, summary: 'Sort and filter a result', params: ById, body: View },
    },
    async (request, reply): Promise<WireView> => {
      const view = await tusk.compute.view(request.actor.id, request.params.id, viewRequest(request.body), {
        signal: reply.lifetime(),
      })
      return { id: view.id, state: view.state, ...(view.rowCount === undefined ? {} : { rowCount: view.rowCount }) }
    },
  )

  routes.get(
    '/api/results/:id/views/:view',
    {
      config: read,
      schema: {
        tags,
        summary: 'Wait until the whole order of a view is there',
        params: ByView,
        querystring: closed({ wait: Type.Optional(Type.Boolean()) }),
      },
    },
    async (request, reply): Promise<WireView> => {
      await tusk.compute.viewReady(request.actor.id, request.params.id, request.params.view, {
        signal: reply.lifetime(),
      })
      const { rowCount } = await tusk.compute.viewState(request.actor.id, request.params.id, request.params.view)
      return { id: request.params.view, state: 'complete', rowCount }
    },
  )

  routes.get(
    '/api/results/:id/columns/:column/summary',
    {
      config: read,
      schema: {
        tags,
        summary: 'What is in a column',
        params: ByColumn,
        querystring: closed({ view: Type.Optional(ViewId) }),
      },
    },
    async (request, reply) =>
      tusk.compute.summary(request.actor.id, request.params.id, request.params.column, {
        signal: reply.lifetime(),
        ...(request.query.view === undefined ? {} : { view: request.query.view }),
      }),
  )

  routes.post(
    '/api/results/:id/pin',
    {
      config: write,
      schema: {
        tags,
        summary: 'Keep a result from being swept',
        params: ById,
        body: closed({ pinned: Type.Boolean() }),
      },
    },
    async (request, reply) => {
      await tusk.results.setPinned(request.actor.id, request.params.id, request.body.pinned)
      return reply.code(204).send()
    },
  )

  routes.get(
    '/api/result-names',
    { config: read, schema: { tags, summary: 'Names of your stored results: @name in SQL of DuckDB' } },
    ({ actor }) => ({ names: tusk.resultNames.list(actor) }),
  )
  routes.put(
    '/api/results/:id/name',
    {
      config: write,
      schema: {
        tags,
        summary: 'Name a result; another one of that name loses it, and a named one is kept',
        params: ById,
        body: closed({ name: Type.String({ maxLength: 100 }) }),
      },
    },
    ({ actor, params, body }) => {
      const { id } = tusk.results.get(actor.id, params.id)
      return { name: tusk.resultNames.give(actor, id, body.name) }
    },
  )
  routes.delete(
    '/api/results/:id/name',
    { config: write, schema: { tags, summary: 'Take the name of a result away', params: ById } },
    ({ actor, params }, reply) => {
      const { id } = tusk.results.get(actor.id, params.id)
      tusk.resultNames.take(actor, id)
      return reply.code(204).send()
    },
  )

  routes.delete(
    '/api/results/:id',
    { config: write, schema: { tags, summary: 'Remove a result', params: ById } },
    async (request, reply) => {
      await tusk.results.remove(request.actor.id, request.params.id)
      return reply.code(204).send()
    },
  )
}
