import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { componentsFeature } from '../../../src/features/components/feature.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

suite('the gallery of components', () => {
  let server: TestServer

  before(async () => {
    server = await startTestServer([componentsFeature])
  })

  after(() => server[Symbol.asyncDispose]())

  test('each macro is there with its example, its import and its parameters', async () => {
    const html = await (await server.fetch('/components')).text()
    assert.ok([...html.matchAll(/data-component="/g)].length >= 60)
    assert.match(html, /id="feedback-modal"[\s\S]*max_width/)
  })

  test(
    'the search field is reached by /, filters examples and links, and says when there is nothing',
    {
      skip: browserMissing ?? false,
    },
    () =>
      withBrowser(async ({ page }) => {
        await page.goto(`${server.address}/components`)
        await page.locator('[data-component=badge]').waitFor()
        await page.keyboard.press('/')
        await page.waitForFunction(`document.activeElement?.id === 'search'`)
        await page.keyboard.type('full/modal dialog')
        await page.getByText('No component has these words.').waitFor()
        await page.getByLabel('Search components', { exact: true }).fill('dialog focus')
        await page.locator('#feedback-badge').waitFor({ state: 'hidden' })
        await page.getByText('No component has these words.').waitFor({ state: 'hidden' })
        assert.equal(await page.locator('#feedback-modal').isVisible(), true)
        assert.equal(await page.getByRole('heading', { name: 'components/table.html' }).isVisible(), false)
        await page
          .getByRole('navigation', { name: 'Components' })
          .getByRole('link', { name: 'modal', exact: true })
          .press('Enter')
        await page.waitForURL('**/components#feedback-modal')
      }),
  )

  for (const colorScheme of ['dark', 'light'] as const)
    test(
      `in a browser, ${colorScheme}: nothing breaks the policy, nothing is wider than the page`,
      { skip: browserMissing ?? false },
      () =>
        withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            await page.goto(`${server.address}/components`)
            await page.locator('[data-component=badge]').waitFor()
            assert.equal(await page.locator('[data-island-state=failed]').count(), 0)
            const wide = await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            )
            assert.equal(wide, 0)
            await screenshot(`components-${colorScheme}`)
          },
          { colorScheme },
        ),
    )
})
