import { TuskError } from '../errors.ts'
import { buildApp } from './build-app.ts'
import { Edge, inUrl, isLoopback } from './edge.ts'
import type { ServerOptions, TuskServer } from './server-options.ts'
import { watchSockets } from './watch-sockets.ts'

export type { AssetOptions, ServerOptions, TuskServer } from './server-options.ts'

/** Answers under way get this long when the server stops. */
const CLOSE_MS = 3_000

/** Builds the web server out of what the features bring, and listens. Throws when a route breaks a rule or the address is not allowed. */
export async function createServer(options: ServerOptions): Promise<TuskServer> {
  const { host } = options
  if (!isLoopback(host) && options.accessToken === undefined && options.authenticate === undefined)
    throw new TuskError('CONFIG_INVALID', `Tusk does not listen on ${host} without an access token.`, {
      detail: 'Everybody who reaches this address could run SQL with your connections.',
      hint: 'Listen on 127.0.0.1, or give an access token.',
    })
  const closing = new AbortController()
  const edge = new Edge()
  const { app, routes, plugins } = await buildApp(options, { edge, closing: closing.signal })
  const endQuietSockets = watchSockets(app.server)
  try {
    await app.listen({ host, port: options.port })
  } catch (error) {
    await app.close()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new TuskError('STATE_LOCKED', `Port ${options.port} is in use.`, {
        hint: 'Another Tusk may be running there; choose another with --port, or --port 0 for a free one.',
        cause: error,
      })
    throw error
  }
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port
  edge.open(host, port, options.allowedHosts ?? [])
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host

  // A promise that nobody watched is a bug of ours; it is put on record and ends nobody's work.
  const unhandled = (reason: unknown): void => options.log.error({ err: reason }, 'a failure that nobody handled')
  process.on('unhandledRejection', unhandled)

  let closed: Promise<void> | undefined
  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort(new TuskError('QUERY_CANCELLED', 'Tusk is stopping.'))
      const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS)
      endQuietSockets()
      try {
        await app.close()
      } finally {
        clearTimeout(cut)
        process.off('unhandledRejection', unhandled)
      }
    })()
    return closed
  }
  return { address: `http://${inUrl(shown)}:${port}`, app, routes, plugins, close, [Symbol.asyncDispose]: close }
}
