import { type Permission, permissions } from './permissions.ts'

export interface DefaultGroup {
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
}

/** The groups that `tusk auth init` makes. They are ordinary groups: administrators change and remove them as they like. */
export const defaultGroups: readonly DefaultGroup[] = [
  { name: 'Administrators', description: 'Full access to the system.', permissions },
  {
    name: 'Data Engineers',
    description: 'Full access to data, limited administration.',
    permissions: [
      'connections.view',
      'connections.create',
      'connections.edit',
      'connections.delete',
      'connections.use',
      'queries.execute',
      'queries.save',
      'queries.export',
      'admin.view',
      'data.view',
      'data.transform',
      'data.export',
      'data.import',
      'cluster.view',
      'cluster.submit',
      'cluster.cancel',
    ],
  },
  {
    name: 'Analysts',
    description: 'Query and analyse.',
    permissions: [
      'connections.view',
      'connections.use',
      'queries.execute',
      'queries.save',
      'queries.export',
      'data.view',
      'data.transform',
      'data.export',
      'cluster.view',
      'cluster.submit',
    ],
  },
  {
    name: 'Viewers',
    description: 'Look at what others share.',
    permissions: ['connections.view', 'queries.execute', 'data.view', 'cluster.view'],
  },
]
