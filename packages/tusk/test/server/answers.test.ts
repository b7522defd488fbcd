import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Actor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import { attachment } from '../../src/server/download.ts'
import { rawRequest } from '../support/raw-request.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'

const secret = 'hunter2-in-the-cause'
const folder = mkdtempSync(join(tmpdir(), 'tusk-answers-'))
mkdirSync(join(folder, 'templates'))
mkdirSync(join(folder, 'assets/deep/.hidden'), { recursive: true })
writeFileSync(join(folder, 'secret.txt'), 'outside')
writeFileSync(join(folder, 'assets/app.js'), 'export {}')
writeFileSync(join(folder, 'assets/deep/page.css'), 'a{}')
writeFileSync(join(folder, 'assets/.env'), 'KEY=1')
writeFileSync(join(folder, 'assets/deep/.hidden/file.txt'), 'hidden')
symlinkSync(join(folder, 'secret.txt'), join(folder, 'assets/link.txt'))
symlinkSync(folder, join(folder, 'assets/linked'))
writeFileSync(
  join(folder, 'templates/page.html'),
  '{% extends layout %}{% block main %}<p id="part">{{ name }}</p>{% endblock %}',
)

const body = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string', maxLength: 5 },
    kind: { enum: ['a', 'b'] },
    limit: { type: 'integer' },
    maybe: { type: ['string', 'null'] },
  },
} as const

/** A stream that has nothing but an error. */
function failing(): Readable {
  return new Readable({ read: () => undefined }).destroy(new Error(secret))
}

/** A page's text, with the slashes that the template engine writes as entities. */
async function text(answer: Response): Promise<string> {
  return (await answer.text()).replaceAll('&#x2f;', '/')
}

suite('answers', () => {
  let server: TestServer
  before(async () => {
    server = await startTestServer([
      {
        id: 'sample',
        tab: { label: 'Sample', icon: 'box', href: '/page' },
        templates: pathToFileURL(`${join(folder, 'templates')}/`),
        assets: pathToFileURL(`${join(folder, 'assets')}/`),
        routes: async app => {
          const config = { permission: 'public' } as const
          app.get('/page', { config, schema: { hide: true } }, (_request, reply) =>
            reply.page('plugins/sample/page.html', { title: '<i>', name: '<b>"\'' }),
          )
          app.get('/part', { config, schema: { hide: true } }, (_request, reply) =>
            reply.page('plugins/sample/page.html', { name: 'x' }, { block: 'main' }),
          )
          app.get('/api/known', { config }, () => {
            throw new TuskError('CONNECTION_FAILED', undefined, {
              detail: 'why',
              hint: 'what next',
              sourceCode: '08001',
              cause: new Error(secret),
            })
          })
          app.get('/broken', { config, schema: { hide: true } }, () => {
            throw new Error(secret)
          })
          app.get('/api/broken', { config }, () => {
            throw new Error(secret)
          })
          app.post('/api/take', { config, schema: { body } }, request => request.body)
          app.get(
            '/api/query',
            {
              config,
              schema: {
                querystring: {
                  type: 'object',
                  additionalProperties: false,
                  properties: { n: { type: 'integer' }, on: { type: 'boolean' } },
                },
              },
            },
            request => request.query,
          )
          app.get('/api/file', { config }, (_request, reply) =>
            reply.download({
              name: 'r\u00e9sum\u00e9 "1"/..\r\n.csv',
              mimeType: 'text/csv',
              bytes: Readable.from(['a,b']),
            }),
          )
          app.get('/api/file-that-fails', { config }, (_request, reply) =>
            reply.download({
              name: 'x.csv',
              mimeType: 'text/csv',
              bytes: failing(),
            }),
          )
        },
      },
    ])
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  const page = { accept: 'text/html,application/xhtml+xml' }
  const json = (path: string, value: unknown) =>
    server.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })

  test('every kind of answer carries a strict policy and is kept by nobody', async () => {
    const nonces = new Set<string>()
    for (const [path, headers] of [
      ['/page', page],
      ['/nothing', page],
      ['/api/nothing', {}],
      ['/broken', page],
      ['/api/known', {}],
      ['/api/health', {}],
      ['/static/plugins/sample/none.js', {}],
      ['/api/docs', page],
      ['/api/file-that-fails', {}],
    ] as const) {
      const answer = await server.fetch(path, { headers })
      await answer.text()
      const policy = answer.headers.get('content-security-policy') ?? ''
      const nonce = /script-src 'self' 'nonce-([\w+/]{24})'/.exec(policy)?.[1]
      assert.ok(nonce !== undefined, `${path}: ${policy}`)
      nonces.add(nonce)
      assert.match(policy, /default-src 'none'.*base-uri 'none'; object-src 'none'; frame-ancestors 'none'/)
      assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline|https?:/)
      assert.equal(answer.headers.get('cache-control'), 'no-store', path)
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
      assert.equal(answer.headers.get('cross-origin-opener-policy'), 'same-origin')
      assert.equal(answer.headers.get('cross-origin-resource-policy'), 'same-origin')
    }
    assert.equal(nonces.size, 9)
    const refused = await rawRequest(server.port, ['GET / HTTP/1.1', 'Host: evil.example'])
    assert.match(refused.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  })

  test('a page has the shell around it and its values as text; a block of it comes alone', async () => {
    const html = await text(await server.fetch('/page', { headers: page }))
    assert.match(html, /<title>&lt;i&gt; · Tusk<\/title>/)
    assert.match(html, /<p id="part">&lt;b&gt;&quot;&#x27;<\/p>/)
    assert.match(html, /<a class="shell-tab" href="\/page" title="Sample" aria-current="page">/)
    assert.equal(await (await server.fetch('/part')).text(), '<p id="part">x</p>')
  })

  test('a known failure is JSON for programs, a fragment for htmx, a page for people', async () => {
    const program = await server.fetch('/api/known')
    assert.equal(program.status, 502)
    assert.deepEqual(await program.json(), {
      error: {
        code: 'CONNECTION_FAILED',
        message: 'The database could not be reached.',
        detail: 'why',
        hint: 'what next',
        sourceCode: '08001',
      },
    })
    const fragment = await server.fetch('/api/known', { headers: { 'hx-request': 'true' } })
    assert.equal(fragment.status, 502)
    const html = await fragment.text()
    assert.match(html, /^\s*<div class="notice notice-error" role="alert">/)
    assert.match(html, /The database could not be reached\./)
    const person = await server.fetch('/nothing', { headers: page })
    assert.equal(person.status, 404)
    assert.match(await person.text(), /<h1[^>]*>There is nothing at this address\.<\/h1>/)
  })

  test('an unknown failure says only where the log has it, and the log has it', async () => {
    for (const [path, headers] of [
      ['/api/broken', {}],
      ['/broken', page],
      ['/broken', { 'hx-request': 'true' }],
    ] as const) {
      const answer = await server.fetch(path, { headers })
      assert.equal(answer.status, 500)
      const shown = await answer.text()
      assert.doesNotMatch(shown, new RegExp(secret))
      const id = /log has it under ([0-9a-f]{12})/.exec(shown)?.[1]
      const line = server.fake.lines.find(entry => entry.reqId === id && entry.level === 50)
      assert.match(JSON.stringify(line), new RegExp(secret))
    }
  })

  test('a file that fails before its first byte is an error, not an empty file', async () => {
    const answer = await server.fetch('/api/file-that-fails')
    assert.equal(answer.status, 500)
    assert.equal(answer.headers.get('content-disposition'), null)
    assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'INTERNAL')
  })

  test('what does not fit a schema is refused by the name of the field, and nothing is changed on the way', async () => {
    for (const [value, message] of [
      [{}, '“name” is missing.'],
      [{ name: 5 }, '“name” must be string.'],
      [{ name: 'too long' }, '“name” must NOT have more than 5 characters.'],
      [{ name: 'a', other: 1 }, '“other” is not known here.'],
      [{ name: 'a', kind: 'c' }, '“kind” must be one of: a, b.'],
      [{ name: 'a', limit: '5' }, '“limit” must be integer.'],
      [[], 'The body must be object.'],
    ] as const) {
      const answer = await json('/api/take', value)
      assert.equal(answer.status, 400)
      assert.deepEqual(await answer.json(), { error: { code: 'BAD_REQUEST', message } })
    }
    assert.deepEqual(await (await json('/api/take', { name: 'a', maybe: null })).json(), { name: 'a', maybe: null })
    assert.deepEqual(await (await server.fetch('/api/query?n=5&on=true')).json(), { n: 5, on: true })
    assert.equal((await server.fetch('/api/query?n=five')).status, 400)
    assert.equal((await server.fetch('/api/query?m=5')).status, 400)
    assert.equal((await json('/api/take', { name: 'x'.repeat(2_000_000) })).status, 413)
    const broken = await server.fetch('/api/take', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    assert.equal(broken.status, 400)
    assert.equal(((await broken.json()) as { error: { code: string } }).error.code, 'BAD_REQUEST')
  })

  test('__proto__ in a body is refused', async () => {
    const answer = await server.fetch('/api/take', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"a","__proto__":{"x":1}}',
    })
    assert.equal(answer.status, 400)
  })

  test('a download is an attachment that can never act as a page', async () => {
    const answer = await server.fetch('/api/file')
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="r_sum_ _1__..__.csv"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%221%22_..__.csv`,
    )
    assert.equal(answer.headers.get('content-security-policy'), "sandbox; default-src 'none'; frame-ancestors 'none'")
    assert.equal(await answer.text(), 'a,b')
  })

  test('no name of a file breaks out of its header', () => {
    for (const name of [
      'a"b.csv',
      'a\r\nSet-Cookie: x',
      '../../etc/passwd',
      '\u202Egnp.exe',
      '💾.csv',
      '\ud800',
      "it's (1)*.csv",
      '',
    ])
      assert.match(
        attachment(name),
        /^attachment; filename="[\x20\x21\x23-\x7e]*"; filename\*=UTF-8''[\w.!#$&+^`|~%-]*$/,
        name,
      )
  })

  test('files of a plugin are served; what is hidden, linked or outside is not there', async () => {
    const raw = (path: string) =>
      rawRequest(server.port, [`GET /static/plugins/sample/${path} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`])
    assert.equal((await raw('app.js')).status, 200)
    assert.match((await raw('app.js')).headers.get('content-type') ?? '', /javascript/)
    assert.equal((await raw('deep/page.css')).status, 200)
    for (const path of [
      '.env',
      'deep/.hidden/file.txt',
      '../secret.txt',
      '..%2fsecret.txt',
      '%2e%2e/secret.txt',
      '..%5csecret.txt',
      'link.txt',
      'linked/secret.txt',
      'deep',
      '',
      '%00',
      'app.js%00',
      'deep//page.css',
      `${'x'.repeat(300)}`,
    ]) {
      const { status, body: shown } = await raw(path)
      assert.ok(status === 404 || status === 400, `${path}: ${status}`)
      assert.doesNotMatch(shown, /outside|KEY=|hidden/)
    }
  })

  test('the style sheet is one file under the hash of its content, kept for ever; another hash is not there', async () => {
    const html = await text(await server.fetch('/page', { headers: page }))
    const sheet = /href="(\/static\/style\/[0-9a-f]{16}\.css)"/.exec(html)?.[1] ?? ''
    const answer = await server.fetch(sheet)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.match(await answer.text(), /\.shell-tab/)
    assert.equal((await server.fetch('/static/style/0000000000000000.css')).status, 404)
  })

  test('the API describes itself, and shows it on a page', async () => {
    const document = (await (await server.fetch('/api/openapi.json')).json()) as {
      openapi: string
      paths: Record<string, Record<string, Record<string, unknown>>>
    }
    assert.equal(document.openapi, '3.1.0')
    assert.equal(document.paths['/api/take']?.post?.['x-permission'], 'public')
    assert.equal(document.paths['/page'], undefined)
    const html = await text(await server.fetch('/api/docs', { headers: page }))
    assert.match(html, /<code[^>]*>\/api\/take<\/code>/)
  })

  test('tabs are shown to those who may use them', async () => {
    const viewer: Actor = { id: 'v', name: 'V', can: () => false }
    await using limited = await startTestServer(
      [
        { id: 'admin', tab: { label: 'Admin', icon: 'server', href: '/admin', permission: 'admin.view' } },
        { id: 'open', tab: { label: 'Open', icon: 'box', href: '/open' } },
      ],
      { authenticate: () => viewer },
    )
    const html = await (await limited.fetch('/nothing', { headers: page })).text()
    assert.match(html, /title="Open"/)
    assert.doesNotMatch(html, /title="Admin"/)
  })

  test('the log names routes, never the values in their addresses', async () => {
    await server.fetch('/api/query?n=424242')
    assert.doesNotMatch(JSON.stringify(server.fake.lines), /424242/)
    assert.ok(server.fake.lines.some(line => line.route === '/api/query'))
  })

  test('a port in use is said so', async () => {
    await assert.rejects(startTestServer([], { port: server.port }), (error: TuskError) =>
      /is in use/.test(error.message),
    )
  })
})
