import '../../plugins/http.ts'
import type { FastifyInstance } from 'fastify'
import type { Tusk } from '../../plugins/tusk.ts'
import { auditRoutes } from './audit-routes.ts'
import { directoryRoutes } from './directory-routes.ts'
import { groupRoutes } from './group-routes.ts'
import { peopleRoutes } from './people-routes.ts'
import { profileRoutes } from './profile-routes.ts'
import { signInRoutes, statusRoute } from './sign-in-routes.ts'
import { tokenRoutes } from './token-routes.ts'

export async function usersRoutes(app: FastifyInstance, tusk: Tusk): Promise<void> {
  statusRoute(app, tusk.auth)
  if (tusk.auth === undefined) return
  signInRoutes(app, tusk.auth, tusk)
  profileRoutes(app, tusk.auth, tusk.connections)
  tokenRoutes(app, tusk.auth, tusk)
  peopleRoutes(app, tusk.auth)
  directoryRoutes(app, tusk.auth, tusk)
  groupRoutes(app, tusk.auth, tusk)
  auditRoutes(app, tusk.auth)
}
