import '../plugins/http.ts'
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify'

/**
 * The description of the whole API at `/api/openapi.json`, drawn from the routes' schemas, and a page to read it at `/api/docs`. Call it
 * before the routes are added. The generator is loaded when somebody first asks, not at the start.
 */
export function describeApi(app: FastifyInstance, version: string, plugins: () => readonly PluginRoutes[]): void {
  const routes: RouteOptions[] = []
  let known: { readonly of: string; readonly document: Promise<object> } | undefined
  const described = (): Promise<object> => {
    // Plugins come and go while Tusk runs.
    const running = plugins()
    const of = running.map(({ id, version: own, routes: list }) => `${id} ${own} ${list.length}`).join('\n')
    if (known?.of !== of) known = { of, document: generate([...routes, ...running.flatMap(tagged)], version) }
    return known.document
  }
  app.addHook('onRoute', route => {
    if (route.method !== 'HEAD') routes.push(route)
  })
  const config = { permission: 'authenticated' } as const
  app.get('/api/openapi.json', { config, schema: { tags: ['api'], summary: 'This description' } }, described)
  app.get('/api/docs', { config, schema: { hide: true } }, async (_request, reply) =>
    reply.page('api-docs.html', { title: 'API', operations: operations(await described()) }),
  )
}

/** Routes of a plugin that runs. */
export interface PluginRoutes {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly routes: readonly RouteOptions[]
}

/** They stand together under the plugin's name, whatever tags they have. */
function tagged({ name, routes }: PluginRoutes): RouteOptions[] {
  return routes.map(route => ({ ...route, schema: { ...route.schema, tags: [`plugin ${name}`] } }))
}

/** An application that never listens, with the same routes: the generator hears of each as it is added. */
async function generate(routes: readonly RouteOptions[], version: string): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = fastify({ exposeHeadRoutes: false })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tusk', version, description: 'Everything the pages do, a program can do too.' },
    },
    transform: ({ schema, url, route }) => ({
      url,
      schema: { ...schema, 'x-permission': route.config?.permission } as typeof schema,
    }),
  })
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  for (const { method, url, schema, config } of routes)
    app.route({
      method,
      url,
      ...(schema === undefined ? {} : { schema }),
      ...(config === undefined ? {} : { config }),
      handler: () => undefined,
    })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return document
}

export interface Operation {
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly permission: string
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly type: string
    readonly required: boolean
  }[]
  readonly body: string
}

type Json = Readonly<Record<string, unknown>>

function operations(document: object): readonly Operation[] {
  const paths = ((document as Json).paths ?? {}) as Readonly<Record<string, Readonly<Record<string, Json>>>>
  return Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method !== 'head')
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          path,
          summary: String(operation.summary ?? ''),
          tag: String((operation.tags as readonly string[] | undefined)?.[0] ?? 'other'),
          permission: String(operation['x-permission'] ?? ''),
          parameters: ((operation.parameters ?? []) as readonly Json[]).map(parameter => ({
            name: String(parameter.name),
            in: String(parameter.in),
            type: typeName((parameter.schema ?? {}) as Json),
            required: parameter.required === true,
          })),
          body: bodyText(operation),
        })),
    )
    .sort((a, b) => compare(a.tag, b.tag) || compare(a.path, b.path) || compare(a.method, b.method))
}

function bodyText(operation: Json): string {
  const content = ((operation.requestBody as Json | undefined)?.content ?? {}) as Readonly<Record<string, Json>>
  const schema = content['application/json']?.schema
  return schema === undefined ? '' : JSON.stringify(schema, undefined, 2)
}

function typeName(schema: Json): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ')
  const alternatives = (schema.anyOf ?? schema.oneOf) as readonly Json[] | undefined
  if (alternatives !== undefined) return alternatives.map(typeName).join(' | ')
  return String(schema.type ?? 'any')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
