import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type MultiStudio, startMultiStudio, testPassword } from '../support/multi-studio.ts'
import { rawRequest } from '../support/raw-request.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('attacks on a studio of several people', () => {
  const ends: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void ends.push(end) }
  let studio: MultiStudio
  before(async () => {
    studio = await startMultiStudio(untilTheEnd, {
      home: temporaryDirectory(untilTheEnd),
      arguments: ['--no-samples', '--no-plugins'],
    })
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })

  const port = (): number => Number(new URL(studio.address).port)
  const names = async (cookie: string): Promise<readonly string[]> => {
    const answer = await studio.ask('/api/connections', { as: cookie })
    return ((await answer.json()) as { connections: { name: string }[] }).connections.map(({ name }) => name)
  }
  const connection = { name: 'Made by an attack', engine: 'duckdb', config: { path: ':memory:' } }

  test('another site, a neighbour port and a form change nothing with the cookie of somebody signed in', async () => {
    const cookie = await studio.signIn('engineer')
    const body = JSON.stringify(connection)
    const attempts: readonly Record<string, string>[] = [
      { 'content-type': 'application/json', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'content-type': 'application/json', origin: `http://127.0.0.1:${port() + 1}`, 'sec-fetch-site': 'same-site' },
      { 'content-type': 'application/json', origin: `http://localhost:${port() + 1}` },
      { 'content-type': 'application/json', origin: 'null' },
      { 'content-type': 'application/json', 'sec-fetch-site': 'none' },
      { 'content-type': 'text/plain', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'multipart/form-data; boundary=x' },
    ]
    for (const headers of attempts) {
      const answer = await studio.ask('/api/connections', { as: cookie, method: 'POST', body, headers })
      assert.ok([400, 403, 415].includes(answer.status), `${JSON.stringify(headers)}: ${answer.status}`)
      assert.equal(answer.headers.has('access-control-allow-origin'), false)
    }
    assert.deepEqual(await names(cookie), [])
  })

  test('streams and downloads are not for images, scripts and event sources of other sites', async () => {
    const cookie = await studio.signIn('engineer')
    for (const path of ['/api/runs/none/events', '/api/results/none/export?format=csv'])
      for (const site of ['cross-site', 'same-site'])
        for (const destination of ['image', 'script', 'empty'])
          assert.equal(
            (
              await studio.ask(path, {
                as: cookie,
                headers: { 'sec-fetch-site': site, 'sec-fetch-dest': destination },
              })
            ).status,
            403,
            `${path} ${site}`,
          )
  })

  test('a name that was bound anew to this machine is not answered, cookie or not, not even with the login', async () => {
    const cookie = await studio.signIn('engineer')
    for (const path of ['/', '/login', '/api/connections', '/api/auth/status', '/nothing']) {
      const answer = await rawRequest(port(), [
        `GET ${path} HTTP/1.1`,
        `Host: evil.example:${port()}`,
        `Cookie: ${cookie}`,
      ])
      assert.equal(answer.status, 421, path)
      assert.equal(answer.body.includes('engineer'), false)
    }
  })

  test('no page may be framed, run foreign scripts, be sniffed or kept in a cache', async () => {
    for (const path of ['/login', '/', '/nothing', '/api/health']) {
      const { headers } = await studio.ask(path, { headers: { accept: 'text/html' } })
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /frame-ancestors 'none'/, path)
      assert.match(policy, /default-src 'none'/, path)
      assert.doesNotMatch(policy, /script-src[^;]*unsafe/, path)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('cache-control') ?? '', /no-store/, path)
    }
  })

  test('the cookie of another port, of https or of a subdomain opens nothing here', async () => {
    const cookie = await studio.signIn('engineer')
    const secret = cookie.split('=')[1]
    for (const name of [`tusk-session-${port() + 1}`, 'tusk-session', '__Host-tusk-session', `tusk-session-0${port()}`])
      assert.equal((await studio.ask('/api/connections', { as: `${name}=${secret}` })).status, 401, name)
  })

  test('nobody is made administrator by a field that is not asked for, nor by the prototype of an object', async () => {
    const cookie = await studio.signIn('engineer')
    const bodies = [
      '{"current":"x","password":"a new long password","administrator":true}',
      '{"current":"x","password":"a new long password","__proto__":{"administrator":true}}',
      '{"current":"x","password":"a new long password","constructor":{"prototype":{"administrator":true}}}',
    ]
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' }
      const answer = await studio.ask('/api/profile/password', { as: cookie, method: 'POST', body, headers })
      assert.equal(answer.status, 400, body)
    }
    for (const extra of ['"owner":"local"', '"id":"mine"', '"sample":true', '"__proto__":{"owner":"local"}']) {
      const body = `${JSON.stringify(connection).slice(0, -1)},${extra}}`
      const headers = { 'content-type': 'application/json' }
      const answer = await studio.ask('/api/connections', { as: cookie, method: 'POST', body, headers })
      assert.equal(answer.status, 400, extra)
    }
    assert.deepEqual(await names(cookie), [])
    assert.equal((await studio.ask('/api/settings', { as: cookie })).status, 403)
  })

  test('names that are too long, hold NUL or line breaks, or are SQL are wrong names like any other', async () => {
    const tried = ["' OR 1=1 --", 'root\u0000', 'root\r\nSet-Cookie: a=b', '<script>alert(1)</script>', '{{7*7}}']
    for (const username of tried) {
      const answer = await studio.ask('/api/auth/login', { json: { username, password: testPassword } })
      assert.ok([400, 401].includes(answer.status), `${JSON.stringify(username)}: ${answer.status}`)
      assert.equal(answer.headers.has('set-cookie'), false)
    }
    const long = { username: 'x'.repeat(100_000), password: testPassword }
    assert.equal((await studio.ask('/api/auth/login', { json: long })).status, 400)
    const huge = { username: 'root', password: 'x'.repeat(2_000_000) }
    assert.equal((await studio.ask('/api/auth/login', { json: huge })).status, 413)
  })

  test('what is typed into the login comes back as text, and leads only to pages of this Tusk', async () => {
    const name = '"><img src=x onerror=alert(1)>'
    const form = (fields: Record<string, string>) =>
      studio.ask('/login', {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { accept: 'text/html', origin: studio.address, 'sec-fetch-site': 'same-origin' },
      })
    const page = await (await form({ username: name, password: 'wrong', next: '"><script>x</script>' })).text()
    assert.ok(!page.includes('<img src=x') && !page.includes('<script>x</script>'))
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await form({ username: 'analyst', password: testPassword, next })
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/'], next)
    }
  })

  test('things of somebody else are not there, for an administrator as for anybody', async () => {
    const [engineer, analyst, root] = [
      await studio.signIn('engineer'),
      await studio.signIn('analyst'),
      await studio.signIn('root'),
    ]
    const made = await studio.ask('/api/connections', { as: engineer, json: { ...connection, name: 'Own' } })
    const { id: connectionId } = (await made.json()) as { id: string }
    const started = await studio.ask('/api/runs', {
      as: engineer,
      json: { connectionId, sql: 'SELECT 1', tabId: 'tab' },
    })
    const { id: runId } = (await started.json()) as { id: string }
    await (await studio.ask(`/api/runs/${runId}/events`, { as: engineer })).text()
    const run = (await (await studio.ask(`/api/runs/${runId}`, { as: engineer })).json()) as {
      id: string
      statements: { resultId: string }[]
    }
    const result = run.statements[0]?.resultId
    assert.ok(result)
    for (const stranger of [analyst, root]) {
      for (const path of [
        `/api/connections/${connectionId}`,
        `/api/runs/${run.id}`,
        `/api/results/${result}`,
        `/api/results/${result}/rows?offset=0&limit=1`,
        `/api/results/${result}/export?format=csv`,
      ])
        assert.equal((await studio.ask(path, { as: stranger })).status, 404, path)
      const json = { connectionId, sql: 'SELECT 1', tabId: 'tab' }
      assert.equal((await studio.ask('/api/runs', { as: stranger, json })).status, 404)
      assert.equal((await studio.ask(`/api/runs/${run.id}/cancel`, { as: stranger, method: 'POST' })).status, 404)
      assert.equal((await studio.ask(`/api/results/${result}`, { as: stranger, method: 'DELETE' })).status, 404)
    }
    assert.equal((await studio.ask(`/api/results/${result}`, { as: engineer })).status, 200)
  })
})
