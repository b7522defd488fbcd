import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createRenderer } from '../../src/server/render.ts'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { startTestServer } from '../support/test-server.ts'

const document = readFileSync(new URL('../../../../docs/components.md', import.meta.url), 'utf8')
const examples = [...document.matchAll(/^## (.+?)(?::.*)?\n[\s\S]*?```jinja\n([\s\S]*?)```/gm)].map(
  ([, name = '', source = '']) => ({
    name,
    source,
  }),
)

suite('components', () => {
  test('every example of docs/components.md renders', () => {
    using folder = templatesOf(examples)
    const renderer = createRenderer(() => [...shellTemplates, { folder: folder.path, prefix: 'plugins/gallery/' }])
    assert.ok(examples.length > 8)
    for (const [index, { name }] of examples.entries()) {
      const html = renderer.render(`plugins/gallery/example-${index}.html`, {})
      assert.ok(html.trim().length > 20, name)
      assert.doesNotMatch(html, /&lt;(div|span|svg|button|input)/, `${name} prints its own HTML as text`)
      assert.doesNotMatch(html, /stroke-dasharray="3 3"/, `${name} names an icon that is not there`)
    }
  })

  test('values that components print are text, whatever they are', () => {
    const hostile = `"><script>alert(1)</script>'`
    const source = `{% from "components/button.html" import button, icon_button %}{% from "components/form.html" import input, select %}
      {% from "components/card.html" import card %}{% from "components/table.html" import table %}{% from "components/page.html" import island %}
      {% from "components/icon.html" import icon %}
      {{ button(v, title=v, href=v, class=v, attrs={"data-v": v}) }}{{ icon_button("x", label=v) }}{{ input("n", label=v, value=v, help=v) }}
      {{ select("n", [v], label=v) }}{% call card(v) %}{{ v }}{% endcall %}{{ table([v], [[v]]) }}{{ island("x", {"v": v}) }}{{ icon("x", class=v) }}{{ icon(v) }}`
    using folder = templatesOf([{ name: 'hostile', source }])
    const renderer = createRenderer(() => [...shellTemplates, { folder: folder.path, prefix: '' }])
    const html = renderer.render('example-0.html', { v: hostile })
    assert.doesNotMatch(html, /<script/)
    assert.equal(html.includes(hostile), false)
  })

  test('all components are drawn in both themes', { skip: browserMissing }, async () => {
    using folder = templatesOf([
      {
        name: 'gallery',
        source: `{% extends layout %}{% block main %}${examples
          .map(
            ({ name }, index) =>
              `<h2 class="mt-8 mb-3 text-lg font-semibold">${name}</h2>{% include "plugins/gallery/example-${index + 1}.html" %}`,
          )
          .join('\n')}{% endblock %}`,
      },
      ...examples,
    ])
    await using server = await startTestServer([
      {
        id: 'gallery',
        tab: { label: 'Gallery', icon: 'blocks', href: '/gallery' },
        templates: pathToFileURL(`${folder.path}/`),
        routes: async app => {
          app.get('/gallery', { config: { permission: 'public' }, schema: { hide: true } }, (_request, reply) =>
            reply.page('plugins/gallery/example-0.html', { title: 'Gallery' }),
          )
        },
      },
    ])
    await withBrowser(
      async ({ page, screenshot }) => {
        await page.goto(`${server.address}/gallery`)
        await page.evaluate('document.fonts.ready')
        await screenshot('components-dark')
        await page.getByRole('button', { name: 'Switch to the light theme' }).click()
        await page.locator('html[data-theme=light]').waitFor()
        await screenshot('components-light')
        await page.getByRole('button', { name: 'New user …' }).click()
        await page.getByRole('dialog', { name: 'New user' }).waitFor()
        await page.keyboard.press('Escape')
        await page.getByRole('dialog', { name: 'New user' }).waitFor({ state: 'hidden' })
      },
      { viewport: { width: 1280, height: 2600 } },
    )
  })
})

const shellTemplates = [
  { folder: fileURLToPath(new URL('../../src/ui/templates', import.meta.url)), prefix: '' },
  { folder: fileURLToPath(new URL('../../src/ui/components', import.meta.url)), prefix: 'components/' },
]

function templatesOf(
  list: readonly { readonly source: string; readonly name: string }[],
): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'tusk-components-'))
  for (const [index, { source }] of list.entries()) writeFileSync(join(path, `example-${index}.html`), source)
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
