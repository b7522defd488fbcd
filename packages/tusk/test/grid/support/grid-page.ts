import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from '@playwright/test'
import { build } from 'vite'

const chromiumPath = process.env.TUSK_CHROMIUM ?? '/usr/bin/chromium'

/** Why browser tests are skipped here, or false. */
export const skipBrowser = existsSync(chromiumPath) ? false : `no Chromium at ${chromiumPath}: apt-get install chromium`

export type ApiHandler = (request: IncomingMessage, url: URL, response: ServerResponse) => boolean

export interface GridPage extends AsyncDisposable {
  readonly page: Page
  readonly browser: Browser
  readonly origin: string
  /** What went wrong on the page so far: errors, CSP violations, requests to other hosts. */
  problems(): Promise<readonly string[]>
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

/** Chromium on a page with nothing but a grid, under the strict policy of the product. `api` answers `/api/…`. */
export async function openGridPage(
  options: {
    readonly api?: ApiHandler
    readonly width?: number
    readonly height?: number
    readonly theme?: string
  } = {},
): Promise<GridPage> {
  const files = await buildPage()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    response.setHeader('Content-Security-Policy', policy)
    if (url.pathname.startsWith('/api/') && options.api?.(request, url, response)) return
    const file = files.get(url.pathname)
    if (file === undefined) {
      response.writeHead(404).end()
      return
    }
    response
      .writeHead(200, { 'Content-Type': contentTypes[extname(url.pathname)] ?? 'text/html; charset=utf-8' })
      .end(file)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 720 },
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', error => problems.push(String(error)))
  page.on('console', message => message.type() === 'error' && problems.push(message.text()))
  page.on('request', request => {
    if (!/^(?:blob:|data:)/.test(request.url()) && !request.url().startsWith(origin)) problems.push(request.url())
  })
  await page.goto(`${origin}/?theme=${options.theme ?? 'light'}`)
  return {
    page,
    browser,
    origin,
    async problems() {
      return [...problems, ...(await page.evaluate<string[]>('page.violations'))]
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

let built: Promise<ReadonlyMap<string, string | Uint8Array>> | undefined

function buildPage(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  built ??= bundle()
  return built
}

async function bundle(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const here = new URL('../web/', import.meta.url)
  const result = await build({
    configFile: false,
    root: fileURLToPath(here),
    logLevel: 'silent',
    build: {
      write: false,
      target: 'esnext',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      rollupOptions: { input: fileURLToPath(new URL('page.ts', here)) },
    },
  })
  if (!('output' in result)) throw new Error('The test page was not built.')
  const files = new Map<string, string | Uint8Array>()
  const links: string[] = []
  for (const file of result.output) {
    files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)
    if (file.fileName.endsWith('.css')) links.push(`<link rel="stylesheet" href="/${file.fileName}">`)
    if (file.type === 'chunk' && file.isEntry) links.push(`<script type="module" src="/${file.fileName}"></script>`)
  }
  for (const theme of ['dark', 'light']) {
    const path = fileURLToPath(import.meta.resolve('daisyui/package.json')).replace(
      'package.json',
      `theme/${theme}.css`,
    )
    files.set(`/theme-${theme}.css`, await readFile(path))
    links.unshift(`<link rel="stylesheet" href="/theme-${theme}.css">`)
  }
  files.set(
    '/',
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Grid</title><link rel="icon" href="data:,">${links.join('')}<body><div id="host"></div></body></html>`,
  )
  return files
}
