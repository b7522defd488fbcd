import { fileURLToPath } from 'node:url'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Logger } from 'pino'
import { TuskError } from '../errors.ts'
import { mayUse } from '../plugins/access.ts'
import type { TuskPlugin } from '../plugins/plugin.ts'
import type { PluginTusk } from '../plugins/tusk.ts'
import { type AppParts, createApp, installParts, proxyTrust } from './app-parts.ts'
import type { PluginRoutes } from './open-api.ts'
import type { RouteEntry } from './route-rules.ts'
import { serveFolder } from './static-files.ts'
import type { Style } from './style.ts'

interface Mounted {
  readonly plugin: TuskPlugin
  readonly app: FastifyInstance
  readonly routes: readonly RouteEntry[]
  readonly described: readonly RouteOptions[]
}

export interface PluginAppsOptions {
  readonly parts: () => AppParts
  readonly style: () => Style
  /** Tusk's own application: its paths are taken. */
  readonly core: FastifyInstance
}

/**
 * An application for each plugin that runs, behind the same gate as Tusk's own: so one that fails is left out, and one can come and go
 * while Tusk runs. Paths that Tusk itself has never reach a plugin.
 */
export class PluginApps {
  readonly #options: PluginAppsOptions
  readonly #mounted = new Map<string, Mounted>()

  constructor(options: PluginAppsOptions) {
    this.#options = options
  }

  /** The application that answers for a path; undefined when no plugin does. */
  find(url: string): FastifyInstance | undefined {
    const path = url.split('?', 1)[0] ?? '/'
    const id = pluginOf(path)
    if (id !== undefined) return this.#mounted.get(id)?.app
    for (const { plugin, app } of this.#mounted.values())
      if (plugin.tab?.href !== undefined && isUnder(path, plugin.tab.href)) return app
    return undefined
  }

  plugins(): readonly TuskPlugin[] {
    return [...this.#mounted.values()].map(({ plugin }) => plugin).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  routes(): readonly RouteEntry[] {
    return [...this.#mounted.values()].flatMap(({ routes }) => routes)
  }

  /** What the description of the API says of them: their API, not their pages. */
  described(): readonly PluginRoutes[] {
    return [...this.#mounted.values()].map(({ plugin: { id, name = id, version = '' }, described }) => ({
      id,
      name,
      version,
      routes: described,
    }))
  }

  /** PLUGIN_FAILED, with the reason, when its templates, its files or its routes break a rule; nothing is left of it then. */
  async mount(plugin: TuskPlugin, tusk: PluginTusk): Promise<AsyncDisposable> {
    this.#checkTab(plugin)
    const parts = this.#options.parts()
    const app = createApp(tusk.log, proxyTrust(parts.trustedProxies))
    // Seen by the renderer and the style sheet from here on, so that problems of its templates are found.
    const described: RouteOptions[] = []
    const mounted: {
      plugin: TuskPlugin
      app: FastifyInstance
      routes: readonly RouteEntry[]
      described: RouteOptions[]
    } = { plugin, app, routes: [], described }
    this.#mounted.set(plugin.id, mounted)
    try {
      this.#renew()
      const [problem] = parts.renderer.problems(`plugins/${plugin.id}/`)
      if (problem !== undefined) throw problem
      mounted.routes = await installParts(app, parts, {
        permissions: plugin.permissions ?? [],
        statics: async scope => {
          if (plugin.assets !== undefined)
            await serveFolder(scope, `/static/plugins/${plugin.id}`, fileURLToPath(plugin.assets))
        },
      })
      askPlugin(app, plugin)
      stayInside(app, plugin)
      app.addHook('onRoute', route => {
        if (route.method !== 'HEAD' && isUnder(route.url, `/api/plugins/${plugin.id}`)) described.push(route)
      })
      await app.register(async scope => {
        await plugin.routes?.(scope, tusk)
      })
      await app.ready()
    } catch (error) {
      await this.#unmount(plugin.id, mounted)
      throw error
    }
    return { [Symbol.asyncDispose]: () => this.#unmount(plugin.id, mounted) }
  }

  async #unmount(id: string, mounted: Mounted): Promise<void> {
    if (this.#mounted.get(id) === mounted) this.#mounted.delete(id)
    this.#renew()
    await mounted.app.close()
  }

  #renew(): void {
    this.#options.parts().renderer.renew()
    this.#options.style().renew()
  }

  #checkTab({ tab }: TuskPlugin): void {
    if (tab?.href === undefined) return
    const { href } = tab
    if (!/^(\/[a-z0-9][a-z0-9_-]*)+$/.test(href))
      throw new TuskError('PLUGIN_FAILED', `“${href}” is no address for a tab.`, {
        hint: 'As /name, in small letters.',
      })
    const first = `/${href.split('/')[1]}`
    const taken =
      ['/api', '/static', '/p'].includes(first) ||
      this.#options.core.hasRoute({ method: 'GET', url: href }) ||
      this.#options.core.hasRoute({ method: 'GET', url: first })
    if (taken && pluginOf(href) === undefined)
      throw new TuskError('PLUGIN_FAILED', `The address ${href} is Tusk's own.`, {
        hint: 'Give the tab another address.',
      })
    for (const { plugin } of this.#mounted.values())
      if (plugin.tab?.href !== undefined && (isUnder(href, plugin.tab.href) || isUnder(plugin.tab.href, href)))
        throw new TuskError('PLUGIN_FAILED', `The address ${href} belongs to the plugin “${plugin.id}”.`)
  }
}

/** What the whole plugin needs, on top of each route's own permission; files are for everybody, as Tusk's own are. */
function askPlugin(app: FastifyInstance, plugin: TuskPlugin): void {
  if (plugin.permission === undefined && plugin.checkAccess === undefined) return
  app.addHook('onRequest', async request => {
    if (request.is404 || request.routeOptions.config.permission === 'public') return
    if (!(await mayUse(plugin, request.actor, request.log as Logger)))
      throw new TuskError('NOT_PERMITTED', undefined, {
        detail: `The plugin ${plugin.name ?? plugin.id} is not for you.`,
      })
  })
}

/** A plugin answers under its own addresses only. */
function stayInside(app: FastifyInstance, { id, tab }: TuskPlugin): void {
  const own = [`/p/${id}`, `/api/plugins/${id}`, ...(tab?.href === undefined ? [] : [tab.href])]
  app.addHook('onRoute', ({ url, method }) => {
    if (!own.some(prefix => isUnder(url, prefix)))
      throw new TuskError(
        'PLUGIN_FAILED',
        `The route ${[method].flat().join(', ')} ${url} is not the plugin's to have.`,
        {
          hint: `Its addresses begin with ${own.join(' or ')}.`,
        },
      )
  })
}

function pluginOf(path: string): string | undefined {
  return /^\/(?:p|api\/plugins|static\/plugins)\/([a-z][a-z0-9-]*)(?:\/|$)/.exec(path)?.[1]
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}
