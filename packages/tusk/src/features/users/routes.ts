import '../../plugins/http.ts'
import type { FastifyInstance } from 'fastify'
import type { Tusk } from '../../plugins/tusk.ts'
import { profileRoutes } from './profile-routes.ts'
import { signInRoutes, statusRoute } from './sign-in-routes.ts'

export async function usersRoutes(app: FastifyInstance, tusk: Tusk): Promise<void> {
  statusRoute(app, tusk.auth)
  if (tusk.auth === undefined) return
  signInRoutes(app, tusk.auth, tusk)
  profileRoutes(app, tusk.auth)
}
