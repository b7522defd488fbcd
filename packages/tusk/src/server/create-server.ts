import '../plugins/http.ts'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import { type Actor, localActor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import type { Tusk, TuskPlugin } from '../plugins/plugin.ts'
import { AccessToken } from './access-token.ts'
import { type DownloadFile, sendDownload } from './download.ts'
import { Edge, inUrl, isLoopback } from './edge.ts'
import { answerErrors } from './error-answers.ts'
import { sendEvents } from './events.ts'
import { requestLifetime } from './lifetime.ts'
import { apiRoutes, describeApi } from './open-api.ts'
import { createRenderer } from './render.ts'
import { applyRouteRules, type RouteEntry } from './route-rules.ts'
import { createNonce, fixedHeaders, setSecurityHeaders } from './security-headers.ts'
import { createShell } from './shell.ts'
import { serveStaticFiles } from './static-files.ts'
import { createStyle } from './style.ts'
import { useValidation } from './validation.ts'
import { createWebBuild, webBuildFolder } from './web-build.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the Content-Security-Policy of this answer. */
    nonce: string
  }
}

export interface ServerOptions {
  readonly tusk: Tusk
  readonly features: readonly TuskPlugin[]
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  /** More names that Tusk is reached under (`--allowed-host`). */
  readonly allowedHosts?: readonly string[]
  /** Needed for an address that other machines can reach (R1). */
  readonly accessToken?: string
  /** Who asks; absent in single mode, where it is always the local person. Undefined: nobody known. */
  readonly authenticate?: (request: FastifyRequest) => Actor | undefined | Promise<Actor | undefined>
  readonly log: Logger
  readonly assets?: AssetOptions
  readonly theme?: 'dark' | 'light' | 'system'
  readonly heartbeatMs?: number
}

export interface AssetOptions {
  /** Where compiled style sheets are kept; default `cache` in the state directory. */
  readonly cacheDirectory?: string
  /** Where `vite build` put its files. */
  readonly webBuild?: string
  /** Read changed templates and classes anew at each page. */
  readonly watch?: boolean
}

export interface TuskServer extends AsyncDisposable {
  /** `http://127.0.0.1:8000` */
  readonly address: string
  readonly app: FastifyInstance
  /** Every route that the API documentation shows, with its permission. */
  readonly routes: readonly RouteEntry[]
  /** Stops accepting, ends event streams, waits up to 5 s for answers under way, then cuts them. */
  close(): Promise<void>
}

const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url))

/** Builds the web server out of what the features bring, and listens. Throws when a route breaks a rule or the address is not allowed. */
export async function createServer(options: ServerOptions): Promise<TuskServer> {
  const { tusk, features, host, log, assets = {} } = options
  if (!isLoopback(host) && options.accessToken === undefined && options.authenticate === undefined)
    throw new TuskError('CONFIG_INVALID', `Tusk does not listen on ${host} without an access token.`, {
      detail: 'Everybody who reaches this address could run SQL with your connections.',
      hint: 'Listen on 127.0.0.1, or give an access token.',
    })
  checkIds(features)

  const closing = new AbortController()
  const edge = new Edge()
  const accessToken = options.accessToken === undefined ? undefined : new AccessToken(options.accessToken)
  const authenticate =
    options.authenticate ?? (accessToken === undefined ? () => localActor : accessToken.authenticate.bind(accessToken))
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(6).toString('hex'),
    trustProxy: false,
    bodyLimit: 1024 * 1024,
    requestTimeout: 120_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    clientErrorHandler: refuseUnreadable,
  })
  app.server.headersTimeout = 30_000

  app.decorateRequest('nonce', '')
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request, reply) => {
    request.nonce = createNonce()
    setSecurityHeaders(reply, request.nonce)
    request.actor = nobody
    edge.check(request)
    const permission = request.is404 ? 'public' : (request.routeOptions.config.permission ?? 'authenticated')
    const actor = await authenticate(request)
    if (actor !== undefined) request.actor = actor
    if (permission !== 'public') allow(actor, permission)
  })
  const routes = applyRouteRules(app)
  app.removeContentTypeParser('text/plain')
  useValidation(app)

  const renderer = createRenderer(
    [
      { folder: join(uiFolder, 'templates'), prefix: '' },
      { folder: join(uiFolder, 'components'), prefix: 'components/' },
      ...features.flatMap(({ id, templates }) =>
        templates === undefined ? [] : [{ folder: fileURLToPath(templates), prefix: `plugins/${id}/` }],
      ),
    ],
    { watch: assets.watch ?? false },
  )
  const style = createStyle({
    sources: [uiFolder, ...features.flatMap(classSources)],
    cacheDirectory: assets.cacheDirectory ?? tusk.stateFile('cache'),
    watch: assets.watch ?? false,
  })
  const webBuild = assets.webBuild ?? webBuildFolder
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

  app.decorateReply('lifetime', function (deadlineMs) {
    return requestLifetime(this, deadlineMs)
  })
  app.decorateReply('page', function (template, context = {}, pageOptions = {}) {
    return shell.page(this.request, this, template, context, pageOptions)
  })
  app.decorateReply('partial', async function (template, context = {}) {
    return this.type('text/html; charset=utf-8').send(
      renderer.render(template, { ...context, nonce: this.request.nonce }),
    )
  })
  app.decorateReply('events', async function (source) {
    const { request } = this
    const permission = request.routeOptions.config.permission ?? 'authenticated'
    return sendEvents(this, source, {
      heartbeatMs: options.heartbeatMs ?? 15_000,
      closing: closing.signal,
      stillAllowed: async () => isAllowed(await authenticate(request), permission),
    })
  })
  app.decorateReply('download', function (this: FastifyReply, file: DownloadFile) {
    return sendDownload(this, file)
  } as FastifyReply['download'])

  answerErrors(app, renderer)
  app.addHook('onResponse', async (request, reply) => {
    const { method, url = '(none)' } = request.routeOptions
    request.log.debug({ method, route: url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })

  await describeApi(app, tusk.version)
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
    () => ({ status: 'ok' as const, version: tusk.version }),
  )
  accessToken?.routes(app, renderer)
  for (const feature of features)
    if (feature.routes !== undefined)
      await app.register(async scope => {
        await feature.routes?.(scope, tusk)
      })
  apiRoutes(app)

  await app.ready()
  try {
    await app.listen({ host, port: options.port })
  } catch (error) {
    await app.close()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new TuskError('STATE_LOCKED', `Port ${options.port} is in use.`, {
        hint: 'Another Tusk may be running there; choose another with --port, or --port 0 for a free one.',
        cause: error,
      })
    throw error
  }
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  edge.open(host, port, options.allowedHosts ?? [])
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort(new TuskError('QUERY_CANCELLED', 'Tusk is stopping.'))
      const cut = setTimeout(() => app.server.closeAllConnections(), 5_000)
      try {
        await app.close()
      } finally {
        clearTimeout(cut)
      }
    })()
    return closed
  }
  return { address: `http://${inUrl(shown)}:${port}`, app, routes, close, [Symbol.asyncDispose]: close }
}

/** Who asks while nobody is known: may do nothing. */
const nobody: Actor = { id: 'nobody', name: 'nobody', can: () => false }

function isAllowed(actor: Actor | undefined, permission: string): boolean {
  if (permission === 'public') return true
  if (actor === undefined) return false
  return permission === 'authenticated' || actor.can(permission as Parameters<Actor['can']>[0])
}

function allow(actor: Actor | undefined, permission: string): void {
  if (isAllowed(actor, permission)) return
  if (actor === undefined) throw new TuskError('NOT_AUTHENTICATED')
  throw new TuskError('NOT_PERMITTED', undefined, { detail: `This needs the permission ${permission}.` })
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
function refuseUnreadable(
  this: FastifyInstance,
  error: NodeJS.ErrnoException,
  socket: import('node:net').Socket,
): void {
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
