import '../plugins/http.ts'
import type { FastifyInstance } from 'fastify'
import { TuskError } from '../errors.ts'

/** What an answer tells htmx beside its HTML, in headers: fulfils plugins/http.ts. */
export function installHtmxAnswers(app: FastifyInstance): void {
  app.decorateRequest('isHtmx', {
    getter() {
      return this.headers['hx-request'] === 'true'
    },
  })
  app.decorateReply('trigger', function (event, detail) {
    const before = this.getHeader('HX-Trigger')
    const events = typeof before === 'string' ? (JSON.parse(before) as Record<string, unknown>) : {}
    return this.header('HX-Trigger', headerText(JSON.stringify({ ...events, [event]: detail ?? {} })))
  })
  app.decorateReply('toast', function (message, variant = 'success') {
    return this.trigger('tuskToast', { message, variant })
  })
  app.decorateReply('openPage', function (path) {
    if (!/^\/(?![/\\])/.test(path)) throw new TuskError('BAD_REQUEST', `“${path}” is no page of Tusk.`)
    return this.header('HX-Redirect', encodeURI(decodeURI(path)))
  })
  app.decorateReply('refreshPage', function () {
    return this.header('HX-Refresh', 'true')
  })
  app.decorateReply('retarget', function (selector) {
    return this.header('HX-Retarget', selectorText(selector))
  })
}

/** Headers hold Latin letters only: the rest as CSS writes it. */
function selectorText(selector: string): string {
  return selector
    .replace(/[\r\n]+/g, ' ')
    .replace(/[^\x20-\x7e]/gu, one => `\\${(one.codePointAt(0) ?? 0).toString(16)} `)
}

/** Headers hold Latin letters only: the rest as JSON writes it. Line ends cannot stand in a header. */
function headerText(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[^\x20-\x7e]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
