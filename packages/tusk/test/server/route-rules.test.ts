import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type { Actor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import { withPermissionTable } from '../../src/server/permission-table.ts'
import { startMultiStudioHere } from '../support/multi-studio-here.ts'
import { routesOnly, startTestServer } from '../support/test-server.ts'

const document = new URL('../../../../docs/permissions.md', import.meta.url)

suite('rules for routes', () => {
  for (const [name, routes, reason] of [
    ['names no permission', app => app.get('/x', () => 1), /names no permission/],
    [
      'names a permission that does not exist',
      app => app.get('/x', { config: { permission: 'everything' as never } }, () => 1),
      /“everything”/,
    ],
    [
      'has a parameter without a schema',
      app => app.get('/x/:id', { config: { permission: 'public' } }, () => 1),
      /parameters in its path/,
    ],
    [
      'has an open body',
      app =>
        app.post(
          '/x',
          { config: { permission: 'public' }, schema: { body: { type: 'object', properties: {} } } },
          () => 1,
        ),
      /body that is open/,
    ],
  ] as readonly [string, (app: FastifyInstance) => unknown, RegExp][])
    test(`a plugin whose route ${name} stops the start`, async () => {
      await assert.rejects(
        startTestServer([routesOnly('bad-one', async app => void routes(app))]),
        (error: TuskError) =>
          error instanceof TuskError && error.code === 'PLUGIN_FAILED' && reason.test(error.message),
      )
    })

  test('two plugins with one id, or an id that is no name, stop the start', async () => {
    await assert.rejects(startTestServer([{ id: 'twin' }, { id: 'twin' }]), /two plugins/)
    await assert.rejects(startTestServer([{ id: '../etc' }]), /no id for a plugin/)
  })

  test('who lacks the permission is refused on every kind of route, HEAD included; who is nobody has to sign in', async () => {
    const analyst: Actor = { id: 'ada', name: 'Ada', can: permission => permission === 'data.view' }
    await using server = await startTestServer(
      [
        routesOnly('sample', async app => {
          app.get('/api/data', { config: { permission: 'data.view' } }, () => ({}))
          app.get('/api/users', { config: { permission: 'system.users' } }, () => ({}))
          app.post('/api/users', { config: { permission: 'system.users' } }, () => ({}))
          app.get('/api/me', { config: { permission: 'authenticated' } }, ({ actor }) => ({ name: actor.name }))
        }),
      ],
      { authenticate: request => (request.headers['x-who'] === 'ada' ? analyst : undefined) },
    )
    const status = async (method: string, path: string, who = 'ada') =>
      (await server.fetch(path, { method, headers: { 'x-who': who } })).status
    assert.equal(await status('GET', '/api/data'), 200)
    assert.equal(await status('GET', '/api/me'), 200)
    for (const method of ['GET', 'HEAD', 'POST']) assert.equal(await status(method, '/api/users'), 403)
    assert.equal(await status('GET', '/api/me', 'nobody'), 401)
    assert.equal(await status('GET', '/api/data', 'nobody'), 401)
    assert.equal(await status('GET', '/api/health', 'nobody'), 200)
    assert.equal(await status('GET', '/nothing', 'nobody'), 404)
  })

  test('docs/permissions.md lists each route of Tusk with who may call it', async t => {
    await using studio = await startMultiStudioHere(t)
    const text = readFileSync(document, 'utf8')
    const now = withPermissionTable(text, studio.routes)
    if (process.env.TUSK_UPDATE_DOCS === '1') writeFileSync(document, now)
    else assert.equal(text, now, 'run with TUSK_UPDATE_DOCS=1 to write the table anew')
  })
})
