import type { TuskPlugin } from '../../plugins/plugin.ts'
import { componentRoutes } from './routes.ts'

/** The gallery of components: for those who write pages of plugins. */
export const componentsFeature: TuskPlugin = {
  id: 'components',
  name: 'Components',
  description: 'What pages are made of: each macro with an example, its source and its parameters.',
  templates: new URL('./templates/', import.meta.url),
  routes: componentRoutes,
}
