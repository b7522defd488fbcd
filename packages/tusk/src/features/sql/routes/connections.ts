import '../../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Auth } from '../../../auth/auth.ts'
import { TuskError } from '../../../errors.ts'
import { Type } from '../../../plugins/route-schema.ts'
import type { Tusk } from '../../../plugins/tusk.ts'
import type { ConnectionInput, SavedConnection } from '../../../query/connections.ts'
import type { WireConnection, WireConnectionTest, WireEngine } from '../../../wire.ts'
import { ById, closed } from './schemas.ts'

const Config = Type.Record(
  Type.String({ maxLength: 100 }),
  Type.Union([Type.String({ maxLength: 10_000 }), Type.Number(), Type.Boolean(), Type.Null()]),
)
const Input = closed({
  name: Type.String({ maxLength: 200 }),
  engine: Type.String({ maxLength: 50 }),
  config: Config,
  color: Type.Optional(Type.String({ maxLength: 30, pattern: '^(|[a-z]+|#[0-9a-fA-F]{6})$' })),
  environment: Type.Optional(Type.String({ maxLength: 24 })),
  readOnly: Type.Optional(Type.Boolean()),
  eachSignsIn: Type.Optional(Type.Boolean()),
  asOwnRole: Type.Optional(Type.Boolean()),
})
const Update = closed({ ...Input.properties, version: Type.Optional(Type.Integer()) })
const Test = closed({
  ...Input.properties,
  name: Type.Optional(Type.String()),
  id: Type.Optional(Type.String({ maxLength: 64 })),
})

/** Saved connections: list, add, change, remove, test; and the engines whose fields draw the form. */
export function connectionRoutes(app: FastifyInstance, tusk: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const shown = (connection: SavedConnection): WireConnection => wire(connection, tusk.auth?.people)

  routes.get(
    '/api/engines',
    {
      config: { permission: 'connections.view' },
      schema: { tags: ['connections'], summary: 'Kinds of databases and their settings' },
    },
    () => ({
      engines: tusk.engines.map(
        ({ id, label, fields, personal }): WireEngine => ({
          id,
          label,
          fields,
          ...(personal === undefined || tusk.auth === undefined ? {} : { signIn: personal.signIn }),
        }),
      ),
    }),
  )

  routes.get(
    '/api/connections',
    {
      config: { permission: 'connections.view' },
      schema: { tags: ['connections'], summary: 'Saved connections, without secrets' },
    },
    request => ({
      connections: tusk.connections.list(request.actor).map(shown),
    }),
  )

  routes.get(
    '/api/connections/:id',
    {
      config: { permission: 'connections.view' },
      schema: { tags: ['connections'], summary: 'One saved connection', params: ById },
    },
    request => shown(tusk.connections.get(request.actor, request.params.id)),
  )

  routes.post(
    '/api/connections',
    {
      config: { permission: 'connections.create' },
      schema: { tags: ['connections'], summary: 'Add a connection', body: Input },
    },
    async (request, reply) =>
      reply.code(201).send(shown(await tusk.connections.create(request.actor, input(request.body)))),
  )

  routes.put(
    '/api/connections/:id',
    {
      config: { permission: 'connections.edit' },
      schema: { tags: ['connections'], summary: 'Change a connection', params: ById, body: Update },
    },
    async request =>
      shown(
        await tusk.connections.update(request.actor, request.params.id, {
          ...input(request.body),
          ...(request.body.version === undefined ? {} : { version: request.body.version }),
        }),
      ),
  )

  routes.delete(
    '/api/connections/:id',
    {
      config: { permission: 'connections.delete' },
      schema: { tags: ['connections'], summary: 'Remove a connection', params: ById },
    },
    async (request, reply) => {
      await tusk.connections.remove(request.actor, request.params.id)
      return reply.code(204).send()
    },
  )

  routes.post(
    '/api/connections/test',
    {
      config: { permission: 'connections.create' },
      schema: { tags: ['connections'], summary: 'Try settings that are not saved yet', body: Test },
    },
    async (request, reply): Promise<WireConnectionTest> => {
      const { id, name, ...values } = request.body
      return testConnection(
        tusk,
        () => tusk.connections.check(request.actor, input({ name: name ?? 'test', ...values }), id),
        reply.lifetime(60_000),
      )
    },
  )

  routes.post(
    '/api/connections/:id/test',
    {
      config: { permission: 'connections.use' },
      schema: { tags: ['connections'], summary: 'Try a saved connection', params: ById },
    },
    async (request, reply): Promise<WireConnectionTest> =>
      testConnection(tusk, () => tusk.connections.resolve(request.actor, request.params.id), reply.lifetime(60_000)),
  )
}

export async function testConnection(
  tusk: Tusk,
  resolve: () => ReturnType<Tusk['connections']['resolve']>,
  signal: AbortSignal,
): Promise<WireConnectionTest> {
  const began = performance.now()
  try {
    const { engine, config } = resolve()
    return { ok: true, ...(await tusk.hosts.testConnection(engine, config, { signal })) }
  } catch (error) {
    const known = TuskError.from(error)
    if (known.code === 'INTERNAL' || known.code === 'NOT_FOUND') throw error
    return { ok: false, milliseconds: Math.round(performance.now() - began), error: known.toJSON() }
  }
}

function input(body: {
  name: string
  engine: string
  config: ConnectionInput['config']
  color?: string | undefined
  environment?: string | undefined
  readOnly?: boolean | undefined
  eachSignsIn?: boolean | undefined
  asOwnRole?: boolean | undefined
}): ConnectionInput {
  return {
    name: body.name,
    engine: body.engine,
    config: body.config,
    ...(body.color === undefined ? {} : { color: body.color }),
    ...(body.environment === undefined ? {} : { environment: body.environment.trim() }),
    ...(body.readOnly === undefined ? {} : { readOnly: body.readOnly }),
    ...(body.eachSignsIn === undefined ? {} : { eachSignsIn: body.eachSignsIn }),
    ...(body.asOwnRole === undefined ? {} : { asOwnRole: body.asOwnRole }),
  }
}

function wire(connection: SavedConnection, people: Auth['people'] | undefined): WireConnection {
  const { owner, ...shown } = connection
  return shown.level === 'own' ? shown : { ...shown, sharedBy: people?.find(owner)?.name ?? '' }
}
