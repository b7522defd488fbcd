import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testTusk } from '../../contract/test-tusk.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { writePlugin } from '../../support/plugin-folder.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const plugin = {
  'index.js': `export default {
    id: 'charted',
    templates: new URL('./templates/', import.meta.url),
    routes(app, tusk) {
      const params = { type: 'object', properties: { connection: { type: 'string' } }, additionalProperties: false }
      app.get('/p/charted/:connection', { config: { permission: 'authenticated' }, schema: { hide: true, params } }, async (request, reply) => {
        const sql = 'SELECT i AS n, i * 2 AS twice FROM range(100000) AS r(i)'
        const result = await tusk.run(request.actor, { connectionId: request.params.connection, sql }, { signal: reply.lifetime() })
        await result.done
        return reply.page('plugins/charted/page.html', { title: 'Chart', result_id: result.id })
      })
    },
  }`,
  'templates/page.html': `{% extends layout %}{% from "components/data.html" import chart %}
    {% block main %}{{ chart("line", result_id=result_id, x="n", y="twice", title="Twice as much") }}{% endblock %}`,
}

test('a chart of a stored result with 100,000 rows says that it draws the first 5,000', {
  skip: browserMissing ?? false,
}, async context => {
  await using tusk = await testTusk({ plugins: [writePlugin(temporaryDirectory(context), plugin, 'tusk-charted')] })
  const connection = await tusk.connect('duckdb', { path: ':memory:' })
  await withBrowser(async ({ page, screenshot }) => {
    await page.goto(`${tusk.address}/p/charted/${connection}`)
    await page.getByRole('img', { name: 'line chart: Twice as much' }).locator('canvas').waitFor()
    await page.getByText('The first 5,000 of 100,000 rows are drawn.').waitFor()
    await page.getByText('As a table (first 200 rows)').click()
    await page.getByRole('cell', { name: '398', exact: true }).waitFor()
    assert.equal(await page.getByRole('row').count(), 201)
    await screenshot('chart-of-a-large-result')
  })
})
