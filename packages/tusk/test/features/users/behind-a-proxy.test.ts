import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import { networksFrom, networkTest } from '../../../src/home/network-list.ts'
import { publicUrl } from '../../../src/home/public-url.ts'
import type { SettingKey } from '../../../src/home/settings.ts'
import { testPassword } from '../../support/multi-studio.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../../support/multi-studio-here.ts'
import { startOidcProvider } from '../../support/oidc-provider.ts'
import { type RawAnswer, rawRequest } from '../../support/raw-request.ts'

type Settings = Partial<Record<SettingKey, string>>

suite('behind a proxy', () => {
  test('addresses and networks are read strictly, and an IPv4 address in IPv6 is itself', () => {
    const inside = networkTest(networksFrom('server.trusted_proxies', ' 10.0.0.0/8, 192.0.2.7 ,fd00::/8'))
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd00::1%eth0'])
      assert.ok(inside(address), address)
    for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', '', 'localhost']) assert.ok(!inside(address), address)
    for (const bad of ['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0', '::/129', '1.2.3.4/x'])
      assert.throws(() => networksFrom('proxy_login.addresses', bad), { code: 'CONFIG_INVALID' }, bad)
  })

  test('the public address is an origin, or the start says what is wrong', () => {
    assert.equal(publicUrl('https://tusk.example.org')?.host, 'tusk.example.org')
    assert.equal(publicUrl(' '), undefined)
    for (const bad of ['tusk.example.org', 'ftp://a', 'https://a/tusk', 'https://a/?b', 'https://u@a'])
      assert.throws(() => publicUrl(bad), { code: 'CONFIG_INVALID' }, bad)
  })

  suite('server.trusted_proxies', () => {
    test('from a proxy that is trusted, the address, https and the name outside are believed', async t => {
      const { studio, ask } = await start(t, {
        'server.trusted_proxies': '127.0.0.1',
        'server.public_url': 'https://tusk.example.org',
      })
      const forwarded = {
        host: 'tusk.example.org',
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-proto': 'https',
        origin: 'https://tusk.example.org',
      }
      const login = await ask('/api/auth/login', { username: 'analyst', password: testPassword }, forwarded)
      assert.equal(login.status, 200)
      const cookie = String(login.headers.get('set-cookie'))
      assert.match(cookie, /^__Host-tusk-session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
      assert.equal(studio.auth.audit.list({ action: 'login' }).entries[0]?.address, '203.0.113.9')
      const session = cookie.split(';', 1)[0] ?? ''
      assert.equal((await ask('/api/profile', undefined, { ...forwarded, cookie: session })).status, 200)
      // The same cookie over a plain connection is none.
      assert.equal((await ask('/api/profile', undefined, { cookie: session })).status, 401)
    })

    test('from anybody else nothing of it is: no https, no other address, and guessing is slowed down all the same', async t => {
      const { studio, ask } = await start(t, { 'server.trusted_proxies': '192.0.2.1' })
      const login = await ask(
        '/api/auth/login',
        { username: 'analyst', password: testPassword },
        { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' },
      )
      assert.match(String(login.headers.get('set-cookie')), /^tusk-session-\d+=/)
      assert.equal(studio.auth.audit.list({ action: 'login' }).entries[0]?.address, '127.0.0.1')
      const guesses: number[] = []
      for (let i = 0; i < 30; i++)
        guesses.push(
          (
            await ask(
              '/api/auth/login',
              { username: `person-${i}`, password: 'a wrong password' },
              { 'x-forwarded-for': `198.51.100.${i}` },
            )
          ).status,
        )
      assert.equal(guesses[0], 401)
      assert.equal(guesses.at(-1), 429)
      const refused = studio.auth.audit.list({ outcome: 'refused', limit: 100 }).entries
      assert.deepEqual([...new Set(refused.map(({ address }) => address))], ['127.0.0.1'])
    })
  })

  suite('what a proxy does not say', () => {
    test('a client cannot put an address before its own, and another name opens nothing', async t => {
      const { studio, ask } = await start(t, { 'server.trusted_proxies': '127.0.0.1' })
      const json = { username: 'analyst', password: testPassword }
      // The proxy adds the address that it sees behind what the client made up.
      await ask('/api/auth/login', json, { 'x-forwarded-for': '10.9.9.9, 203.0.113.9' })
      assert.equal(studio.auth.audit.list({ action: 'login' }).entries[0]?.address, '203.0.113.9')
      const renamed = { host: 'evil.example', 'x-forwarded-host': `127.0.0.1:${new URL(studio.address).port}` }
      assert.equal((await ask('/api/health', undefined, renamed)).status, 421)
      const origin = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }
      assert.equal((await ask('/api/auth/login', json, origin)).status, 403)
    })

    test('where the provider sends people back to is no matter of a request', async t => {
      const { signInUrl } = await startWithProvider(t, { 'server.trusted_proxies': '127.0.0.1' })
      for (const headers of [{}, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }])
        assert.equal(
          (await signInUrl(headers)).searchParams.get('redirect_uri'),
          'https://tusk.example.org/login/oidc/callback',
        )
    })

    test('a provider needs the public address, and ways of several people do not start in single mode', async t => {
      await assert.rejects(start(t, { 'server.public_url': '' }), { code: 'CONFIG_INVALID' })
      for (const settings of [
        { 'proxy_login.header': 'Remote-User', 'proxy_login.addresses': '127.0.0.1', 'oidc.issuer': '' },
        {},
      ] satisfies Settings[])
        await assert.rejects(start(t, { ...settings, 'auth.mode': 'single' }), { code: 'CONFIG_INVALID' })
    })
  })

  suite('a header that names the person', () => {
    const settings: Settings = {
      'proxy_login.header': 'Remote-User',
      'proxy_login.addresses': '127.0.0.0/8',
      'proxy_login.groups_header': 'Remote-Groups',
    }

    test('lets in who has an account, with their own permissions, and is on record once', async t => {
      const { studio, ask } = await start(t, settings)
      const status = await ask('/api/auth/status', undefined, { 'remote-user': 'Analyst' })
      assert.equal((JSON.parse(status.body) as { person: { name: string } }).person.name, 'analyst')
      assert.equal((await ask('/users', undefined, { 'remote-user': 'analyst' })).status, 403)
      assert.equal((await ask('/api/users', undefined, {})).status, 401)
      const logins = studio.auth.audit.list({ action: 'login' }).entries
      assert.deepEqual(
        logins.map(({ target, details }) => [target, details.by]),
        [['analyst', 'proxy']],
      )
      const page = await ask('/login', undefined, { 'remote-user': 'analyst', accept: 'text/html' })
      assert.equal(page.status, 303)
    })

    test('whom nobody knows gets nothing, and no account unless that is set', async t => {
      const { studio, ask } = await start(t, settings)
      const stranger = await ask('/api/profile', undefined, { 'remote-user': 'mallory' })
      assert.equal(stranger.status, 403)
      assert.match(stranger.body, /You have no account here/)
      assert.equal(studio.auth.people.byName('mallory'), undefined)
      const twice = await ask('/api/profile', undefined, { 'remote-user': ['root', 'analyst'] })
      assert.equal(twice.status, 401)
    })

    test('makes accounts in the groups of the proxy, follows those, and never makes an administrator', async t => {
      const { studio, ask } = await start(t, { ...settings, 'proxy_login.people': 'create' })
      const { groups, people } = studio.auth
      const viewers = groups.byName('Viewers')
      assert.ok(viewers)
      groups.update(localActor, viewers.id, { ...viewers, claim: 'readers' })
      const names = async (headers: Record<string, string>) =>
        (
          JSON.parse((await ask('/api/profile', undefined, { 'remote-user': 'newcomer', ...headers })).body) as {
            groups: string[]
          }
        ).groups
      assert.deepEqual(await names({ 'remote-groups': 'readers, Administrators' }), ['Viewers'])
      assert.equal(people.byName('newcomer')?.administrator, false)
      assert.deepEqual(await names({ 'remote-groups': '' }), [])
      people.update(localActor, people.byName('newcomer')?.id ?? '', { active: false })
      assert.equal((await ask('/api/profile', undefined, { 'remote-user': 'newcomer' })).status, 403)
    })

    test('means nothing from an address that is not a proxy, and another site cannot use it', async t => {
      const elsewhere = await start(t, { ...settings, 'proxy_login.addresses': '192.0.2.0/24' })
      const forged = { 'remote-user': 'root', 'x-forwarded-for': '192.0.2.1' }
      assert.equal((await elsewhere.ask('/api/profile', undefined, forged)).status, 401)
      const { ask } = await start(t, settings)
      const crossSite = { 'remote-user': 'analyst', origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      assert.equal((await ask('/api/profile', { displayName: 'Owned' }, crossSite)).status, 403)
      assert.equal((await ask('/api/profile', { displayName: 'Ann' }, { 'remote-user': 'analyst' })).status, 200)
    })

    test('a name that cannot be one here is the same account each time, and names are UTF-8', async t => {
      const { studio, ask } = await start(t, { ...settings, 'proxy_login.people': 'create' })
      const who = async (name: string) => {
        const answer = await ask('/api/profile', undefined, { 'remote-user': name })
        assert.equal(answer.status, 200, answer.body)
        return (JSON.parse(answer.body) as { profile: { name: string } }).profile.name
      }
      for (let time = 0; time < 2; time++) {
        assert.equal(await who('EXAMPLE\\ada'), 'EXAMPLE.ada')
        assert.equal(await who('Zoë'), 'Zoë')
      }
      assert.ok(studio.auth.people.byName('Zoë'))
      const nameless = await ask('/api/profile', undefined, { 'remote-user': '\\\\' })
      assert.equal(nameless.status, 403)
    })

    test('neither a one-time password nor a password of the proxy stands in the way; a token is asked first', async t => {
      const { studio, ask } = await start(t, settings)
      const { people, tokens } = studio.auth
      const made = people.create(localActor, { name: 'fresh', passwordHash: 'none', mustChangePassword: true })
      const fresh = { 'remote-user': made.name }
      assert.equal((await ask('/api/profile', undefined, fresh)).status, 200)
      const basic = `Basic ${Buffer.from('fresh:a password of the proxy').toString('base64')}`
      assert.equal((await ask('/api/profile', undefined, { ...fresh, authorization: basic })).status, 200)
      assert.equal((await ask('/api/profile', undefined, { authorization: basic })).status, 401)
      const analyst = studio.auth.actorOf(people.byName('analyst')?.id ?? '')
      const { text } = tokens.create(analyst, { name: 'script', permissions: ['queries.execute'], days: 1 })
      const status = await ask('/api/auth/status', undefined, { ...fresh, authorization: `Bearer ${text}` })
      assert.equal((JSON.parse(status.body) as { person: { name: string } }).person.name, 'analyst')
      const wrong = { ...fresh, authorization: 'Bearer tusk_made_up' }
      assert.equal((await ask('/api/profile', undefined, wrong)).status, 401)
    })

    test('who is refused is on record once, and the page that says so has its style', async t => {
      const { studio, ask } = await start(t, settings)
      const mallory = { 'remote-user': 'mallory', accept: 'text/html' }
      const page = await ask('/profile', undefined, mallory)
      assert.equal(page.status, 403)
      assert.match(page.body, /You come as “mallory” by proxy\./)
      const style = /\/static\/style\/[^"]+/.exec(page.body.replaceAll('&#x2f;', '/'))?.[0]
      assert.ok(style)
      assert.equal((await ask(style, undefined, mallory)).status, 200)
      await ask('/profile', undefined, mallory)
      assert.equal(studio.auth.audit.list({ outcome: 'refused' }).entries.length, 1)
      studio.auth.people.create(localActor, { name: 'mallory' })
      assert.equal((await ask('/profile', undefined, mallory)).status, 200)
    })

    test('there is nothing to sign out of, and no password to change', async t => {
      const { studio, ask } = await start(t, { ...settings, 'proxy_login.people': 'create' })
      const page = await ask('/profile', undefined, { 'remote-user': 'newcomer', accept: 'text/html' })
      assert.equal(page.status, 200)
      assert.doesNotMatch(page.body, /hx-post="\/logout"/)
      assert.match(page.body, /No session: a proxy says at each request who you are\./)
      const password = await ask('/profile/password', undefined, { 'remote-user': 'newcomer', accept: 'text/html' })
      assert.match(password.body, /You have no password here/)
      assert.doesNotMatch(password.body, /name="current"/)
      assert.ok(studio.auth.people.byName('newcomer'))
    })

    test('other sites, neighbours and forms cannot use it, and streams are for this site', async t => {
      const { studio, ask } = await start(t, settings)
      const engineer = { 'remote-user': 'engineer' }
      const json = { name: 'By an attack', engine: 'duckdb', config: { path: ':memory:' } }
      const port = Number(new URL(studio.address).port)
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: `http://127.0.0.1:${port + 1}`, 'sec-fetch-site': 'same-site' },
        { 'sec-fetch-site': 'cross-site' },
        { 'content-type': 'application/x-www-form-urlencoded' },
        { 'content-type': 'text/plain' },
      ])
        assert.ok([400, 403, 415].includes((await ask('/api/connections', json, { ...engineer, ...headers })).status))
      const list = await ask('/api/connections', undefined, engineer)
      assert.deepEqual((JSON.parse(list.body) as { connections: unknown[] }).connections, [])
      const stream = { ...engineer, 'sec-fetch-site': 'cross-site' }
      assert.equal((await ask('/api/runs/none/events', undefined, stream)).status, 403)
    })

    test('without addresses Tusk does not start', async t => {
      await assert.rejects(start(t, { 'proxy_login.header': 'Remote-User' }), { code: 'CONFIG_INVALID' })
    })
  })
})

/** The same with a provider that is there. */
async function startWithProvider(t: TestContext, settings: Settings) {
  const provider = await startOidcProvider(t, ['https://tusk.example.org/login/oidc/callback'])
  const { ask } = await start(t, { 'oidc.issuer': provider.issuer, ...settings })
  return {
    signInUrl: async (headers: Readonly<Record<string, string>>): Promise<URL> => {
      const answer = await ask('/login/oidc', undefined, headers)
      return new URL(String(answer.headers.get('location')))
    },
  }
}

async function start(t: TestContext, settings: Settings) {
  const studio: MultiStudioHere = await startMultiStudioHere(t, { settings })
  t.after(() => studio[Symbol.asyncDispose]())
  const port = Number(new URL(studio.address).port)
  /** A request as a proxy may write it: any Host, a header twice. */
  const ask = (
    path: string,
    json?: unknown,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<RawAnswer> => {
    const body = json === undefined ? '' : JSON.stringify(json)
    const all = {
      host: `127.0.0.1:${port}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
      ...headers,
    }
    const lines = Object.entries(all).flatMap(([name, values]) => [values].flat().map(value => `${name}: ${value}`))
    return rawRequest(port, [`${json === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`, ...lines], body)
  }
  return { studio, ask }
}
