import type { FastifyInstance, PluginTusk } from 'tuskdata/plugin'
import { apiRoutes } from './api.ts'
import { pageRoutes } from './pages.ts'

export async function routes(app: FastifyInstance, tusk: PluginTusk): Promise<void> {
  pageRoutes(app, tusk)
  apiRoutes(app, tusk)
}
