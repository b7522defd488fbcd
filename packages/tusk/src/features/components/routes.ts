import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../plugins/route-schema.ts'

const config = { permission: 'authenticated' } as const
const closed = { additionalProperties: false }
const schema = { hide: true } as const

/** Tables that the examples of htmx macros show and search. */
const tables = [
  { name: 'customers', rows: 8_000 },
  { name: 'orders', rows: 100_000 },
  { name: 'order_items', rows: 226_000 },
  { name: 'stores', rows: 60 },
]

/** The gallery, and the addresses that its living examples ask. */
export async function componentRoutes(scope: FastifyInstance): Promise<void> {
  const app = scope.withTypeProvider<TypeBoxTypeProvider>()
  const fragment = 'plugins/components/demo.html'

  app.get('/components', { config, schema }, (_request, reply) =>
    reply.page('plugins/components/gallery.html', { title: 'Components' }),
  )
  app.get('/components/demo/clock', { config, schema }, (_request, reply) =>
    reply.partial(fragment, { part: 'clock', time: new Date().toISOString() }),
  )
  const order = Type.Object({ sort: Type.Optional(Type.String({ maxLength: 40 })) }, closed)
  for (const part of ['rows', 'sorted'])
    app.get(`/components/demo/${part}`, { config, schema: { hide: true, querystring: order } }, (request, reply) => {
      const { sort = '' } = request.query
      return reply.partial(fragment, { part, tables: inOrder(sort), sort })
    })
  const tab = Type.Object({ name: Type.Optional(Type.String({ maxLength: 40 })) }, closed)
  app.get('/components/demo/tab', { config, schema: { hide: true, querystring: tab } }, (request, reply) =>
    reply.partial(fragment, { part: 'tab', name: request.query.name ?? '' }),
  )
  const search = Type.Object({ q: Type.Optional(Type.String({ maxLength: 100 })) }, closed)
  app.get('/components/demo/search', { config, schema: { hide: true, querystring: search } }, (request, reply) => {
    const wanted = (request.query.q ?? '').toLowerCase()
    return reply.partial(fragment, { part: 'found', tables: tables.filter(({ name }) => name.includes(wanted)) })
  })
  const greet = Type.Object({ person: Type.Optional(Type.String({ maxLength: 100 })) }, closed)
  app.post('/components/demo/greet', { config, schema: { hide: true, body: greet } }, (request, reply) =>
    reply.toast('Sent').partial(fragment, { part: 'greeting', name: request.body.person ?? '' }),
  )
}

/** `-rows`: the biggest first. */
function inOrder(sort: string): typeof tables {
  const sign = sort.startsWith('-') ? -1 : 1
  return tables.toSorted((one, other) =>
    sort.endsWith('rows') ? sign * (one.rows - other.rows) : sign * (one.name < other.name ? -1 : 1),
  )
}
