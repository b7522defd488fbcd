import '../../../plugins/http.ts'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../../../auth/actor.ts'
import type { Shares } from '../../../auth/shares.ts'
import { TuskError } from '../../../errors.ts'
import { type Static, Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { WireSharedResult, WireView } from '../../../wire.ts'
import type { Exports } from '../exports.ts'
import { wireShare } from '../share-wire.ts'
import type { OpenedResult, SharedResults } from '../shared-results.ts'
import { ById, ColumnPosition, Columns, closed, RowRange, View, ViewId, viewRequest } from './schemas.ts'

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
  view: Type.Optional(ViewId),
  cut: Type.Optional(Type.Integer({ minimum: 16, maximum: 10_000_000 })),
})
const Cell = closed({ row: Type.Integer({ minimum: 0 }), column: ColumnPosition, view: Type.Optional(ViewId) })
const ByKey = closed({ key: Type.String({ maxLength: 64 }) })

/**
 * Sharing of stored results, and the two doors to what was shared: `/shared/<id>` for people, `/s/<secret>` for whoever has a link, which shows
 * the rows as they are. People sort, filter, summarize and export what is shared with them, as long as it is.
 */
export function sharedResultRoutes(
  app: FastifyInstance,
  parts: {
    readonly shared: SharedResults
    readonly shares: Shares
    readonly compute: Tusk['compute']
    readonly exports: Exports
  },
): void {
  const { shared, shares, exports } = parts
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

  routes.get(
    '/api/shares',
    {
      config: { permission: 'queries.execute' },
      schema: { tags, summary: 'What you share, and what is shared with you' },
    },
    ({ actor }) => everything(actor),
  )
  const page = { config: { permission: 'queries.execute' }, schema: { hide: true } } as const
  routes.get('/shared', page, ({ actor }, reply) => sharedPage(actor, reply))
  routes.post(
    '/shared/:key/revoke',
    { config: { permission: 'queries.execute', forPerson: true }, schema: { hide: true, params: ByKey } },
    ({ actor, params }, reply) => {
      shares.revoke(actor, params.key)
      return reply.toast('It opens nothing any more', 'success').openPage('/shared').send('')
    },
  )

  function everything(actor: Actor) {
    return {
      withMe: shared.everythingWith(actor),
      byMe: shares.by(actor).map(share => ({ kind: share.kind, title: share.title, ...wireShare(share) })),
    }
  }

  function sharedPage(actor: Actor, reply: FastifyReply): Promise<FastifyReply> {
    return reply.page('plugins/sql/shares.html', { title: 'Shared', ...everything(actor) })
  }

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
        views: permission !== 'public',
        formats:
          permission !== 'public' && request.actor.can('queries.export')
            ? exports.formats.map(({ format, label }) => ({
                label,
                href: `${request.url.split('?', 1)[0]}/export?format=${encodeURIComponent(format)}`,
                attrs: { download: true },
              }))
            : [],
      })
    })
    routes.get(`${path}/result`, { config, schema: { hide: true, params: ByKey } }, request =>
      shownResult(find(request)),
    )
    // A stranger asks for no view: nothing is sorted for them.
    const compute = permission === 'public' ? undefined : parts.compute
    routes.get(
      `${path}/rows`,
      { config, schema: { hide: true, params: ByKey, querystring: Window } },
      (request, reply) => sendRows(reply, () => find(request), request.query, compute),
    )
    routes.get(`${path}/cell`, { config, schema: { hide: true, params: ByKey, querystring: Cell } }, (request, reply) =>
      sendCell(reply, () => find(request), request.query, compute),
    )
  }
  sharedViewRoutes(app, parts)
}

/** What work is done for people on results that are shared with them. */
function sharedViewRoutes(
  app: FastifyInstance,
  {
    shared,
    compute,
    exports,
  }: { readonly shared: SharedResults; readonly compute: Tusk['compute']; readonly exports: Exports },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const path = '/shared/:key'
  const config = { permission: 'queries.execute', crossSite: 'deny' } as const

  routes.post(
    `${path}/views`,
    {
      config: { permission: 'queries.execute' },
      bodyLimit: 4 * 1024 * 1024,
      schema: { hide: true, params: ByKey, body: View },
    },
    async (request, reply): Promise<WireView> => {
      const { share, result } = shared.byShare(request.actor, request.params.key)
      using open = shared.whileOpen(request.actor, share)
      const signal = AbortSignal.any([reply.lifetime(), open])
      const view = await compute.view(share.owner, result.id, viewRequest(request.body), { signal })
      return { id: view.id, state: view.state, ...(view.rowCount === undefined ? {} : { rowCount: view.rowCount }) }
    },
  )
  routes.get(
    `${path}/views/:view`,
    {
      config,
      schema: {
        hide: true,
        params: closed({ ...ByKey.properties, view: ViewId }),
        querystring: closed({ wait: Type.Optional(Type.Boolean()) }),
      },
    },
    async (request, reply): Promise<WireView> => {
      const { key, view } = request.params
      const { share, result } = shared.byShare(request.actor, key)
      using open = shared.whileOpen(request.actor, share)
      await compute.viewReady(share.owner, result.id, view, { signal: AbortSignal.any([reply.lifetime(), open]) })
      const { rowCount } = await compute.viewState(share.owner, result.id, view)
      return { id: view, state: 'complete', rowCount }
    },
  )
  routes.get(
    `${path}/columns/:column/summary`,
    {
      config,
      schema: {
        hide: true,
        params: closed({ ...ByKey.properties, column: ColumnPosition }),
        querystring: closed({ view: Type.Optional(ViewId) }),
      },
    },
    async (request, reply) => {
      const { share, result } = shared.byShare(request.actor, request.params.key)
      using open = shared.whileOpen(request.actor, share)
      return await compute.summary(share.owner, result.id, request.params.column, {
        signal: AbortSignal.any([reply.lifetime(), open]),
        ...(request.query.view === undefined ? {} : { view: request.query.view }),
      })
    },
  )
  routes.get(
    `${path}/export`,
    {
      config: { permission: 'queries.export', crossSite: 'deny' },
      schema: {
        hide: true,
        params: ByKey,
        querystring: closed({ format: Type.String({ maxLength: 30 }), view: Type.Optional(ViewId) }),
      },
    },
    async (request, reply) => {
      const { share, result } = shared.byShare(request.actor, request.params.key)
      const { format, view } = request.query
      const open = shared.whileOpen(request.actor, share)
      const wanted = {
        resultId: result.id,
        owner: share.owner,
        format,
        options: {},
        exportId: randomUUID(),
        ...(view === undefined ? {} : { view }),
      }
      try {
        const file = await exports.start(request.actor, wanted, AbortSignal.any([reply.lifetime(), open]))
        const end = (): void => {
          file.bytes.destroy(open.reason instanceof Error ? open.reason : undefined)
        }
        open.addEventListener('abort', end, { once: true })
        file.bytes.once('close', () => open[Symbol.dispose]())
        return reply.download(file)
      } catch (error) {
        open[Symbol.dispose]()
        throw error
      }
    },
  )
}

type Keyed = Pick<FastifyRequest, 'actor'> & { readonly params: Static<typeof ByKey> }

function shownResult({ share, result }: OpenedResult): WireSharedResult {
  const { state, schema, rowCount } = result
  return { title: share.title, state, schema, rowCount }
}

function viewsOf(compute: Tusk['compute'] | undefined): Tusk['compute'] {
  if (compute === undefined) throw new TuskError('NOT_FOUND', 'A link shows the rows as they are.')
  return compute
}

/** `find` is asked again before anything leaves: sorting can take longer than the share lasts. */
async function sendRows(
  reply: FastifyReply,
  find: () => OpenedResult,
  { offset, limit, columns, view, cut }: Static<typeof Window>,
  compute: Tusk['compute'] | undefined,
): Promise<FastifyReply> {
  const { share, result } = find()
  const signal = reply.lifetime(60_000)
  if (view !== undefined)
    await viewsOf(compute).viewReady(share.owner, result.id, view, { rows: offset + limit, signal })
  const bytes = await result.window(
    {
      offset,
      limit,
      ...(view === undefined ? {} : { view }),
      ...(columns === undefined ? {} : { columns: columns.split(',').map(Number) }),
      ...(cut === undefined ? {} : { maxCellBytes: cut }),
    },
    { signal },
  )
  find()
  return reply.header('Cache-Control', 'no-store').type('application/vnd.apache.arrow.stream').send(bytes)
}

async function sendCell(
  reply: FastifyReply,
  find: () => OpenedResult,
  { row, column, view }: Static<typeof Cell>,
  compute: Tusk['compute'] | undefined,
): Promise<FastifyReply> {
  const { share, result } = find()
  const signal = reply.lifetime()
  if (view !== undefined) await viewsOf(compute).viewReady(share.owner, result.id, view, { rows: row + 1, signal })
  const cell = await result.cell({ row, column, ...(view === undefined ? {} : { view }) }, { signal })
  find()
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
