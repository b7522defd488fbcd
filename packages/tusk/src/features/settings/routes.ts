import '../../plugins/http.ts'
import type { FastifyInstance } from 'fastify'
import type { Tusk } from '../../plugins/tusk.ts'
import { byteText, overview } from './overview.ts'
import { pluginRoutes } from './plugin-routes.ts'
import { preferenceRoutes } from './preference-routes.ts'

export async function settingsRoutes(app: FastifyInstance, tusk: Tusk): Promise<void> {
  app.get('/settings', { config: { permission: 'authenticated' }, schema: { hide: true } }, (request, reply) => {
    // Paths, processes and configuration are for those who run this Tusk; everybody may choose a theme.
    const seen = request.actor.can('system.settings') ? overview(tusk) : undefined
    return reply.page('plugins/settings/settings.html', {
      title: 'Settings',
      overview: seen ?? null,
      single: tusk.auth === undefined,
      ...(seen === undefined
        ? {}
        : {
            memory: byteText(seen.memoryBytes),
            used: byteText(seen.results.bytes),
            quota: byteText(seen.results.quotaBytes),
            plugin_count: tusk.plugins.list().length,
            failed_plugins: tusk.plugins.list().filter(({ state }) => state === 'failed').length,
          }),
    })
  })

  preferenceRoutes(app, tusk)
  await pluginRoutes(app, tusk)

  app.get(
    '/api/settings',
    {
      config: { permission: 'system.settings' },
      schema: { tags: ['settings'], summary: 'Version, processes, space, settings' },
    },
    () => overview(tusk),
  )
}
