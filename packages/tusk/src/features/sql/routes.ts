import '../../plugins/http.ts'
import type { FastifyInstance } from 'fastify'
import { permissions } from '../../auth/permissions.ts'
import type { Tusk } from '../../plugins/tusk.ts'
import { ConnectionRoles } from './connection-roles.ts'
import { ConnectionSharing } from './connection-sharing.ts'
import { Exports } from './exports.ts'
import { Imports } from './imports/imports.ts'
import { pluginViewers } from './plugin-viewers.ts'
import { QueryLooks } from './query-looks.ts'
import { catalogRoutes } from './routes/catalog.ts'
import { connectionRightRoutes } from './routes/connection-rights.ts'
import { connectionRoutes } from './routes/connections.ts'
import { exportedFileRoutes } from './routes/exported-files.ts'
import { exportRoutes } from './routes/exports.ts'
import { historyRoutes } from './routes/history.ts'
import { importRoutes } from './routes/imports.ts'
import { loadRoutes } from './routes/loads.ts'
import { personalConnectionRoutes } from './routes/personal-connections.ts'
import { queryLookRoutes } from './routes/query-looks.ts'
import { resultDiffRoutes } from './routes/result-diff.ts'
import { resultGroupRoutes } from './routes/result-groups.ts'
import { resultRoutes } from './routes/results.ts'
import { runningRoutes } from './routes/running.ts'
import { runRoutes } from './routes/runs.ts'
import { savedQueryRoutes } from './routes/saved-queries.ts'
import { sharedResultRoutes } from './routes/shared-results.ts'
import { snippetRoutes } from './routes/snippets.ts'
import { tableRoutes } from './routes/tables.ts'
import { tabRoutes } from './routes/tabs.ts'
import { Running } from './running.ts'
import { SavedQueries } from './saved-queries.ts'
import { SharedQueries } from './shared-queries.ts'
import { SharedResults } from './shared-results.ts'
import { Snippets } from './snippets.ts'
import { Tabs } from './tabs.ts'

/** All routes of the studio: its page and the API under it. */
export async function sqlRoutes(app: FastifyInstance, tusk: Tusk): Promise<void> {
  const tabs = new Tabs(tusk.stateFile('studio.db'), tusk.runs)
  const saved = new SavedQueries(tusk.stateFile('queries.db'))
  const looks = new QueryLooks(tusk.stateFile('looks.db'))
  const imports = new Imports(tusk)
  const snippets = new Snippets(tusk.stateFile('snippets.db'))
  app.addHook('onClose', () => {
    imports[Symbol.dispose]()
    tabs[Symbol.dispose]()
    saved[Symbol.dispose]()
    looks[Symbol.dispose]()
    snippets[Symbol.dispose]()
  })

  app.get('/', { config: { permission: 'queries.execute' }, schema: { hide: true } }, ({ actor }, reply) =>
    reply.page('plugins/sql/studio.html', {
      title: 'SQL',
      islands: ['studio'],
      props: {
        viewers: pluginViewers(tusk.plugins.running()),
        permissions: permissions.filter(permission => actor.can(permission)),
        several: tusk.auth !== undefined,
      },
    }),
  )
  const exports = new Exports(tusk)
  connectionRoutes(app, tusk)
  if (tusk.auth !== undefined) {
    const kept = tusk.auth.belongings.add(
      saved.belongings,
      tabs.belongings,
      looks.belongings,
      imports.belongings,
      snippets.belongings,
    )
    app.addHook('onClose', () => kept[Symbol.dispose]())
    personalConnectionRoutes(app, { tusk, roles: new ConnectionRoles(tusk.auth, tusk.connections) })
    connectionRightRoutes(app, new ConnectionSharing(tusk.auth, tusk.connections))
    sharedResultRoutes(app, {
      shared: new SharedResults(tusk.auth, tusk.results),
      shares: tusk.auth.shares,
      compute: tusk.compute,
      exports,
    })
  }
  if (tusk.exportFolders !== undefined) exportedFileRoutes(app, tusk.exportFolders)
  catalogRoutes(app, tusk)
  tableRoutes(app, tusk)
  runRoutes(app, tusk)
  runningRoutes(app, new Running(tusk, exports))
  resultRoutes(app, tusk)
  resultGroupRoutes(app, tusk)
  resultDiffRoutes(app, tusk)
  exportRoutes(app, exports)
  loadRoutes(app, tusk.loads)
  importRoutes(app, imports)
  tabRoutes(app, tabs, saved)
  queryLookRoutes(app, looks)
  savedQueryRoutes(app, saved, tusk.auth === undefined ? undefined : new SharedQueries(tusk.auth, saved))
  historyRoutes(app, tusk)
  snippetRoutes(app, snippets)
}
