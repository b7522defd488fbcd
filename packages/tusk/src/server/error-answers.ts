import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { TuskError } from '../errors.ts'
import { answerKind } from './edge.ts'
import type { Renderer } from './render.ts'
import { setSecurityHeaders } from './security-headers.ts'
import { InvalidRequest } from './validation.ts'

/** Every failure leaves here: JSON for programs, a partial for htmx, a page for people. What is our fault is logged, not shown. */
export function answerErrors(app: FastifyInstance, { renderer, signInPage, passwordPage }: ErrorAnswerOptions): void {
  app.setErrorHandler(async (error: unknown, request, reply) => {
    const known = toTuskError(error, request)
    const status = clientStatus(error) ?? known.status
    if (status >= 500 && known.code === 'INTERNAL') request.log.error({ err: error }, 'a request failed')
    else request.log.debug({ code: known.code, reason: known.message }, 'a request was refused')
    return answer(reply, request, known, status)
  })
  app.setNotFoundHandler(async (request, reply) =>
    answer(reply, request, new TuskError('NOT_FOUND', 'There is nothing at this address.'), 404),
  )

  async function answer(
    reply: FastifyReply,
    request: FastifyRequest,
    error: TuskError,
    status: number,
  ): Promise<FastifyReply> {
    reply.code(status)
    // A file that was announced is not coming: drop what was said about it.
    for (const header of ['Content-Disposition', 'Content-Length', 'Content-Encoding', 'ETag', 'Last-Modified'])
      reply.removeHeader(header)
    setSecurityHeaders(reply, request.nonce)
    const kind = answerKind(request)
    const door =
      error.code === 'NOT_AUTHENTICATED'
        ? signInPage
        : error.code === 'PASSWORD_CHANGE_REQUIRED'
          ? passwordPage
          : undefined
    if (door !== undefined && kind !== 'json') return leadTo(reply, request, door)
    if (kind === 'json') return reply.type('application/json; charset=utf-8').send({ error: error.toJSON() })
    const context = { error: error.toJSON(), status }
    // A page for strangers has no shell: who they are is not known.
    if (kind === 'page' && (status === 421 || error.code === 'CROSS_SITE' || error.code === 'NOT_AUTHENTICATED'))
      return reply.type('text/html; charset=utf-8').send(renderer.render('stranger.html', context))
    return kind === 'partial' ? reply.partial('error-partial.html', context) : reply.page('error.html', context)
  }
}

interface ErrorAnswerOptions {
  readonly renderer: Renderer
  readonly signInPage?: string
  readonly passwordPage?: string
}

/** To where somebody can become who they must be, and from there back to what they wanted. */
function leadTo(reply: FastifyReply, request: FastifyRequest, door: string): FastifyReply {
  if (request.headers['hx-request'] === 'true') {
    // A page that knows what to do about it keeps what was typed.
    const stays = request.headers['tusk-person'] !== undefined && reply.hasHeader('Tusk-Session')
    return (stays ? reply.header('HX-Reswap', 'none') : reply.header('HX-Redirect', door)).send('')
  }
  const wanted = request.method === 'GET' && request.url !== '/' ? `?next=${encodeURIComponent(request.url)}` : ''
  return reply.redirect(door + wanted, 303)
}

function toTuskError(error: unknown, request: FastifyRequest): TuskError {
  if (error instanceof TuskError && error.code !== 'INTERNAL') return error
  if (error instanceof InvalidRequest) return new TuskError('BAD_REQUEST', error.message)
  const status = clientStatus(error)
  if (status === 413) return new TuskError('TOO_LARGE')
  if (status !== undefined) return new TuskError('BAD_REQUEST', (error as FastifyError).message)
  return new TuskError('INTERNAL', undefined, {
    detail: `The log has it under ${request.id}.`,
    hint: 'Try again; if it stays, look into the log of Tusk.',
    cause: error,
  })
}

/** The 4xx that Fastify itself found (no JSON, too large, unknown media type). */
function clientStatus(error: unknown): number | undefined {
  if (error instanceof TuskError || error instanceof InvalidRequest) return undefined
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return undefined
  const { statusCode, code } = error
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  return String(code).startsWith('FST_ERR_') || String(code).startsWith('ERR_') ? statusCode : undefined
}
