import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { build } from 'vite'
import { type BrowserOptions, type BrowserSession, withBrowser } from '../support/browser.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'

export interface LabSession extends BrowserSession {
  readonly server: TestServer
  /** Evaluates code in the page; the modules are on `lab` (web/lab.ts). */
  run<Value = unknown>(code: string): Promise<Value>
  /** Waits until code is true; 15 s at most. Playwright's own way needs eval, which the page's policy forbids. */
  until(code: string): Promise<void>
}

/** A page of the real server, with the modules of ui/web on `window.lab`. `routes` adds what the test asks for. */
export async function withLabPage(
  work: (session: LabSession) => Promise<void>,
  { routes, ...options }: BrowserOptions & { readonly routes?: (app: FastifyInstance) => void } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tusk-lab-'))
  try {
    await build({
      configFile: false,
      root: folder,
      logLevel: 'silent',
      build: {
        outDir: folder,
        target: 'es2023',
        minify: false,
        modulePreload: { polyfill: false },
        rolldownOptions: {
          input: fileURLToPath(new URL('web/lab.ts', import.meta.url)),
          output: { entryFileNames: 'lab.js' },
        },
      },
    })
    await using server = await startTestServer([
      {
        id: 'lab',
        tab: { label: 'Lab', icon: 'flask-conical', href: '/lab' },
        templates: new URL('templates/', import.meta.url),
        assets: pathToFileURL(`${folder}/`),
        routes: async app => {
          app.get('/lab', { config: { permission: 'public' }, schema: { hide: true } }, (_request, reply) =>
            reply.page('plugins/lab/lab.html', { title: 'Lab' }),
          )
          routes?.(app)
        },
      },
      { id: 'second', tab: { label: 'Second', icon: 'box', href: '/second' } },
    ])
    await withBrowser(async session => {
      const run = <Value>(code: string): Promise<Value> => session.page.evaluate(code)
      const until = async (code: string): Promise<void> => {
        const deadline = performance.now() + 15_000
        while (!(await run<boolean>(code))) {
          if (performance.now() > deadline) throw new Error(`This did not become true: ${code}`)
          await wait(25)
        }
      }
      await session.page.goto(`${server.address}/lab`)
      await until('window.lab !== undefined')
      await work({ ...session, server, run, until })
    }, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
