import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import { createServer } from '../../src/server/create-server.ts'
import { createFakeTusk } from '../support/fake-tusk.ts'
import { rawRequest } from '../support/raw-request.ts'
import { routesOnly, startTestServer, type TestServer } from '../support/test-server.ts'

const feature = routesOnly('sample', async app => {
  const permission = 'public'
  app.get('/', { config: { permission }, schema: { hide: true } }, () => 'the page')
  app.get('/api/stream', { config: { permission, crossSite: 'deny' } }, () => 'streamed')
  app.post(
    '/api/change',
    { config: { permission }, schema: { body: { type: 'object', additionalProperties: false } } },
    () => ({ changed: true }),
  )
  const properties = {
    n: { type: 'integer' },
    on: { type: 'boolean' },
    name: { type: 'string' },
    list: { type: 'array', items: { type: 'string' } },
  }
  const body = { type: 'object', additionalProperties: false, properties }
  app.post('/api/form', { config: { permission }, schema: { body } }, request => request.body)
})

suite('the edge', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer([feature], { allowedHosts: ['tusk.example.org', 'other.example.org:8443'] })
  })
  after(() => server[Symbol.asyncDispose]())

  const own = (): string => `Host: 127.0.0.1:${server.port}`
  const get = (path: string, ...headers: string[]) => rawRequest(server.port, [`GET ${path} HTTP/1.1`, ...headers])
  const post = (...headers: string[]) =>
    rawRequest(
      server.port,
      ['POST /api/change HTTP/1.1', own(), 'Content-Type: application/json', 'Content-Length: 2', ...headers],
      '{}',
    )

  test('answers to its own names with its port, in any case, and to the hosts it was told', async () => {
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]'])
      assert.equal((await get('/', `Host: ${host}:${server.port}`)).status, 200, host)
    for (const host of ['tusk.example.org', `tusk.example.org:${server.port}`, 'other.example.org:8443'])
      assert.equal((await get('/', `Host: ${host}`)).status, 200, host)
  })

  test('refuses every other name with 421, for pages, files, the API and addresses that do not exist', async () => {
    for (const path of ['/', '/nothing', '/static/web/manifest.json', '/api/health', '/api/openapi.json'])
      for (const host of [
        `evil.example:${server.port}`,
        'localhost',
        `localhost:${server.port + 1}`,
        `127.0.0.1.evil.example:${server.port}`,
        'other.example.org',
        '',
      ])
        assert.equal((await get(path, `Host: ${host}`)).status, 421, `${host} ${path}`)
  })

  test('refuses two Host headers, even when both are right', async () => {
    assert.equal((await get('/', own(), own())).status, 421)
    assert.equal((await get('/', own(), 'Host: evil.example')).status, 421)
  })

  test('refuses no Host, and addresses with a host in them', async () => {
    assert.ok([400, 421].includes((await get('/')).status))
    assert.equal((await get(`http://127.0.0.1:${server.port}/`, own())).status, 421)
    assert.equal((await get('http://evil.example/', own())).status, 421)
  })

  test('a change is refused when another site, a neighbour port or nobody in particular asks', async () => {
    for (const header of [
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Site: same-site',
      'Sec-Fetch-Site: none',
      'Origin: null',
      'Origin: https://evil.example',
      `Origin: http://127.0.0.1:${server.port + 1}`,
      'Origin: http://127.0.0.1',
    ]) {
      const answer = await post(header)
      assert.equal(answer.status, 403, header)
      assert.equal(JSON.parse(answer.body).error.code, 'CROSS_SITE')
    }
    assert.equal((await post('Sec-Fetch-Site: same-origin', 'Origin: null')).status, 403)
  })

  test('a change is made for the own pages and for programs', async () => {
    assert.equal((await post('Sec-Fetch-Site: same-origin', `Origin: http://127.0.0.1:${server.port}`)).status, 200)
    assert.equal((await post(`Origin: http://localhost:${server.port}`)).status, 200)
    assert.equal((await post()).status, 200)
  })

  test('reading a stream is refused to other sites, and allowed to a link that the person opens', async () => {
    assert.equal((await get('/api/stream', own(), 'Sec-Fetch-Site: cross-site')).status, 403)
    assert.equal((await get('/api/stream', own(), 'Sec-Fetch-Site: same-site')).status, 403)
    assert.equal((await get('/api/stream', own(), 'Sec-Fetch-Site: none')).status, 200)
    assert.equal((await get('/api/stream', own())).status, 200)
    assert.equal((await get('/', own(), 'Sec-Fetch-Site: cross-site')).status, 200)
  })

  test('no plain text, no upload and no form of a stranger becomes a body', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await rawRequest(
        server.port,
        ['POST /api/change HTTP/1.1', own(), `Content-Type: ${type}`, 'Content-Length: 2'],
        '{}',
      )
      assert.ok(answer.status === 415 || answer.status === 400, `${type}: ${answer.status}`)
    }
  })

  test('a form is taken from our own pages, and from no other', async () => {
    const form = (text: string, ...headers: string[]) =>
      rawRequest(
        server.port,
        [
          'POST /api/form HTTP/1.1',
          own(),
          'Content-Type: application/x-www-form-urlencoded',
          `Content-Length: ${text.length}`,
          ...headers,
        ],
        text,
      )
    const ours = `Origin: http://127.0.0.1:${server.port}`
    const answer = await form('n=5&on=true&list=a&list=b&name=x+%26y', ours)
    assert.deepEqual(JSON.parse(answer.body), { n: 5, on: true, list: ['a', 'b'], name: 'x &y' })
    assert.deepEqual(JSON.parse((await form('list=a', 'Sec-Fetch-Site: same-origin')).body), { list: ['a'] })
    for (const text of ['n=five', 'other=1', '__proto__=1']) assert.equal((await form(text, ours)).status, 400, text)
    assert.equal((await form('n=5')).status, 400)
    for (const site of ['cross-site', 'same-site', 'none'])
      assert.equal((await form('n=5', `Sec-Fetch-Site: ${site}`)).status, 403)
    assert.equal((await form('n=5', 'Origin: null')).status, 403)
  })

  test('no answer allows another origin to read it', async () => {
    for (const headers of [
      ['Origin: https://evil.example'],
      ['Origin: https://evil.example', 'Access-Control-Request-Method: POST'],
    ])
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await rawRequest(server.port, [`${method} /api/health HTTP/1.1`, own(), ...headers])
        assert.deepEqual(
          [...answer.headers.keys()].filter(name => name.startsWith('access-control')),
          [],
        )
      }
  })

  test('bytes that are no HTTP are answered with 400 and the same guards', async () => {
    const answer = await rawRequest(server.port, ['nonsense'])
    assert.equal(answer.status, 400)
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  })
})

suite('listening beyond this machine', () => {
  test('needs an access token', async () => {
    using fake = createFakeTusk()
    await assert.rejects(
      createServer({ tusk: fake.tusk, features: [], host: '0.0.0.0', port: 0, log: fake.log }),
      (error: TuskError) =>
        error instanceof TuskError && error.code === 'CONFIG_INVALID' && /access token/.test(error.message),
    )
  })

  test('then lets in who has it: as a bearer, or as a cookie that the token was traded for', async () => {
    const token = 'correct-horse'
    await using server = await startTestServer(
      [
        routesOnly(
          'sample',
          async app =>
            void app.get('/api/mine', { config: { permission: 'queries.execute' } }, ({ actor }) => ({ id: actor.id })),
        ),
      ],
      { host: '0.0.0.0', accessToken: token },
    )
    assert.equal((await server.fetch('/api/health')).status, 200)
    assert.equal((await server.fetch('/api/mine')).status, 401)
    assert.equal((await server.fetch('/api/mine', { headers: { authorization: 'Bearer wrong' } })).status, 401)
    assert.deepEqual(
      await (await server.fetch('/api/mine', { headers: { authorization: `Bearer ${token}` } })).json(),
      { id: 'local' },
    )
    const trade = (text: string) =>
      server.fetch('/api/access', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: text }),
      })
    assert.equal((await trade('wrong')).status, 401)
    const cookie = (await trade(token)).headers.get('set-cookie') ?? ''
    assert.match(cookie, new RegExp(`^tusk-access-${server.port}=[\\w-]+; Path=/; HttpOnly; SameSite=Strict$`))
    assert.equal(cookie.includes(token), false)
    assert.equal((await server.fetch('/api/mine', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status, 200)
    const page = await server.fetch('/', { headers: { accept: 'text/html' } })
    assert.match(await page.text(), /href="\/access"|nothing at this address/)
  })
})
