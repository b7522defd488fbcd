import '../../../plugins/http.ts'
import type { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from '../../../plugins/route-schema.ts'
import type { Imports } from '../imports/imports.ts'
import { wireResult } from '../result-wire.ts'
import { ById, closed } from './schemas.ts'

const Options = closed({
  delimiter: Type.Optional(Type.String({ maxLength: 4 })),
  quote: Type.Optional(Type.String({ maxLength: 1 })),
  header: Type.Optional(Type.Boolean()),
  encoding: Type.Optional(Type.Enum(['utf-8', 'latin-1', 'utf-16'])),
  nullText: Type.Optional(Type.String({ maxLength: 100 })),
  columns: Type.Optional(
    Type.Array(closed({ name: Type.String({ maxLength: 1_000 }), type: Type.String({ maxLength: 10_000 }) }), {
      maxItems: 20_000,
    }),
  ),
})
const largest = 64 * 2 ** 30

/** Files into results. */
export function importRoutes(app: FastifyInstance, imports: Imports): void {
  const config = { permission: 'data.import' } as const
  const tags = ['imports']
  // A scope of its own: elsewhere a body that is no JSON is refused.
  app.register(async scope => {
    scope.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      '/api/imports',
      {
        config,
        bodyLimit: largest,
        schema: {
          tags,
          summary: 'Upload a file (the body, application/octet-stream): what is in it',
          querystring: closed({ name: Type.String({ minLength: 1, maxLength: 500 }) }),
          // A stream, which nothing looks at but the one that writes it down.
          body: {},
        },
      },
      async ({ actor, query, body }, reply) =>
        reply.code(201).send(await imports.upload(actor, query.name, body as Readable, { signal: reply.lifetime() })),
    )
  })
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const large = { bodyLimit: 16 * 1024 * 1024 }
  routes.post(
    '/api/imports/:id/look',
    { config, ...large, schema: { tags, summary: 'What is in the file, read like this', params: ById, body: Options } },
    ({ actor, params, body }, reply) => imports.describe(actor, params.id, body, { signal: reply.lifetime() }),
  )
  routes.post(
    '/api/imports/:id/read',
    {
      config,
      ...large,
      schema: {
        tags,
        summary: 'The rows as a result, and what did not fit the types as another one',
        params: ById,
        body: Options,
      },
    },
    async ({ actor, params, body }, reply) => {
      const { rows, rejected } = await imports.read(actor, params.id, body, { signal: reply.lifetime() })
      return reply
        .code(201)
        .send({ rows: wireResult(rows), ...(rejected === undefined ? {} : { rejected: wireResult(rejected) }) })
    },
  )
  routes.delete(
    '/api/imports/:id',
    { config, schema: { tags, summary: 'Discard an uploaded file', params: ById } },
    async ({ actor, params }, reply) => {
      await imports.discard(actor, params.id)
      return reply.code(204).send()
    },
  )
}
