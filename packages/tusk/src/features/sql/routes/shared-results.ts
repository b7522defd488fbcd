import '../../../plugins/http.ts'
import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Shares } from '../../../auth/shares.ts'
import { type Static, Type } from '../../../plugins/route-schema.ts'
import type { WireSharedResult } from '../../../wire.ts'
import type { OpenedResult, SharedResults } from '../shared-results.ts'
import { ById, ColumnPosition, Columns, closed, RowRange } from './schemas.ts'

const Id = Type.String({ maxLength: 64 })
const NewShare = closed({
  personId: Type.Optional(Id),
  groupId: Type.Optional(Id),
  link: Type.Optional(Type.Literal(true)),
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
})
const Window = closed({
  ...RowRange,
  columns: Type.Optional(Columns),
  cut: Type.Optional(Type.Integer({ minimum: 16, maximum: 10_000_000 })),
})
const Cell = closed({ row: Type.Integer({ minimum: 0 }), column: ColumnPosition })
const ByKey = closed({ key: Type.String({ maxLength: 64 }) })

/** Sharing of stored results, and the two doors to what was shared: `/shared/<id>` for people, `/s/<secret>` for whoever has a link. */
export function sharedResultRoutes(app: FastifyInstance, shared: SharedResults, shares: Shares): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const tags = ['shares']
  const give = { permission: 'queries.export', forPerson: true } as const

  routes.get(
    '/api/results/:id/shares',
    { config: give, schema: { tags, summary: 'Who else sees a result of yours', params: ById } },
    request => shared.of(request.actor, request.params.id),
  )
  routes.post(
    '/api/results/:id/shares',
    {
      config: give,
      schema: { tags, summary: 'Share a result with a person, a group or by a link', params: ById, body: NewShare },
    },
    (request, reply) => reply.code(201).send(shared.create(request.actor, request.params.id, given(request.body))),
  )
  routes.delete(
    '/api/shares/:id',
    {
      config: { permission: 'queries.execute', forPerson: true },
      schema: { tags, summary: 'Revoke a share of yours, at once', params: ById },
    },
    (request, reply) => {
      shares.revoke(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )
  routes.get(
    '/api/shares/with-me',
    { config: { permission: 'queries.execute' }, schema: { tags, summary: 'Results that others share with you' } },
    request => ({ results: shared.with(request.actor) }),
  )

  const doors = [
    ['/s/:key', 'public', (request: Keyed) => shared.byLink(request.params.key)],
    ['/shared/:key', 'queries.execute', (request: Keyed) => shared.byShare(request.actor, request.params.key)],
  ] as const
  for (const [path, permission, find] of doors) {
    const config = { permission, crossSite: 'deny' } as const
    routes.get(path, { config: { permission }, schema: { hide: true, params: ByKey } }, (request, reply) => {
      const { share } = find(request)
      return reply.header('Cache-Control', 'no-store').page('plugins/sql/shared.html', {
        title: share.title,
        islands: ['shared-result'],
        address: request.url.split('?', 1)[0],
        expires: share.expiresAt === undefined ? '' : new Date(share.expiresAt).toISOString(),
      })
    })
    routes.get(`${path}/result`, { config, schema: { hide: true, params: ByKey } }, request =>
      shownResult(find(request)),
    )
    routes.get(
      `${path}/rows`,
      { config, schema: { hide: true, params: ByKey, querystring: Window } },
      (request, reply) => sendRows(reply, find(request), request.query),
    )
    routes.get(`${path}/cell`, { config, schema: { hide: true, params: ByKey, querystring: Cell } }, (request, reply) =>
      sendCell(reply, find(request), request.query),
    )
  }
}

type Keyed = Pick<FastifyRequest, 'actor'> & { readonly params: Static<typeof ByKey> }

function shownResult({ share, result }: OpenedResult): WireSharedResult {
  const { state, schema, rowCount } = result
  return { title: share.title, state, schema, rowCount }
}

async function sendRows(
  reply: FastifyReply,
  { result }: OpenedResult,
  { offset, limit, columns, cut }: Static<typeof Window>,
): Promise<FastifyReply> {
  const bytes = await result.window(
    {
      offset,
      limit,
      ...(columns === undefined ? {} : { columns: columns.split(',').map(Number) }),
      ...(cut === undefined ? {} : { maxCellBytes: cut }),
    },
    { signal: reply.lifetime(60_000) },
  )
  return reply.header('Cache-Control', 'no-store').type('application/vnd.apache.arrow.stream').send(bytes)
}

async function sendCell(
  reply: FastifyReply,
  { result }: OpenedResult,
  { row, column }: Static<typeof Cell>,
): Promise<FastifyReply> {
  const cell = await result.cell({ row, column }, { signal: reply.lifetime() })
  if (cell === null) return reply.code(204).send()
  return reply
    .header('Cache-Control', 'no-store')
    .header('Content-Length', cell.byteLength)
    .header('Content-Disposition', 'attachment')
    .type(cell.kind === 'text' ? 'text/plain; charset=utf-8' : 'application/octet-stream')
    .send(Readable.from(cell.bytes, { objectMode: false }))
}

function given({ personId, groupId, link, days }: Static<typeof NewShare>) {
  return {
    ...(personId === undefined ? {} : { personId }),
    ...(groupId === undefined ? {} : { groupId }),
    ...(link === undefined ? {} : { link }),
    ...(days === undefined ? {} : { days }),
  }
}
