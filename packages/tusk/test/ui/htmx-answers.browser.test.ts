import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { RouteHandlerMethod } from 'fastify'
import { browserMissing } from '../support/browser.ts'
import { withComponentPage } from '../support/component-page.ts'

const config = { permission: 'authenticated' } as const
const route = { config, schema: { hide: true } } as const

/** A page whose button asks `/made/answer`; its own list and another are places for what comes. */
function withAnswer(answer: RouteHandlerMethod, work: Parameters<typeof withComponentPage>[1]) {
  return withComponentPage(
    {
      main: `{% from "components/forms.html" import button %}
        {{ button("Ask", attrs={"hx-get": "/made/answer", "hx-target": "#list"}) }}
        <div id="list">old</div><div id="東京">other</div>
        <div x-data="{ name: '' }" x-on:renamed.window="name = $event.detail.name"><output x-text="name || 'nobody'"></output></div>`,
      routes: app => {
        app.get('/made/answer', route, answer)
        app.get('/made/elsewhere', route, (_request, reply) =>
          reply.type('text/html').send('<link rel="icon" href="data:,"><h1>Elsewhere</h1>'),
        )
      },
    },
    work,
  )
}

suite('what an answer tells htmx, in a browser', { skip: browserMissing ?? false }, () => {
  test('toast says something, trigger tells the page, and the HTML is swapped in all the same', () =>
    withAnswer(
      (_request, reply) =>
        reply.toast('Gespeichert: 東京', 'warning').trigger('renamed', { name: 'Ada' }).type('text/html').send('new'),
      async ({ page }) => {
        await page.locator('output').getByText('nobody').waitFor()
        await page.getByRole('button', { name: 'Ask' }).click()
        await page.locator('.toast-warning').getByText('Gespeichert: 東京').waitFor()
        await page.locator('output').getByText('Ada').waitFor()
        await page.locator('#list').getByText('new').waitFor()
      },
    ))

  test('retarget puts the answer elsewhere, whatever letters the place is named by', () =>
    withAnswer(
      (_request, reply) => reply.retarget('#東京').type('text/html').send('new'),
      async ({ page }) => {
        await page.getByRole('button', { name: 'Ask' }).click()
        await page.locator('#東京').getByText('new').waitFor()
        assert.equal(await page.locator('#list').textContent(), 'old')
      },
    ))

  test('openPage opens another page instead', () =>
    withAnswer(
      (_request, reply) => reply.openPage('/made/elsewhere?q=東京').send(''),
      async ({ page, address }) => {
        await page.getByRole('button', { name: 'Ask' }).click()
        await page.getByRole('heading', { name: 'Elsewhere' }).waitFor()
        assert.equal(page.url(), `${address}/made/elsewhere?q=${encodeURIComponent('東京')}`)
      },
    ))

  test('refreshPage loads the page again', () =>
    withAnswer(
      (_request, reply) => reply.refreshPage().send(''),
      async ({ page }) => {
        await page.evaluate(`document.body.dataset.before = ''`)
        await page.getByRole('button', { name: 'Ask' }).click()
        await page.locator('body:not([data-before]) #list').waitFor()
      },
    ))
})
