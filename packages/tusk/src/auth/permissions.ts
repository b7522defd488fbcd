/** The 24 permissions, in their categories. A route names one of them, `authenticated` or `public`. */
export const permissionCategories = {
  Connections: {
    'connections.view': 'See saved connections and their schema.',
    'connections.create': 'Add connections.',
    'connections.edit': 'Change connections.',
    'connections.delete': 'Delete connections.',
    'connections.use': 'Run queries on connections.',
  },
  Queries: {
    'queries.execute': 'Run SQL and look at results.',
    'queries.save': 'Keep drafts and saved queries.',
    'queries.export': 'Export results to files.',
  },
  Admin: {
    'admin.view': 'See the PostgreSQL administration pages.',
    'admin.processes': 'Cancel and terminate sessions of a server.',
    'admin.backup': 'Make and restore backups.',
    'admin.maintenance': 'Run VACUUM, ANALYZE, REINDEX and schedule them.',
    'admin.extensions': 'Install and remove extensions of a server.',
  },
  'Data / ETL': {
    'data.view': 'Browse files and pipelines.',
    'data.transform': 'Edit and run pipelines.',
    'data.export': 'Write files and tables from pipelines.',
    'data.import': 'Upload and download files into Tusk.',
  },
  Cluster: {
    'cluster.view': 'See the cluster.',
    'cluster.submit': 'Run queries on the cluster.',
    'cluster.cancel': 'Cancel jobs of the cluster.',
    'cluster.manage': 'Add and remove executors.',
  },
  System: {
    'system.users': 'Manage people.',
    'system.groups': 'Manage groups and their permissions.',
    'system.settings': 'Change the settings of this Tusk.',
  },
} as const

type Categories = typeof permissionCategories
export type Permission = { [Category in keyof Categories]: keyof Categories[Category] }[keyof Categories]

/** A permission that a plugin brings: `plugin.<id>.<name>`. */
export type PluginPermission = `plugin.${string}.${string}`

/** What a route demands. */
export type RoutePermission = Permission | PluginPermission | 'authenticated' | 'public'

export const permissions = Object.values(permissionCategories).flatMap(category =>
  Object.keys(category),
) as readonly Permission[]
