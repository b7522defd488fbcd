import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routesOnly, startTestServer } from '../support/test-server.ts'

test('an answer tells htmx what to do beside its HTML', async () => {
  const plugin = routesOnly('answers', async app => {
    const route = { config: { permission: 'authenticated' } } as const
    app.get('/all', route, (request, reply) =>
      reply.toast('Geschafft: 東京').trigger('saved', { id: 7 }).retarget('#list').send({ htmx: request.isHtmx }),
    )
    app.get('/open', route, (_request, reply) => reply.openPage('/p/x?q=a b').send(''))
    app.get('/refresh', route, (_request, reply) => reply.refreshPage().send(''))
    app.get('/away', route, (_request, reply) => reply.openPage('//example.test').send(''))
  })
  await using server = await startTestServer([plugin])
  const all = await server.fetch('/all', { headers: { 'HX-Request': 'true' } })
  assert.deepEqual(JSON.parse(all.headers.get('hx-trigger') ?? ''), {
    tuskToast: { message: 'Geschafft: 東京', variant: 'success' },
    saved: { id: 7 },
  })
  assert.equal(all.headers.get('hx-retarget'), '#list')
  assert.deepEqual(await all.json(), { htmx: true })
  assert.deepEqual(await (await server.fetch('/all')).json(), { htmx: false })
  assert.equal((await server.fetch('/open')).headers.get('hx-redirect'), '/p/x?q=a%20b')
  assert.equal((await server.fetch('/refresh')).headers.get('hx-refresh'), 'true')
  assert.equal((await server.fetch('/away')).status, 400)
})
