import '../plugins/http.ts'
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify'
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

/** Who asks; undefined: nobody known. `quiet`: a look that is no sign of life of a session. */
export type Authenticate = (
  request: FastifyRequest,
  options?: { readonly quiet?: boolean },
) => Actor | undefined | Promise<Actor | undefined>

/** Told of somebody who was refused for want of a permission, and of the route as it is registered. */
export type OnDenied = (actor: Actor, route: string, permission: string) => void

/**
 * The one door: every request, for whatever there is or is not, gets its security headers, passes the edge, is given its actor, and
 * must hold the permission that its route names. Installed before anything else.
 */
export function installGate(app: FastifyInstance, edge: Edge, authenticate: Authenticate, onDenied?: OnDenied): void {
  app.decorateRequest('nonce', '')
  app.decorateRequest('actor')
  app.addHook('onRequest', async (request, reply) => {
    request.nonce = createNonce()
    setSecurityHeaders(reply, request.nonce)
    request.actor = nobody
    edge.check(request)
    const actor = await authenticate(request)
    if (actor !== undefined) request.actor = actor
    const config = request.is404 ? nothing : request.routeOptions.config
    const isMeant = isFor(actor, request)
    if (isMeant && mayCall(actor, config)) return
    if (config.permission === 'public') return
    if (actor === undefined || !isMeant) {
      reply.header('Tusk-Session', actor === undefined ? 'ended' : 'other')
      throw new TuskError('NOT_AUTHENTICATED')
    }
    if (actor.signedIn?.mustChangePassword === true) throw new TuskError('PASSWORD_CHANGE_REQUIRED')
    if (config.forPerson === true && actor.signedIn?.via === 'token')
      throw new TuskError('NOT_PERMITTED', undefined, { detail: 'A token cannot do this; it needs the person.' })
    onDenied?.(actor, `${request.method} ${request.routeOptions.url ?? ''}`, String(config.permission))
    throw new TuskError('NOT_PERMITTED', undefined, { detail: `This needs the permission ${config.permission}.` })
  })
}

/** Pages say for whom they were made: what one person left open is not done in the name of the next who signs in there. */
function isFor(actor: Actor | undefined, request: FastifyRequest): boolean {
  const person = request.headers['tusk-person']
  return person === undefined || actor === undefined || actor.id === person
}

type AccessConfig = Pick<FastifyContextConfig, 'permission' | 'forPerson' | 'beforePasswordChange'>

const nothing: AccessConfig = { permission: 'public' }

/** Whether somebody may call a route that says so of itself. */
export function mayCall(actor: Actor | undefined, config: AccessConfig): boolean {
  if (config.permission === 'public') return true
  if (actor?.signedIn?.mustChangePassword === true && config.beforePasswordChange !== true) return false
  if (config.forPerson === true && actor?.signedIn?.via === 'token') return false
  return isAllowed(actor, config.permission)
}

/** Whether somebody may do what asks for `permission`; a route that names none is for nobody. */
export function isAllowed(actor: Actor | undefined, permission: RoutePermission | undefined): boolean {
  if (permission === 'public') return true
  if (actor === undefined || permission === undefined) return false
  return permission === 'authenticated' || actor.can(permission)
}

/** Who asks while nobody is known: may do nothing. */
export const nobody: Actor = { id: 'nobody', name: 'nobody', can: () => false }
