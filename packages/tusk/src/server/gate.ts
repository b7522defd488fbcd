import '../plugins/http.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor } from '../auth/actor.ts'
import type { RoutePermission } from '../auth/permissions.ts'
import { TuskError } from '../errors.ts'
import type { Edge } from './edge.ts'
import { createNonce, setSecurityHeaders } from './security-headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the Content-Security-Policy of this answer. */
    nonce: string
  }
}

export type Authenticate = (request: FastifyRequest) => Actor | undefined | Promise<Actor | undefined>

/**
 * The one door: every request, for whatever there is or is not, gets its security headers, passes the edge, is given its actor, and
 * must hold the permission that its route names. Installed before anything else.
 */
export function installGate(app: FastifyInstance, edge: Edge, authenticate: Authenticate): void {
  app.decorateRequest('nonce', '')
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request, reply) => {
    request.nonce = createNonce()
    setSecurityHeaders(reply, request.nonce)
    request.actor = nobody
    edge.check(request)
    const actor = await authenticate(request)
    if (actor !== undefined) request.actor = actor
    const permission = request.is404 ? 'public' : request.routeOptions.config.permission
    if (isAllowed(actor, permission)) return
    if (actor === undefined) throw new TuskError('NOT_AUTHENTICATED')
    throw new TuskError('NOT_PERMITTED', undefined, { detail: `This needs the permission ${permission}.` })
  })
}

/** Whether somebody may do what asks for `permission`; a route that names none is for nobody. */
export function isAllowed(actor: Actor | undefined, permission: RoutePermission | undefined): boolean {
  if (permission === 'public') return true
  if (actor === undefined || permission === undefined) return false
  return permission === 'authenticated' || actor.can(permission)
}

/** Who asks while nobody is known: may do nothing. */
const nobody: Actor = { id: 'nobody', name: 'nobody', can: () => false }
