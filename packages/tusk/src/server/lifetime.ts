import type { FastifyReply } from 'fastify'
import { TuskError } from '../errors.ts'

/**
 * Aborts when the client leaves before the answer is complete, or when `deadlineMs` have passed (R36). Not `request.signal`: that
 * one fires as soon as the body of a POST was read.
 */
export function requestLifetime(reply: FastifyReply, deadlineMs?: number): AbortSignal {
  const controller = new AbortController()
  const timer =
    deadlineMs === undefined
      ? undefined
      : setTimeout(
          () => controller.abort(new TuskError('QUERY_TIMEOUT', 'The answer took longer than allowed.')),
          deadlineMs,
        ).unref()
  reply.raw.once('close', () => {
    clearTimeout(timer)
    if (!reply.raw.writableFinished) controller.abort(new TuskError('QUERY_CANCELLED', 'The client left.'))
  })
  return controller.signal
}
