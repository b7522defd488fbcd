import type { TuskPlugin } from '../../plugins/plugin.ts'
import { settingsRoutes } from './routes.ts'

/** What this Tusk is, uses and is set to. */
export const settingsFeature: TuskPlugin = {
  id: 'settings',
  name: 'Settings',
  description: 'Version, state directory, processes, space for results, configuration and theme.',
  tab: { label: 'Settings', icon: 'settings', href: '/settings', order: 90 },
  templates: new URL('./templates/', import.meta.url),
  routes: settingsRoutes,
}
