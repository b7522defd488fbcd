import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { StudioPage } from '../support/studio-page.ts'
import { startStudioProcess } from '../support/studio-process.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const busy = `
import { once } from 'node:events'
export default {
  id: 'busy',
  tab: { label: 'Busy', icon: 'hourglass', permission: 'authenticated' },
  templates: new URL('./templates/', import.meta.url),
  routes(app) {
    const route = { config: { permission: 'authenticated' }, schema: { hide: true } }
    let waiting = 0
    app.get('/p/busy', route, (request, reply) => reply.page('plugins/busy/page.html', { title: 'Busy', waiting }))
    app.get('/p/busy/endless', route, (request, reply) => reply.page('plugins/busy/endless.html'))
    // Answers when whoever asked has left.
    app.get('/p/busy/slow', route, async (request, reply) => {
      const left = reply.lifetime()
      waiting++
      if (!left.aborted) await once(left, 'abort')
      waiting--
      return ''
    })
  },
}
`

test('a plugin that keeps a hundred requests waiting and renders without an end holds nobody else up', {
  skip: browserMissing ?? false,
}, async context => {
  const folder = writePlugin(join(temporaryDirectory(context), 'busy'), {
    'index.js': busy,
    'templates/page.html': '{% extends layout %}{% block main %}<p>{{ waiting }} are waiting.</p>{% endblock %}',
    'templates/endless.html':
      '{% extends layout %}{% block main %}{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}{% endblock %}',
  })
  const home = temporaryDirectory(context)
  const { address } = await startStudioProcess(context, { home, arguments: ['--plugin', folder] })
  const stop = new AbortController()
  const ask = (path: string) => fetch(`${address}${path}`, { signal: stop.signal })
  const slow = Array.from({ length: 100 }, () => ask('/p/busy/slow').catch(() => undefined))
  // One after the other, as long as the test lasts.
  const endless = (async () => {
    const seen = new Set<number>()
    while (!stop.signal.aborted) seen.add((await ask('/p/busy/endless').catch(() => ({ status: 500 }))).status)
    return [...seen]
  })()
  const healthy = (async () => {
    let count = 0
    while (!stop.signal.aborted) {
      const answer = await ask('/api/health').catch(() => undefined)
      if (answer?.ok === true) count++
      await sleep(20)
    }
    return count
  })()

  await withBrowser(async ({ page, allow }) => {
    allow(/status of 500/)
    await saidBy(`${address}/p/busy`, '100 are waiting')
    const person = new StudioPage(page)
    await person.open(address)
    await person.choose('DuckDB')
    await person.write('SELECT count(*) AS n FROM range(100000)')
    await person.run()
    await person.outcome('1 row')
    await page.goto(`${address}/p/busy`)
    await page.getByText('100 are waiting.').waitFor()
    await page.goto(`${address}/p/busy/endless`)
    await page.getByRole('link', { name: 'Start page', exact: true }).waitFor()
    await page.goto(`${address}/settings`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  stop.abort()
  await Promise.all(slow)
  assert.deepEqual(await endless, [500])
  assert.ok((await healthy) > 5, 'health was told meanwhile, again and again')
  await saidBy(`${address}/p/busy`, '>0 are waiting')
})

/** Resolves once the page has these words. */
async function saidBy(address: string, words: string): Promise<void> {
  const limit = AbortSignal.timeout(20_000)
  for (;;) {
    const page = await (await fetch(address, { signal: limit })).text()
    if (page.includes(words)) return
    await sleep(20)
  }
}
