import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { Home } from '../../src/home/home.ts'
import { startStudio } from '../../src/studio.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test("a plugin's template imports a macro of another plugin, and values stay text", async context => {
  const bi = writePlugin(
    temporaryDirectory(context),
    {
      'index.js': "export default { id: 'bi', templates: new URL('./t/', import.meta.url) }",
      't/components/chart.html': '{% macro bar_chart(title) %}<figure data-chart>{{ title }}</figure>{% endmacro %}',
    },
    'tusk-bi',
  )
  const shop = writePlugin(temporaryDirectory(context), {
    'index.js': `export default {
      id: 'shop',
      templates: new URL('./t/', import.meta.url),
      routes(app) {
        app.get('/p/shop', { config: { permission: 'authenticated' } }, (request, reply) =>
          reply.page('plugins/shop/page.html', { title: 'Sales <b>' }))
      },
    }`,
    't/page.html':
      '{% extends layout %}{% from "plugins/bi/components/chart.html" import bar_chart %}{% block main %}{{ bar_chart(title) }}{% endblock %}',
  })
  await using studio = await startStudio({
    home: Home.open(temporaryDirectory(context)),
    host: '127.0.0.1',
    port: 0,
    samples: false,
    log: pino({ level: 'silent' }),
    plugins: { folders: [shop, bi] },
  })
  const answer = await fetch(`${studio.address}/p/shop`)
  assert.equal(answer.status, 200)
  assert.match(await answer.text(), /<figure data-chart>Sales &lt;b&gt;<\/figure>/)
})
