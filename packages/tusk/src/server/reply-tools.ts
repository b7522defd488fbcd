import '../plugins/http.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type DownloadFile, sendDownload } from './download.ts'
import { sendEvents } from './events.ts'
import { type Authenticate, mayCall } from './gate.ts'
import { requestLifetime } from './lifetime.ts'
import type { Renderer } from './render.ts'
import type { Shell } from './shell.ts'

export interface ReplyToolOptions {
  readonly shell: Shell
  readonly renderer: Renderer
  readonly authenticate: Authenticate
  readonly heartbeatMs: number
  readonly onRightsChange?: (listener: () => void) => Disposable
  /** Aborts when the server stops. */
  readonly closing: AbortSignal
}

/** Fulfils what plugins/http.ts promises of a reply. */
export function installReplyTools(app: FastifyInstance, options: ReplyToolOptions): void {
  const { shell, renderer, authenticate, heartbeatMs, closing, onRightsChange } = options
  app.decorateReply('lifetime', function (deadlineMs) {
    return requestLifetime(this, deadlineMs)
  })
  app.decorateReply('page', function (template, context = {}, pageOptions = {}) {
    return shell.page(this.request, this, template, context, pageOptions)
  })
  app.decorateReply('partial', async function (template, context = {}) {
    const html = renderer.render(template, { ...context, nonce: this.request.nonce })
    return this.type('text/html; charset=utf-8').send(html)
  })
  app.decorateReply('events', async function (source) {
    const { request } = this
    return sendEvents(this, source, {
      heartbeatMs,
      closing,
      stillAllowed: async () => mayCall(await authenticate(request, { quiet: true }), request.routeOptions.config),
      ...(onRightsChange === undefined ? {} : { onRightsChange }),
    })
  })
  app.decorateReply('download', function (this: FastifyReply, file: DownloadFile) {
    return sendDownload(this, file)
  } as FastifyReply['download'])
}
