import '../plugins/http.ts'
import { randomBytes } from 'node:crypto'
import fastify, {
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  LogController,
  type RawServerDefault,
} from 'fastify'
import type { Logger } from 'pino'
import type { PermissionDescription } from '../plugins/plugin.ts'
import type { Edge } from './edge.ts'
import { answerErrors } from './error-answers.ts'
import { acceptForms } from './form-bodies.ts'
import { type Authenticate, installGate, type OnDenied } from './gate.ts'
import { installHtmxAnswers } from './htmx-answers.ts'
import type { Renderer } from './render.ts'
import { installReplyTools } from './reply-tools.ts'
import { applyRouteRules, type RouteEntry } from './route-rules.ts'
import type { Shell } from './shell.ts'
import { useValidation } from './validation.ts'

/** What every application of this server has in common: Tusk's own, and one for each plugin. */
export interface AppParts {
  readonly log: Logger
  readonly edge: Edge
  readonly authenticate: Authenticate
  readonly renderer: Renderer
  readonly shell: Shell
  readonly heartbeatMs: number
  readonly signInPage?: string
  readonly passwordPage?: string
  readonly onRightsChange?: (listener: () => void) => Disposable
  readonly onDenied?: OnDenied
  readonly trustedProxies: readonly string[]
  /** Aborts when the server stops. */
  readonly closing: AbortSignal
}

/** An application without routes. Nothing else may be added to it before `installParts`. */
export function createApp(log: Logger, options: FastifyHttpOptions<RawServerDefault> = {}): FastifyInstance {
  return fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomBytes(6).toString('hex'),
    trustProxy: false,
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
    ...options,
  })
}

/** Headers of a proxy are believed when they come from one of these addresses, and from nobody else. */
export function proxyTrust(addresses: readonly string[]): FastifyHttpOptions<RawServerDefault> {
  return addresses.length === 0 ? {} : { trustProxy: [...addresses] }
}

/**
 * The gate, the rules for routes, parsing, validation, errors and the tools of a reply, in the order that they need. `statics` runs in a
 * scope of its own before the tools are there: the library it uses brings a reply.download of another meaning.
 */
export async function installParts(
  app: FastifyInstance,
  parts: AppParts,
  options: {
    readonly statics: (scope: FastifyInstance) => Promise<void>
    readonly permissions?: readonly PermissionDescription[]
  },
): Promise<readonly RouteEntry[]> {
  const { edge, authenticate } = parts
  installGate(app, edge, authenticate, parts.onDenied)
  const routes = applyRouteRules(
    app,
    options.permissions?.map(({ permission }) => permission),
  )
  app.removeContentTypeParser('text/plain')
  acceptForms(app)
  useValidation(app)
  answerErrors(app, parts) // before any scope is opened: a scope keeps the handler it was born with
  await app.register(options.statics)
  installReplyTools(app, parts)
  installHtmxAnswers(app)
  app.addHook('onResponse', async (request, reply) => {
    // The route, not the address: values in queries and paths are nobody's business.
    const { method, url = '(none)' } = request.routeOptions
    request.log.debug({ method, route: url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  return routes
}
