import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readComponentLibrary } from '../../../src/server/component-library.ts'
import { createRenderer } from '../../../src/server/render.ts'
import { readTemplates } from '../../../src/server/template-folder.ts'
import { componentsDocument } from './components-document.ts'

const folder = (name: string): string => fileURLToPath(new URL(`../../../src/ui/${name}`, import.meta.url))
const library = readComponentLibrary(readTemplates(folder('components'), 'components/'))

suite('components', () => {
  test('docs/components.md is what the components say about themselves', () => {
    const document = new URL('../../../../../docs/components.md', import.meta.url)
    const now = componentsDocument(library)
    if (process.env.TUSK_UPDATE_DOCS === '1') writeFileSync(document, now)
    else assert.equal(readFileSync(document, 'utf8'), now, 'run with TUSK_UPDATE_DOCS=1 to write it anew')
  })

  test('the example of every macro renders', () => {
    const html = renderAll(library.examples.map(({ source }) => source))
    assert.ok(html.length > 50)
    for (const [index, { name }] of library.examples.entries()) {
      assert.doesNotMatch(
        html[index] ?? '',
        /&lt;(div|span|svg|button|input|p)\b/,
        `${name} prints its own HTML as text`,
      )
      assert.doesNotMatch(html[index] ?? '', /stroke-dasharray="3 3"/, `${name} names an icon that is not there`)
    }
  })

  test('the template that authors know from the older Tusk renders as it stands', () => {
    const [html = ''] = renderAll([
      `{# Plugin template #}
{% extends "base.html" %}
{% from "components/feedback.html" import badge, modal, alert %}
{% from "components/card.html" import stat_card, info_card %}
{% from "components/map.html" import map_assets, map_container, carto_dark_style %}
{% from "components/htmx.html" import htmx_poll, htmx_tabs %}
{% block title %}My plugin{% endblock %}
{% block content %}
    {{ stat_card(label="Total Items", value=42, icon="box", color="blue") }}
    <i data-lucide="alert-triangle" class="w-4 h-4"></i>
    {% call modal(id="create-item", title="Create Item", icon="plus") %}
        <form>...</form>
    {% endcall %}
{% endblock %}`,
    ])
    assert.match(html, /Total Items/)
    assert.match(html, /<title>My plugin<\/title>/)
    assert.match(html, /open-create-item/)
    assert.match(html, /<svg class="icon w-4 h-4"/)
    assert.doesNotMatch(html, /data-lucide/)
  })

  test('values that components print are text, whatever they are', () => {
    const hostile = `"><script>alert(1)</script>'`
    const [html = ''] = renderAll(
      [
        `{% from "components/forms.html" import button, icon_button, text_input, select_input %}
        {% from "components/card.html" import stat_card %}{% from "components/table.html" import simple_table, key_value_table %}
        {% from "components/island.html" import island %}{% from "components/feedback.html" import badge, alert, modal %}
        {{ button(v, title=v, href=v, class=v, attrs={"data-v": v}) }}{{ icon_button("x", title=v) }}{{ text_input("n", label=v, value=v, help=v) }}
        {{ select_input("n", [v], label=v) }}{{ stat_card(v, v, color=v) }}{{ simple_table([v], [[v]]) }}{{ key_value_table({"a": v}) }}
        {{ island("x", {"v": v}) }}{{ badge(v, variant=v) }}{{ alert(v, detail=v) }}{% call modal("m", v) %}{{ v }}{% endcall %}`,
      ],
      { v: hostile },
    )
    assert.doesNotMatch(html, /<script/)
    assert.equal(html.includes(hostile), false)
  })
})

function renderAll(sources: readonly string[], context: Readonly<Record<string, unknown>> = {}): string[] {
  const path = mkdtempSync(join(tmpdir(), 'tusk-components-'))
  try {
    for (const [index, source] of sources.entries()) writeFileSync(join(path, `${index}.html`), source)
    const renderer = createRenderer(() => [
      { folder: folder('templates'), prefix: '' },
      { folder: folder('components'), prefix: 'components/' },
      { folder: path, prefix: 'plugins/test/' },
    ])
    const shell = { nonce: 'n', default_theme: 'dark', tabs: [], style_sheets: [], preloads: [], title: '', path: '/' }
    return sources.map((_, index) => renderer.render(`plugins/test/${index}.html`, { ...shell, ...context }))
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}
