import '../plugins/http.ts'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { Type } from 'typebox'
import { localActor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import type { TuskPlugin } from '../plugins/plugin.ts'
import { AccessToken } from './access-token.ts'
import type { Edge } from './edge.ts'
import { answerErrors } from './error-answers.ts'
import { acceptForms } from './form-bodies.ts'
import { installGate } from './gate.ts'
import { describeApi } from './open-api.ts'
import { createRenderer } from './render.ts'
import { installReplyTools } from './reply-tools.ts'
import { applyRouteRules, type RouteEntry } from './route-rules.ts'
import { fixedHeaders } from './security-headers.ts'
import type { ServerOptions } from './server-options.ts'
import { createShell } from './shell.ts'
import { serveStaticFiles } from './static-files.ts'
import { createStyle } from './style.ts'
import { useValidation } from './validation.ts'
import { createWebBuild, webBuildFolder } from './web-build.ts'

const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url))

/** The application with all its routes, not yet listening. Throws when a feature breaks a rule; nothing is left open then. */
export async function buildApp(
  options: ServerOptions,
  { edge, closing }: { readonly edge: Edge; readonly closing: AbortSignal },
): Promise<{ readonly app: FastifyInstance; readonly routes: readonly RouteEntry[] }> {
  checkIds(options.features)
  const app: FastifyInstance = fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(6).toString('hex'),
    trustProxy: false,
    bodyLimit: 1024 * 1024,
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    clientErrorHandler: refuseUnreadable,
  })
  app.server.headersTimeout = 30_000
  try {
    return { app, routes: await fill(app, options, edge, closing) }
  } catch (error) {
    await app.close()
    throw error
  }
}

async function fill(
  app: FastifyInstance,
  options: ServerOptions,
  edge: Edge,
  closing: AbortSignal,
): Promise<readonly RouteEntry[]> {
  const { tusk, features, log, assets = {} } = options
  const { cacheDirectory = tusk.stateFile('cache'), webBuild = webBuildFolder, watch = false } = assets
  const accessToken = options.accessToken === undefined ? undefined : new AccessToken(options.accessToken)
  const authenticate =
    options.authenticate ?? (accessToken === undefined ? () => localActor : accessToken.authenticate.bind(accessToken))

  installGate(app, edge, authenticate)
  const routes = applyRouteRules(app)
  app.removeContentTypeParser('text/plain')
  acceptForms(app)
  useValidation(app)

  const renderer = createRenderer(
    [
      { folder: join(uiFolder, 'templates'), prefix: '' },
      { folder: join(uiFolder, 'components'), prefix: 'components/' },
      ...features.flatMap(({ id, templates }) =>
        templates === undefined ? [] : [{ folder: fileURLToPath(templates), prefix: `plugins/${id}/` }],
      ),
    ],
    { watch },
  )
  answerErrors(app, renderer) // before any scope is opened: a scope keeps the handler it was born with
  const style = createStyle({ sources: [uiFolder, ...features.flatMap(classSources)], cacheDirectory, watch })
  const shell = createShell({
    renderer,
    style,
    webBuild: createWebBuild(webBuild),
    features,
    version: tusk.version,
    theme: options.theme ?? 'dark',
  })
  // Compiling goes on beside the rest of the start; the first page waits for it.
  style.current().catch((error: unknown) => log.error({ err: error }, 'the style sheet could not be compiled'))

  // In a scope of its own and before `download` is ours: the library brings a reply.download of another meaning.
  await app.register(scope => serveStaticFiles(scope, { webBuild, style, features }))
  const heartbeatMs = options.heartbeatMs ?? 15_000
  installReplyTools(app, { shell, renderer, authenticate, heartbeatMs, closing })
  app.addHook('onResponse', async (request, reply) => {
    // The route, not the address: values in queries and paths are nobody's business.
    const { method, url = '(none)' } = request.routeOptions
    request.log.debug({ method, route: url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })

  describeApi(app, tusk.version)
  healthRoute(app, tusk.version)
  accessToken?.routes(app, renderer, style)
  for (const feature of features)
    await app.register(async scope => {
      await feature.routes?.(scope, tusk)
    })
  await app.ready()
  return routes
}

function healthRoute(app: FastifyInstance, version: string): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/health',
    {
      config: { permission: 'public' },
      schema: {
        tags: ['api'],
        summary: 'Whether Tusk is up',
        response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
      },
    },
    () => ({ status: 'ok' as const, version }),
  )
}

function checkIds(features: readonly TuskPlugin[]): void {
  const seen = new Set<string>()
  for (const { id } of features) {
    if (!/^[a-z][a-z0-9-]{1,31}$/.test(id)) throw new TuskError('PLUGIN_FAILED', `“${id}” is no id for a plugin.`)
    if (seen.has(id)) throw new TuskError('PLUGIN_FAILED', `There are two plugins with the id “${id}”.`)
    seen.add(id)
  }
}

/** Where a feature's class names stand: its templates, and the `web` folder beside them. */
function classSources({ templates }: TuskPlugin): string[] {
  if (templates === undefined) return []
  return [fileURLToPath(templates), fileURLToPath(new URL('../web/', templates))]
}

/** Bytes that are no HTTP request never become one, so no hook has seen them. */
function refuseUnreadable(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ error: new TuskError('BAD_REQUEST').toJSON() })
  const headers = { ...fixedHeaders, 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" }
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${Object.entries(
      headers,
    )
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n${body}`,
  )
}
