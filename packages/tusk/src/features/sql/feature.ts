import type { TuskPlugin } from '../../plugins/plugin.ts'
import { sqlRoutes } from './routes.ts'

/** The studio: connections, schema tree, SQL editor, results, history. */
export const sqlFeature: TuskPlugin = {
  id: 'sql',
  name: 'SQL',
  description: 'Write SQL, run it on any connection, look at what comes back.',
  tab: { label: 'SQL', icon: 'square-terminal', href: '/', order: 10, permission: 'queries.execute' },
  templates: new URL('./templates/', import.meta.url),
  routes: sqlRoutes,
}

/** What goes on at this moment, as a tab of its own; its page is the studio's. */
export const runningFeature: TuskPlugin = {
  id: 'running',
  name: 'Running',
  description: 'Runs, exports and jobs of this moment.',
  tab: { label: 'Running', icon: 'activity', href: '/running', order: 15, permission: 'queries.execute' },
}

/** What people open for each other, as a tab of its own in multi-user mode; its pages are the studio's. */
export const sharedFeature: TuskPlugin = {
  id: 'shared',
  name: 'Shared',
  description: 'Results and queries that people open for each other.',
  tab: { label: 'Shared', icon: 'share-2', href: '/shared', order: 20, permission: 'queries.execute' },
  checkAccess: ({ signedIn }) => signedIn !== undefined,
}
