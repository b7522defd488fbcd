import '../plugins/http.ts'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { permissions, type RoutePermission } from '../auth/permissions.ts'
import { TuskError } from '../errors.ts'

/** What one route says of itself: a line of the table in docs/permissions.md. */
export interface RouteEntry {
  readonly method: string
  readonly path: string
  readonly permission: RoutePermission
  /** Tokens of programs are refused. */
  readonly forPerson: boolean
  /** Open to somebody who must change their password first. */
  readonly beforePasswordChange: boolean
}

/**
 * What every route must say, checked when it is added: who may call it (R14), and closed schemas for what it takes (R4). Throws
 * otherwise, so Tusk does not start. Returns the growing table of all routes. `more` are permissions that a plugin brings.
 */
export function applyRouteRules(app: FastifyInstance, more: readonly RoutePermission[] = []): readonly RouteEntry[] {
  const routes: RouteEntry[] = []
  const known = new Set<string>([...permissions, 'authenticated', 'public', ...more])
  app.addHook('onRoute', route => {
    const permission = checkedPermission(route, known)
    for (const part of ['body', 'querystring', 'params'] as const) checkClosed(route, part, route.schema?.[part])
    if (/[:*]/.test(route.url) && route.schema?.params === undefined)
      throw refused(route, 'has parameters in its path but no schema for them')
    const { forPerson = false, beforePasswordChange = false } = route.config ?? {}
    // Each GET answers HEAD as well, under the same rule.
    for (const method of [route.method].flat())
      if (method !== 'HEAD') routes.push({ method, path: route.url, permission, forPerson, beforePasswordChange })
  })
  app.addHook('preValidation', async request => {
    if (
      !request.is404 &&
      request.body !== undefined &&
      request.body !== null &&
      request.routeOptions.schema?.body === undefined
    )
      throw new TuskError('BAD_REQUEST', 'This address takes no body.')
  })
  return routes
}

function checkedPermission(route: RouteOptions, known: ReadonlySet<string>): RoutePermission {
  const permission = route.config?.permission
  if (permission === undefined)
    throw refused(
      route,
      'names no permission; add config: { permission } (one of auth/permissions.ts, authenticated or public)',
    )
  if (!known.has(permission)) throw refused(route, `names the permission “${permission}”, which does not exist`)
  return permission
}

function checkClosed(route: RouteOptions, part: string, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || schema.type !== 'object') return
  if (!('additionalProperties' in schema) || schema.additionalProperties !== false)
    throw refused(route, `has a schema for its ${part} that is open; add additionalProperties: false`)
}

function refused(route: RouteOptions, why: string): TuskError {
  return new TuskError('PLUGIN_FAILED', `The route ${[route.method].flat().join(', ')} ${route.url} ${why}.`)
}
