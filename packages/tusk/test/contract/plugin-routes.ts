import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Logger } from 'pino'
import type { RoutePermission } from '../../src/auth/permissions.ts'
import type { TuskPlugin } from '../../src/plugins/plugin.ts'
import type { PluginTusk } from '../../src/plugins/tusk.ts'
import { createApp } from '../../src/server/app-parts.ts'

export interface PluginRoute {
  readonly method: string
  readonly url: string
  readonly permission: RoutePermission | undefined
}

/** Every route that a plugin adds, also those that the API description does not show, and the HEAD beside each GET. */
export async function routesOf(plugin: TuskPlugin, tusk: PluginTusk, log: Logger): Promise<readonly PluginRoute[]> {
  const routes: PluginRoute[] = []
  const app: FastifyInstance = createApp(log)
  try {
    app.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
      for (const one of [method].flat()) routes.push({ method: one, url, permission: config?.permission })
    })
    await app.register(async scope => {
      await plugin.routes?.(scope, tusk)
    })
    await app.ready()
    return routes
  } finally {
    await app.close()
  }
}
