/// <reference types="@fastify/swagger" preserve="true" />
import type { Readable } from 'node:stream'
import type { Actor } from '../auth/actor.ts'
import type { RoutePermission } from '../auth/permissions.ts'

/**
 * What Tusk's server adds to Fastify for every route, of features and plugins alike. Import this file for its types;
 * `src/server` fulfils it.
 */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it stops the start (R14). */
    permission?: RoutePermission
    /** GETs that stream, export or are costly: refused when another site asks (R5). */
    crossSite?: 'deny'
    /** For a person at a browser: tokens of programs are refused, whatever they may else. */
    forPerson?: true
    /** Open to somebody who must change their password first. */
    beforePasswordChange?: true
  }

  interface FastifyRequest {
    /** Who asks; set before any handler runs. */
    actor: Actor
    /** htmx asks, for a part of the page that is shown. */
    readonly isHtmx: boolean
  }

  interface FastifyReply {
    /** Aborts when the client leaves before the answer is complete, or after `deadlineMs` (default: none) (R36). */
    lifetime(deadlineMs?: number): AbortSignal
    /**
     * Renders a whole page: `plugins/<feature id>/….html` with the shell's context added. `title` names it, `islands` lists those whose
     * code is to load at once. With `block`, only that block of it, for htmx; the template says `{% extends layout %}`.
     */
    page(
      template: string,
      context?: Readonly<Record<string, unknown>>,
      options?: { readonly block?: string },
    ): Promise<FastifyReply>
    /** Events that htmx fires in the page when this answer arrives, by their names; more calls add to them. */
    trigger(event: string, detail?: unknown): FastifyReply
    /** A message at the edge of the page, when htmx asked. */
    toast(message: string, variant?: 'info' | 'success' | 'warning' | 'error'): FastifyReply
    /** htmx opens another page of Tusk instead of swapping this answer in. BAD_REQUEST unless the path begins with one `/`. */
    openPage(path: string): FastifyReply
    /** htmx loads the whole page again. */
    refreshPage(): FastifyReply
    /** htmx swaps this answer in there, whatever its element said. */
    retarget(selector: string): FastifyReply
    /** Renders a template alone, for htmx. */
    partial(template: string, context?: Readonly<Record<string, unknown>>): Promise<FastifyReply>
    /** Server-sent events until the iterable ends or the client leaves; with heartbeat and counted ids. */
    events(
      source: (signal: AbortSignal) => AsyncIterable<{ readonly event: string; readonly data: unknown }>,
    ): Promise<FastifyReply>
    /** A file to save: attachment with an encoded name, nosniff, sandbox (R28). Ends the stream when the client leaves. */
    download(file: { readonly name: string; readonly mimeType: string; readonly bytes: Readable }): FastifyReply
  }
}
