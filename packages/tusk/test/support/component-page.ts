import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { type BrowserOptions, type BrowserSession, withBrowser } from './browser.ts'
import { startTestServer } from './test-server.ts'

export interface ComponentPage {
  /** What the block `main` of the page has: MiniJinja, with its imports. */
  readonly main: string
  /** More routes for htmx to ask. Each names `permission: 'authenticated'`. */
  readonly routes?: (app: FastifyInstance) => void
  readonly browser?: BrowserOptions
}

/** Opens a page of a plugin that is made of components, on a real server, in Chromium. Nothing is left afterwards. */
export async function withComponentPage(
  { main, routes, browser }: ComponentPage,
  work: (session: BrowserSession & { readonly address: string }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tusk-component-page-'))
  try {
    mkdirSync(join(folder, 'templates'))
    writeFileSync(join(folder, 'templates/page.html'), `{% extends layout %}{% block main %}${main}{% endblock %}`)
    await using server = await startTestServer([
      {
        id: 'made',
        templates: pathToFileURL(join(folder, 'templates/')),
        async routes(app) {
          app.get('/made', { config: { permission: 'authenticated' }, schema: { hide: true } }, (_request, reply) =>
            reply.page('plugins/made/page.html', { title: 'Made of components' }),
          )
          routes?.(app)
        },
      },
    ])
    await withBrowser(async session => {
      await session.page.goto(`${server.address}/made`)
      await work(Object.assign(session, { address: server.address }))
    }, browser)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
