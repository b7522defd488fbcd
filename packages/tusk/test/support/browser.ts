import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page, type Request } from '@playwright/test'
import { tourPictures } from './tour-pictures.ts'

const executablePath = process.env.TUSK_CHROMIUM ?? '/usr/bin/chromium'

/** Undefined when there is a browser, else why browser tests are skipped: `test(name, { skip: browserMissing }, …)`. */
export const browserMissing: string | undefined = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}; apt-get install chromium, or set TUSK_CHROMIUM`

/** Where screenshots go; git ignores it. */
export const screenshotFolder = join(import.meta.dirname, '../../../../test-results/screenshots')
const docsFolder = join(import.meta.dirname, '../../../../docs/screenshots')

/** Chromium draws WebGL without a graphics card. */
export const webGl: readonly string[] = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader']

export interface BrowserSession {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page did wrong so far: console errors, exceptions, CSP violations, requests to other hosts. */
  readonly problems: readonly string[]
  /** Forgives problems that match: for tests that provoke them. */
  allow(problem: RegExp): void
  /** Saves `<name>.png` in the screenshot folder and returns its path. */
  screenshot(name: string): Promise<string>
}

export interface BrowserOptions {
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly colorScheme?: 'dark' | 'light'
  readonly reducedMotion?: 'reduce' | 'no-preference'
  /** More switches of Chromium, such as `webGl`. */
  readonly browserArguments?: readonly string[]
}

/**
 * Runs a test in a fresh browser profile. Fails it at the end when the page logged an error, threw, broke the Content-Security-Policy
 * or asked any host but 127.0.0.1. The browser is gone afterwards, whatever happened.
 */
export async function withBrowser(
  work: (session: BrowserSession) => Promise<void>,
  {
    viewport = { width: 1280, height: 800 },
    colorScheme = 'dark',
    reducedMotion = 'reduce',
    browserArguments = [],
  }: BrowserOptions = {},
): Promise<void> {
  const browser = await launch(browserArguments)
  try {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion, acceptDownloads: true })
    const problems: string[] = []
    const allowed: RegExp[] = []
    await context.exposeBinding('tuskReportViolation', (_source, text: string) => void problems.push(text))
    await context.addInitScript(reportViolations)
    context.on('request', request => {
      if (!isOwn(request)) problems.push(`request to another host: ${request.url()}`)
    })
    context.on('console', message => {
      if (message.type() === 'error') problems.push(`console error: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', error => void problems.push(`page error: ${error.error().stack ?? error.error().message}`))
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const open = (): string[] => problems.filter(problem => !allowed.some(pattern => pattern.test(problem)))
    await work({
      page,
      context,
      get problems() {
        return open()
      },
      allow: pattern => void allowed.push(pattern),
      async screenshot(name) {
        mkdirSync(screenshotFolder, { recursive: true })
        const path = join(screenshotFolder, `${name}.png`)
        await page.screenshot({ path })
        const picture = tourPictures[name]
        if (picture !== undefined && process.env.TUSK_UPDATE_SCREENSHOTS === '1')
          copyFileSync(path, join(docsFolder, `${picture}.png`))
        return path
      },
    })
    const left = open()
    if (left.length > 0) throw new Error(`The page had problems:\n  ${left.join('\n  ')}`)
  } finally {
    await browser.close()
  }
}

/** Skips the test, saying why, when there is no browser. */
export function needsBrowser(context: TestContext): boolean {
  if (browserMissing === undefined) return true
  context.skip(browserMissing)
  return false
}

function launch(more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

function isOwn(request: Request): boolean {
  const url = request.url()
  return /^(data|blob|about):/.test(url) || new URL(url).hostname === '127.0.0.1'
}

/** Runs in the page, before its scripts. */
function reportViolations(): void {
  const target = globalThis as unknown as {
    tuskReportViolation(text: string): void
    addEventListener(type: string, listener: (event: Readonly<Record<string, unknown>>) => void): void
  }
  target.addEventListener('securitypolicyviolation', event =>
    target.tuskReportViolation(
      `CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`,
    ),
  )
}
