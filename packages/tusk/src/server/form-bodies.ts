import type { FastifyInstance } from 'fastify'
import { TuskError } from '../errors.ts'

/** Bodies that came from a form: all their values are texts. */
const formBodies = new WeakSet<object>()

/** True for a body that validation should turn from texts into what the schema asks for. */
export function isFormBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null && formBodies.has(body)
}

/**
 * Takes forms, as htmx sends them, but only from our own pages: a browser says where a request comes from, and the edge has checked
 * it. Who says nothing is a program, and programs speak JSON (R5). A name that comes several times is a list.
 */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (request, text, done) => {
    const { origin, 'sec-fetch-site': site } = request.headers
    if (origin === undefined && site === undefined) {
      done(new TuskError('BAD_REQUEST', 'Send JSON, not a form.'))
      return
    }
    const fields = new Map<string, string | string[]>()
    for (const [name, value] of new URLSearchParams(String(text))) {
      const before = fields.get(name)
      fields.set(name, before === undefined ? value : [before, value].flat())
    }
    if (fields.size === 0) {
      done(null, undefined)
      return
    }
    const body = Object.fromEntries(fields)
    formBodies.add(body)
    done(null, body)
  })
}
