import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'vite'
import { type BrowserOptions, type BrowserSession, withBrowser } from '../../support/browser.ts'

/** Answers a request to `/api/…`; false: there is no such thing. */
export type ApiHandler = (request: IncomingMessage, url: URL, response: ServerResponse) => boolean

export interface GridPageOptions extends BrowserOptions {
  readonly api?: ApiHandler
}

export interface GridSession extends BrowserSession {
  /** Evaluates code on the page, where `page` has the grid and its source: see test/grid/web/page.ts. */
  run<Value = unknown>(code: string): Promise<Value>
  /** Waits until code is true; 15 s at most. */
  until(code: string): Promise<void>
  /** Waits until the rows on screen are there. */
  rowsAreThere(): Promise<void>
}

const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'",
  "worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
].join('; ')

/** A browser on a page with nothing but a grid, under a policy as strict as that of the product. */
export async function withGridPage(
  work: (session: GridSession) => Promise<void>,
  options: GridPageOptions = {},
): Promise<void> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('Content-Security-Policy', policy)
    if (url.pathname.startsWith('/api/') && options.api?.(request, url, response)) return
    const file = files.get(url.pathname)
    const type = contentTypes[extname(url.pathname)] ?? 'text/html; charset=utf-8'
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'Content-Type': type }).end(file)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    await withBrowser(async session => {
      await session.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
      await session.page.goto(`${origin}/?theme=${options.colorScheme ?? 'light'}`)
      const until = (code: string) => waitUntil(session.page, code)
      await until('"page" in window')
      const rowsAreThere = () => until(`(${areRowsThere})()`)
      await work({ ...session, run: code => session.page.evaluate(code), until, rowsAreThere })
    }, options)
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

const areRowsThere = `() =>
  document.querySelector('.grid-row:not([hidden]) .grid-cell:not([hidden])') !== null &&
  document.querySelector('.grid-row:not([hidden]) .grid-cell.is-loading:not([hidden])') === null &&
  document.querySelector('[role=grid]').ariaBusy === 'false'`

/** Not `page.waitForFunction`, which needs `eval`; the page's policy forbids it. */
async function waitUntil(page: Page, code: string): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!(await page.evaluate<boolean>(code))) {
    if (performance.now() > deadline) throw new Error(`This did not become true: ${code}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

let bundled: Promise<ReadonlyMap<string, string | Uint8Array>> | undefined

function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  bundled ??= buildFiles()
  return bundled
}

async function buildFiles(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const folder = fileURLToPath(new URL('../web/', import.meta.url))
  const result = await build({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'esnext',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      rollupOptions: { input: `${folder}page.ts` },
    },
  })
  if (!('output' in result)) throw new Error('The test page was not built.')
  const files = new Map<string, string | Uint8Array>()
  const links = ['<link rel="icon" href="data:,">']
  for (const theme of ['light', 'dark']) {
    const daisy = fileURLToPath(import.meta.resolve('daisyui/package.json'))
    files.set(`/theme-${theme}.css`, await readFile(daisy.replace('package.json', `theme/${theme}.css`)))
    links.push(`<link rel="stylesheet" href="/theme-${theme}.css">`)
  }
  for (const file of result.output) {
    files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)
    if (file.fileName.endsWith('.css')) links.push(`<link rel="stylesheet" href="/${file.fileName}">`)
    if (file.type === 'chunk' && file.isEntry) links.push(`<script type="module" src="/${file.fileName}"></script>`)
  }
  const head = `<meta charset="utf-8"><title>Grid</title>${links.join('')}`
  files.set('/', `<!doctype html><html lang="en"><head>${head}</head><body><div id="host"></div></body></html>`)
  return files
}
