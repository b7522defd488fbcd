import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import { networksFrom, networkTest } from '../../../src/home/network-list.ts'
import { publicUrl } from '../../../src/home/public-url.ts'
import type { SettingKey } from '../../../src/home/settings.ts'
import { testPassword } from '../../support/multi-studio.ts'
import { type MultiStudioHere, startMultiStudioHere } from '../../support/multi-studio-here.ts'
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

    test('without addresses Tusk does not start', async t => {
      await assert.rejects(start(t, { 'proxy_login.header': 'Remote-User' }), { code: 'CONFIG_INVALID' })
    })
  })
})

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
