import type { TuskPlugin } from '../../plugins/plugin.ts'
import { usersRoutes } from './routes.ts'

/** Signing in, one's own profile, and in multi-user mode people, groups and the audit log. */
export const usersFeature: TuskPlugin = {
  id: 'users',
  name: 'Users',
  description: 'Signing in, profiles, people, groups, permissions, audit.',
  tab: { label: 'Users', icon: 'users', href: '/users', order: 80, permission: 'system.users' },
  // In single mode there is nobody to manage.
  checkAccess: ({ signedIn }) => signedIn !== undefined,
  templates: new URL('./templates/', import.meta.url),
  routes: usersRoutes,
}
