import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import { settingsFeature } from '../../src/features/settings/feature.ts'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { routesOnly, startTestServer } from '../support/test-server.ts'

suite('pages of the server', { skip: browserMissing }, () => {
  test('the API page lists what there is and filters it', async () => {
    await using server = await startTestServer([settingsFeature])
    await withBrowser(async ({ page, screenshot }) => {
      await page.goto(`${server.address}/api/docs`)
      const shown = page.locator('.operation:visible')
      await shown.nth(2).waitFor()
      await page.getByRole('searchbox', { name: 'Filter' }).fill('processes, space')
      await shown.nth(1).waitFor({ state: 'detached' })
      assert.equal(await shown.count(), 1)
      await page.locator('.operation:visible summary').click()
      await page.getByText('Takes nothing.').locator('visible=true').waitFor()
      await screenshot('api-docs')
    })
  })

  test('what went wrong is a page with a way back', async () => {
    await using server = await startTestServer([
      routesOnly('broken', async app => {
        app.get('/broken', { config: { permission: 'public' }, schema: { hide: true } }, () => {
          throw new Error('hunter2')
        })
      }),
    ])
    await withBrowser(async ({ page, allow, screenshot }) => {
      allow(/status of (404|500)/)
      await page.goto(`${server.address}/nothing/here`)
      await page.getByRole('heading', { name: 'There is nothing at this address.' }).waitFor()
      await page.getByRole('link', { name: 'Start page', exact: true }).waitFor()
      await page.goto(`${server.address}/broken`)
      await page.getByRole('heading', { name: 'Something went wrong inside Tusk.' }).waitFor()
      await screenshot('error-page')
    })
  })

  test('htmx swaps blocks of pages and Alpine keeps small states, under the same strict policy', async () => {
    let count = 0
    await using server = await startTestServer([
      {
        id: 'hypertext',
        templates: new URL('templates/', import.meta.url),
        routes: async app => {
          const route = { config: { permission: 'public' }, schema: { hide: true } } as const
          const page = 'plugins/hypertext/hypertext.html'
          app.get('/hypertext', route, (_request, reply) => reply.page(page, { title: 'Hypertext', count }))
          app.post('/hypertext/more', route, (_request, reply) => {
            count++
            reply.header('HX-Trigger', '{"tusk:toast": {"kind": "success", "title": "Counted"}}')
            return reply.page(page, { count }, { block: 'counter' })
          })
          app.get('/hypertext/fails', route, () => {
            throw new TuskError('CONFLICT', 'Somebody was faster.')
          })
        },
      },
    ])
    await withBrowser(async ({ page, allow }) => {
      allow(/status of 409/)
      await page.goto(`${server.address}/hypertext`)
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByText('Count: 1').waitFor()
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByText('Count: 2').waitFor()
      await page.getByRole('status').getByText('Counted').first().waitFor()
      await page.getByRole('button', { name: 'Fails' }).click()
      await page.getByRole('alert').getByText('Somebody was faster.').waitFor()
      await page.getByText('Hidden at first').waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Unfold' }).click()
      await page.getByText('Hidden at first').waitFor()
    })
  })

  test('the access token is taken from the link once, and from then on a cookie says who one is', async () => {
    await using server = await startTestServer([settingsFeature], {
      host: '0.0.0.0',
      accessToken: 'a token/with+signs',
    })
    await withBrowser(async ({ page, allow, screenshot, context }) => {
      allow(/status of (401|404)/)
      await page.goto(`${server.address}/settings`)
      await page.getByRole('link', { name: 'Enter the access token' }).click()
      await page.getByLabel('Access token').fill('wrong')
      await page.getByRole('button', { name: 'Enter' }).click()
      await page.getByText('This is not the access token.').waitFor()
      await screenshot('access')
      await page.goto('about:blank')
      await page.goto(`${server.address}/access#${encodeURIComponent('a token/with+signs')}`)
      await page.waitForURL(`${server.address}/`)
      await page.goto(`${server.address}/settings`)
      await page.getByRole('heading', { name: 'Settings' }).waitFor()
      const [cookie] = await context.cookies()
      assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict'])
    })
  })

  test('a page of another port can neither post to Tusk nor read from it', async () => {
    let changes = 0
    await using tusk = await startTestServer([
      routesOnly('sample', async app => {
        app.post('/api/change', { config: { permission: 'public' } }, () => ({ changes: ++changes }))
        app.get('/api/stream', { config: { permission: 'public', crossSite: 'deny' } }, () => ({ secret: true }))
      }),
    ])
    await using neighbour = await startTestServer([settingsFeature])
    await withBrowser(async ({ page, allow }) => {
      allow(/CSP violation|Content Security Policy|ERR_|CORS|403|Failed to load/)
      // Its own policy would already forbid these; the neighbour in this test has none.
      await page.route(`${neighbour.address}/settings`, async route => {
        const response = await route.fetch()
        const headers = response.headers()
        delete headers['content-security-policy']
        await route.fulfill({ response, headers })
      })
      await page.goto(`${neighbour.address}/settings`)
      const outcome = await page.evaluate(`(async () => {
        const tries = [
          () => fetch('${tusk.address}/api/change', { method: 'POST', mode: 'no-cors' }),
          () => fetch('${tusk.address}/api/change', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
          () => fetch('${tusk.address}/api/stream'),
        ]
        const seen = []
        for (const one of tries) seen.push(await one().then(answer => answer.type + answer.status, () => 'refused'))
        return seen
      })()`)
      assert.deepEqual((outcome as string[]).slice(1), ['refused', 'refused'])
      const answered = page.waitForResponse(`${tusk.address}/api/change`)
      await page.evaluate(`(() => {
        const form = Object.assign(document.createElement('form'), { action: '${tusk.address}/api/change', method: 'post' })
        document.body.append(form)
        form.submit()
      })()`)
      assert.equal((await answered).status(), 403)
      assert.equal(changes, 0)
    })
  })
})
