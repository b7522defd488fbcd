import type { TuskPlugin } from '../../plugins/plugin.ts'

/**
 * The audit log as a table of DuckDB: `SELECT * FROM plugin_audit.log`, for who may see it on its page. A host reads auth.db, read-only, when a
 * statement names it.
 */
export const auditFeature: TuskPlugin = {
  id: 'audit',
  name: 'Audit',
  description: 'The audit log as a table that SQL can query.',
  checkAccess: actor => actor.signedIn !== undefined && actor.can('system.users'),
  datasets: [
    {
      name: 'log',
      table: 'audit',
      description: 'Who did what, from where: at (UTC), actor_name, address, action, target, outcome, details (JSON).',
    },
  ],
}
