import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/free-port.ts'
import { testPassword } from '../support/multi-studio.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../support/multi-studio-here.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const page = readFileSync(fileURLToPath(new URL('../../../../docs/security.md', import.meta.url)), 'utf8')
const absent = (program: string, ...packages: string[]): string | false =>
  spawnSync(program, ['version']).error === undefined ? false : `no ${program}; apt-get install ${packages.join(' ')}`

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** What the page says of a proxy, with the ports and the certificate of a test in place of those of a machine. */
function exampleOf(language: string, places: Readonly<Record<string, string>>): string {
  let example = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''
  for (const [there, here] of Object.entries(places)) {
    assert.ok(example.includes(there), `the example has no ${there}`)
    example = example.replaceAll(there, here)
  }
  return example
}

suite('Tusk behind the proxies of docs/security.md', () => {
  const certificate = (folder: string): { readonly pem: string; readonly key: string } => {
    const [pem, key] = [join(folder, 'tusk.pem'), join(folder, 'tusk.key')]
    const subject = ['-subj', '/CN=tusk.example.org', '-addext', 'subjectAltName=DNS:tusk.example.org']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', pem]
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' })
    return { pem, key }
  }

  test('nginx', { skip: absent('nginx', 'nginx-light'), timeout: 120_000 }, async t => {
    const [studio, port, folder] = [await behind(t), await freePort(), temporaryDirectory(t)]
    const { pem, key } = certificate(folder)
    const server = exampleOf('nginx', {
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      '/etc/ssl/tusk.pem': pem,
      '/etc/ssl/tusk.key': key,
      'http://127.0.0.1:8000': studio.address,
    })
    const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`)
    const file = join(folder, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; master_process off; pid ${folder}/pid; error_log stderr;\nevents {}\nhttp { access_log off; ${own.join(' ')}\n${server}}`,
    )
    await runs(t, 'nginx', ['-p', folder, '-c', file], port)
    await works(studio, port, pem)
  })

  test('Caddy', { skip: absent('caddy', 'caddy'), timeout: 120_000 }, async t => {
    const [studio, port, folder] = [await behind(t), await freePort(), temporaryDirectory(t)]
    const { pem, key } = certificate(folder)
    const site = exampleOf('caddy', {
      'tusk.example.org {': `https://tusk.example.org:${port} {\n  bind 127.0.0.1\n  tls ${pem} ${key}`,
      '127.0.0.1:8000': new URL(studio.address).host,
    })
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`)
    await runs(t, 'caddy', ['run', '--config', file, '--adapter', 'caddyfile'], port, {
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    })
    await works(studio, port, pem)
  })
})

/** As the page says: the public name, and the proxy of this machine is believed. */
async function behind(t: TestContext): Promise<MultiStudioHere> {
  const studio = await startMultiStudioHere(t, { settings: { 'server.trusted_proxies': '127.0.0.1' } })
  t.after(() => studio[Symbol.asyncDispose]())
  return studio
}

async function runs(
  t: TestContext,
  program: string,
  given: readonly string[],
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, given, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  while (!(await isOpen(port))) {
    assert.equal(child.exitCode, null, said)
    await pause(20)
  }
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // Nobody listens yet.
  } finally {
    socket.destroy()
  }
}

/** A browser of the outside world: the public name, whatever the port of the test is. */
function browserOf(port: number, pem: string) {
  return (
    path: string,
    options: { readonly headers?: Record<string, string>; readonly json?: unknown; readonly method?: string } = {},
  ) => {
    const body = options.json === undefined ? undefined : JSON.stringify(options.json)
    const asked = request({
      host: '127.0.0.1',
      port,
      servername: 'tusk.example.org',
      ca: readFileSync(pem),
      path,
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        host: 'tusk.example.org',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        ...options.headers,
      },
    })
    asked.end(body)
    return asked
  }
}

async function works(studio: MultiStudioHere, port: number, pem: string): Promise<void> {
  const send = browserOf(port, pem)
  const ask = async (...given: Parameters<typeof send>): Promise<Answer> => {
    const [answer] = await once(send(...given), 'response')
    let body = ''
    for await (const chunk of answer.setEncoding('utf8')) body += chunk
    return { status: answer.statusCode, headers: answer.headers, body }
  }
  const fromPage = { origin: 'https://tusk.example.org', 'sec-fetch-site': 'same-origin' }
  const login = await ask('/api/auth/login', {
    json: { username: 'engineer', password: testPassword },
    headers: { ...fromPage, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http', 'x-real-ip': '203.0.113.7' },
  })
  assert.equal(login.status, 200, login.body)
  const set = String(login.headers['set-cookie'])
  assert.match(set, /^__Host-tusk-session=.*; Secure/)
  assert.match(String(login.headers['strict-transport-security']), /max-age=/)
  // Nobody chooses the address that is on record.
  assert.equal(studio.auth.audit.list({ action: 'login' }).entries[0]?.address, '127.0.0.1')
  const cookie = set.split(';', 1)[0] ?? ''
  const other = await ask('/api/connections', { json: {}, headers: { cookie, origin: 'https://evil.example' } })
  assert.equal(other.status, 403)

  const connection = { name: 'Shop', engine: 'duckdb', config: { path: ':memory:' } }
  const made = await ask('/api/connections', { json: connection, headers: { cookie, ...fromPage } })
  assert.equal(made.status, 201, made.body)
  const { id: connectionId } = JSON.parse(made.body) as { id: string }
  // As large as a script may be, nearly.
  const sql = `SELECT count(*) FROM range(100000000000) -- ${'x'.repeat(19_000_000)}`
  const started = await ask('/api/runs', { json: { connectionId, sql }, headers: { cookie, ...fromPage } })
  assert.equal(started.status, 201, started.body.slice(0, 500))
  const { id } = JSON.parse(started.body) as { id: string }
  // The first event of a stream that goes on comes through at once: what is kept back would never come.
  const stream = send(`/api/runs/${id}/events`, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  const [events] = await once(stream, 'response')
  assert.match(String(events.headers['content-type']), /text\/event-stream/)
  let seen = ''
  for await (const chunk of events.setEncoding('utf8')) {
    seen += chunk
    if (seen.includes('event: run')) break
  }
  assert.match(seen, /event: run/)
  stream.destroy()
  const cancelled = await ask(`/api/runs/${id}/cancel`, { method: 'POST', headers: { cookie, ...fromPage } })
  assert.equal(cancelled.status, 204, cancelled.body)
}
