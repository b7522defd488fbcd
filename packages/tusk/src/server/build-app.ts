import '../plugins/http.ts'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { localActor } from '../auth/actor.ts'
import { TuskError } from '../errors.ts'
import type { TuskPlugin } from '../plugins/plugin.ts'
import { pluginTusk } from '../plugins/plugin-tusk.ts'
import { Type } from '../plugins/route-schema.ts'
import { AccessToken } from './access-token.ts'
import { type AppParts, createApp, installParts, proxyTrust } from './app-parts.ts'
import type { Edge } from './edge.ts'
import { describeApi } from './open-api.ts'
import { PluginApps } from './plugin-apps.ts'
import { createRenderer, type TemplateSource } from './render.ts'
import type { RouteEntry } from './route-rules.ts'
import { fixedHeaders } from './security-headers.ts'
import type { ServerOptions } from './server-options.ts'
import { createShell } from './shell.ts'
import { serveStaticFiles } from './static-files.ts'
import { createStyle } from './style.ts'
import { createWebBuild, webBuildFolder } from './web-build.ts'
import { webManifestRoutes } from './web-manifest.ts'

const uiFolder = fileURLToPath(new URL('../ui/', import.meta.url))

/** The application with all its routes, not yet listening. Throws when a feature breaks a rule; nothing is left open then. */
export async function buildApp(
  options: ServerOptions,
  { edge, closing }: { readonly edge: Edge; readonly closing: AbortSignal },
): Promise<BuiltApp> {
  checkIds(options.features)
  const app = createApp(options.log, {
    requestTimeout: 120_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseUnreadable,
    ...proxyTrust(options.trustedProxies ?? []),
  })
  app.server.headersTimeout = 30_000
  try {
    return { app, ...(await fill(app, options, edge, closing)) }
  } catch (error) {
    await app.close()
    throw error
  }
}

export interface BuiltApp {
  readonly app: FastifyInstance
  readonly routes: readonly RouteEntry[]
  readonly plugins: PluginApps
}

async function fill(
  app: FastifyInstance,
  options: ServerOptions,
  edge: Edge,
  closing: AbortSignal,
): Promise<Omit<BuiltApp, 'app'>> {
  const { tusk, features, log, assets = {} } = options
  const { cacheDirectory = tusk.stateFile('cache'), webBuild = webBuildFolder, watch = false } = assets
  const accessToken = options.accessToken === undefined ? undefined : new AccessToken(options.accessToken)
  const authenticate =
    options.authenticate ?? (accessToken === undefined ? () => localActor : accessToken.authenticate.bind(accessToken))

  const plugins = new PluginApps({ core: app, parts: () => parts, style: () => style })
  const renderer = createRenderer(
    () => [
      { folder: join(uiFolder, 'templates'), prefix: '' },
      { folder: join(uiFolder, 'components'), prefix: 'components/' },
      ...templatesOf(features),
      ...templatesOf(plugins.plugins()).map(source => ({ ...source, outside: true })),
    ],
    { watch },
  )
  const style = createStyle({
    sources: () => [uiFolder, ...features.flatMap(classSources), ...plugins.plugins().flatMap(classSources)],
    cacheDirectory,
    watch,
  })
  const shell = createShell({
    renderer,
    style,
    webBuild: createWebBuild(webBuild),
    features,
    plugins: () => plugins.plugins(),
    version: tusk.version,
    theme: options.theme ?? 'dark',
    editorFontSize: options.editorFontSize ?? 13,
    signInPage: options.signInPage ?? (accessToken === undefined ? undefined : '/access'),
    ...(tusk.preferences === undefined ? {} : { preferences: tusk.preferences }),
  })
  const parts: AppParts = {
    log,
    edge,
    authenticate,
    renderer,
    shell,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    trustedProxies: options.trustedProxies ?? [],
    ...(options.signInPage === undefined ? {} : { signInPage: options.signInPage }),
    ...(options.passwordPage === undefined ? {} : { passwordPage: options.passwordPage }),
    ...(options.onRightsChange === undefined ? {} : { onRightsChange: options.onRightsChange }),
    ...(options.onDenied === undefined ? {} : { onDenied: options.onDenied }),
    closing,
  }
  // Compiling goes on beside the rest of the start; the first page waits for it.
  style.current().catch((error: unknown) => log.error({ err: error }, 'the style sheet could not be compiled'))

  // What Tusk itself does not answer may be a plugin's: its application has the same gate, and answers from here on.
  app.addHook('onRequest', async (request, reply) => {
    const plugin = request.is404 ? plugins.find(request.url) : undefined
    if (plugin === undefined) return
    reply.hijack()
    plugin.routing(request.raw, reply.raw)
  })
  const routes = await installParts(app, parts, {
    statics: scope => serveStaticFiles(scope, { webBuild, style, features }),
  })
  const [problem] = renderer.problems('')
  if (problem !== undefined) throw problem

  describeApi(app, tusk.version, () => plugins.described())
  healthRoute(app, tusk.version)
  webManifestRoutes(app)
  accessToken?.routes(app)
  for (const feature of features)
    await app.register(async scope => {
      await feature.routes?.(scope, (options.tuskOf ?? (one => pluginTusk(tusk, one)))(feature))
    })
  await app.ready()
  return { routes, plugins }
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

function templatesOf(plugins: readonly TuskPlugin[]): TemplateSource[] {
  return plugins.flatMap(({ id, templates }) =>
    templates === undefined ? [] : [{ folder: fileURLToPath(templates), prefix: `plugins/${id}/` }],
  )
}

/** Where a feature's class names stand: its templates, the `web` folder beside them, and its files for browsers. */
function classSources({ templates, assets }: TuskPlugin): string[] {
  return [
    ...(templates === undefined ? [] : [fileURLToPath(templates), fileURLToPath(new URL('../web/', templates))]),
    ...(assets === undefined ? [] : [fileURLToPath(assets)]),
  ]
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
