import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { TuskError } from '../errors.ts'
import { requestLifetime } from './lifetime.ts'

export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

export interface EventStreamOptions {
  readonly heartbeatMs: number
  /** Asked at each heartbeat and at each change of rights; false ends the stream (a right was taken away). */
  readonly stillAllowed: () => boolean | Promise<boolean>
  readonly onRightsChange?: (listener: () => void) => Disposable
  /** Aborts when the server stops. */
  readonly closing: AbortSignal
}

/**
 * Server-sent events from an async iterable (R36). Ends when it ends, when the client leaves or when the server stops; the
 * iterable's signal is aborted then. A source that fails becomes an `error` event. The browser reconnects by itself after
 * anything but its own close, and a source starts with the whole state, so no event can be missed.
 */
export function sendEvents(
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
  options: EventStreamOptions,
): FastifyReply {
  const done = new AbortController()
  const signal = AbortSignal.any([requestLifetime(reply), options.closing, done.signal])
  const stream = new PassThrough()
  const write = (text: string): boolean => !stream.writableEnded && !stream.destroyed && stream.write(text)
  const askAgain = async (): Promise<boolean> => {
    try {
      if (await options.stillAllowed()) return true
      done.abort(new TuskError('NOT_PERMITTED'))
    } catch (error) {
      done.abort(error)
    }
    return false
  }
  const heartbeat = setInterval(async () => {
    if (await askAgain()) write(': still here\n\n')
  }, options.heartbeatMs).unref()
  const rights = options.onRightsChange?.(() => void askAgain())
  signal.addEventListener('abort', () => stream.end(), { once: true })
  stream.once('close', () => done.abort(new TuskError('QUERY_CANCELLED', 'The client left.')))
  void pump().finally(() => {
    clearInterval(heartbeat)
    rights?.[Symbol.dispose]()
    stream.end()
  })
  return reply.type('text/event-stream; charset=utf-8').header('X-Accel-Buffering', 'no').send(stream)

  async function pump(): Promise<void> {
    write('retry: 1000\n\n')
    let id = 0
    try {
      for await (const { event, data } of source(signal)) {
        if (signal.aborted) return
        if (!write(frame(++id, event, data))) await drained()
      }
    } catch (error) {
      if (signal.aborted) return
      const known = TuskError.from(error)
      reply.log.error({ err: error }, 'an event stream failed')
      write(frame(++id, 'error', known.code === 'INTERNAL' ? new TuskError('INTERNAL') : known))
    }
  }

  /** Waits until the client has taken what was written: a slow one slows its source, it does not fill our memory. */
  async function drained(): Promise<void> {
    if (stream.writableNeedDrain) await once(stream, 'drain', { signal })
  }
}

function frame(id: number, event: string, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
