import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import type { Auth } from '../../../src/auth/auth.ts'
import { oidcSettings } from '../../../src/auth/oidc-settings.ts'
import { openAuth } from '../../../src/auth/open-auth.ts'
import { readConfig, writeSetting } from '../../../src/home/config.ts'
import { Home } from '../../../src/home/home.ts'
import type { SettingKey } from '../../../src/home/settings.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { freePort } from '../../support/free-port.ts'
import { type MultiStudio, startMultiStudio } from '../../support/multi-studio.ts'
import { startMultiStudioHere } from '../../support/multi-studio-here.ts'
import { startOidcProvider, type TestOidcProvider } from '../../support/oidc-provider.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('signing in by an OpenID Connect provider', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let provider: TestOidcProvider
  let auth: Auth

  before(async () => {
    const port = await freePort()
    provider = await startOidcProvider(untilTheEnd, [`http://127.0.0.1:${port}/login/oidc/callback`])
    const home = temporaryDirectory(untilTheEnd)
    const settings: Partial<Record<SettingKey, string>> = {
      'server.public_url': `http://127.0.0.1:${port}`,
      'oidc.issuer': provider.issuer,
      'oidc.client_id': provider.clientId,
      'oidc.label': 'the company',
    }
    for (const [key, value] of Object.entries(settings))
      await writeSetting(Home.open(home).path('config.toml'), key as SettingKey, value)
    studio = await startMultiStudio(untilTheEnd, {
      home,
      port,
      arguments: ['--no-samples', '--no-plugins'],
      environment: { TUSK_OIDC_CLIENT_SECRET: provider.clientSecret },
    })
    const opened = openAuth(Home.open(home).path('auth.db'))
    untilTheEnd.after(() => opened[Symbol.dispose]())
    auth = opened
    const analysts = auth.groups.byName('Analysts')
    assert.ok(analysts)
    auth.groups.update(localActor, analysts.id, { ...analysts, claim: 'company-analysts' })
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  const lastLogin = () => auth.audit.list({ action: 'login' }).entries[0]

  test('who is new gets an account, the groups of the provider, and comes to where they wanted to be', async () => {
    provider.people = { 'ada-1': { username: 'Ada L', groups: ['company-analysts', 'chess'] } }
    const walker = new Walker(studio.address)
    const done = await walker.go(await walker.come('ada-1', '/profile?tab=1'))
    assert.deepEqual([done.status, done.headers.get('location')], [303, '/profile?tab=1'])
    const profile = await walker.go('/api/profile')
    const facts = (await profile.json()) as { profile: Record<string, unknown>; groups: string[] }
    assert.deepEqual(facts.groups, ['Analysts'])
    assert.equal(facts.profile.name, 'Ada.L')
    assert.equal(facts.profile.displayName, 'ada-1 of the provider')
    assert.deepEqual([facts.profile.issuer, facts.profile.hasPassword], [provider.issuer, false])
    assert.deepEqual(lastLogin()?.details, { by: 'the company' })
    const password = await studio.ask('/api/profile/password', {
      as: [...walker.cookies].map(pair => pair.join('=')).join('; '),
      json: { current: 'x', password: 'a new long password' },
    })
    assert.equal(password.status, 400)
  })

  test('groups follow the provider at each sign-in, and those that people were put into here stay', async () => {
    provider.people = { 'eve-1': { username: 'eve', groups: ['company-analysts'] } }
    const first = new Walker(studio.address)
    await first.go(await first.come('eve-1'))
    const eve = auth.people.byName('eve')
    const viewers = auth.groups.byName('Viewers')
    assert.ok(eve && viewers)
    auth.people.update(localActor, eve.id, { groups: [...eve.groups.map(({ id }) => id), viewers.id] })
    provider.people = { 'eve-1': { username: 'another name', groups: [] } }
    const second = new Walker(studio.address)
    assert.equal((await second.go(await second.come('eve-1'))).status, 303)
    assert.deepEqual(
      auth.people.get(eve.id).groups.map(({ name }) => name),
      ['Viewers'],
    )
    assert.equal(auth.people.get(eve.id).name, 'eve')
  })

  test('nobody is joined to an account of the same name, nor becomes an administrator, until an administrator links them', async () => {
    provider.people = { 'r-1': { username: 'root', groups: ['Administrators', 'company-analysts'] } }
    const walker = new Walker(studio.address)
    const refused = await walker.go(await walker.come('r-1'))
    assert.equal(refused.status, 401)
    const page = await refused.text()
    assert.match(page, /There is somebody else with the name “root” here\./)
    assert.match(page, /tusk users link root/)
    assert.deepEqual([lastLogin()?.outcome, lastLogin()?.actorName], ['refused', 'root'])
    const viewer = auth.people.byName('viewer')
    assert.ok(viewer)
    auth.people.link(localActor, viewer.id, { issuer: provider.issuer, subject: 'r-1' })
    const again = new Walker(studio.address)
    assert.equal((await again.go(await again.come('r-1'))).status, 303)
    const { profile } = (await (await again.go('/api/profile')).json()) as { profile: { name: string } }
    assert.equal(profile.name, 'viewer')
  })

  test('who is refused reads what an administrator needs to link them, and so does the record', async () => {
    provider.people = { 'sub-7': { username: '\\\\' } }
    const walker = new Walker(studio.address)
    const refused = await walker.go(await walker.come('sub-7'))
    assert.equal(refused.status, 401)
    const page = await refused.text()
    assert.match(page, /Your name over there cannot be one here\./)
    assert.match(page, /You come as “sub-7” by http/)
    assert.deepEqual([lastLogin()?.details.subject, lastLogin()?.details.by], ['sub-7', provider.issuer])
  })

  test('a password that was to be changed does not stand in the way of somebody who is linked', async () => {
    const made = auth.people.create(localActor, { name: 'fresh', passwordHash: 'none', mustChangePassword: true })
    auth.people.link(localActor, made.id, { issuer: provider.issuer, subject: 'fresh-1' })
    const linked = auth.people.get(made.id)
    assert.deepEqual([linked.hasPassword, linked.mustChangePassword], [false, false])
    const walker = new Walker(studio.address)
    await walker.go(await walker.come('fresh-1'))
    assert.equal((await walker.go('/api/profile')).status, 200)
  })

  test('a disabled person is told so, and does not come in', async () => {
    provider.people = { 'dan-1': { username: 'dan' } }
    const walker = new Walker(studio.address)
    await walker.go(await walker.come('dan-1'))
    const dan = auth.people.byName('dan')
    assert.ok(dan)
    auth.people.update(localActor, dan.id, { active: false })
    const again = new Walker(studio.address)
    const refused = await again.go(await again.come('dan-1'))
    assert.equal(refused.status, 401)
    assert.match(await refused.text(), /Your account is disabled\./)
    assert.equal((await again.go('/api/profile')).status, 401)
  })

  test('an answer works once, in the browser that asked, with its own state, nonce and code', async () => {
    provider.people = { 'zoe-1': { username: 'zoe' } }
    const zoe = new Walker(studio.address)
    const answer = await zoe.come('zoe-1')
    const cookies = new Map(zoe.cookies)

    const other = new Walker(studio.address)
    const elsewhere = await other.go(answer)
    assert.equal(elsewhere.status, 401)
    assert.match(await elsewhere.text(), /not begun in this browser/)

    const forged = new Walker(studio.address)
    const own = await forged.come('zoe-1')
    const state = new URL(own)
    state.searchParams.set('state', 'x'.repeat(43))
    assert.equal((await forged.go(state.href)).status, 401)
    assert.equal((await forged.go('/api/profile')).status, 401)

    assert.equal((await zoe.go(answer)).status, 303)
    const replay = new Walker(studio.address)
    for (const [name, value] of cookies) replay.cookies.set(name, value)
    assert.equal((await replay.go(answer)).status, 401)

    const oldCode = new Walker(studio.address)
    const fresh = new URL(await oldCode.come('zoe-1'))
    fresh.searchParams.set('code', new URL(answer).searchParams.get('code') ?? '')
    const refused = await oldCode.go(fresh.href)
    assert.equal(refused.status, 401)
    assert.match(await refused.text(), /refused: invalid_grant/)

    const nonce = new Walker(studio.address)
    const begun = await nonce.go(`${studio.address}/login/oidc`)
    const changed = new URL(begun.headers.get('location') ?? '')
    changed.searchParams.set('nonce', 'another nonce')
    await nonce.follow(await nonce.go(changed.href))
    const back = await nonce.follow(await nonce.go(nonce.at, { login: 'zoe-1' }), isCallback)
    const wrong = await nonce.go(back.headers.get('location') ?? '')
    assert.equal(wrong.status, 401)
    assert.match(await wrong.text(), /does not fit this sign-in/)
  })

  test('a refusal and a broken provider end on the login page with what to do, and other sites are not gone to', async () => {
    const refused = new Walker(studio.address)
    await refused.follow(await refused.go(`${studio.address}/login/oidc?next=//evil.example`))
    const back = await refused.follow(await refused.go(refused.at, { login: '' }), isCallback)
    const page = await refused.go(back.headers.get('location') ?? '')
    assert.equal(page.status, 401)
    const text = await page.text()
    assert.match(text, /“the company” did not let you through\./)
    assert.match(text, /They went away\./)
    assert.match(text, /name="next" value="&#x2f;"/)

    const walker = new Walker(studio.address)
    const answer = await walker.come('ada-1')
    provider.broken = 503
    try {
      const failed = await walker.go(answer)
      assert.ok([401, 502].includes(failed.status))
      assert.match(await failed.text(), /the company/)
    } finally {
      provider.broken = undefined
    }
  })

  test('in a browser: from a page over the provider back to that page', { skip: browserMissing ?? false }, async () => {
    provider.people = { 'bea-1': { username: 'bea', groups: ['company-analysts'] } }
    await withBrowser(async ({ page, screenshot }) => {
      await page.goto(`${studio.address}/profile`)
      await screenshot('login-with-provider')
      await page.getByRole('link', { name: 'Sign in with the company' }).click()
      await page.getByLabel('Login').fill('bea-1')
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.waitForURL(`${studio.address}/profile`)
      await page.getByText('You sign in through').waitFor()
      await page.getByText('Groups: Analysts.').waitFor()
      assert.equal(await page.getByRole('link', { name: 'Change password' }).count(), 0)
    })
  })
})

test('a provider that is away is said on the login page, and is asked anew the next time', async t => {
  const port = await freePort()
  const publicUrl = 'https://tusk.example.org'
  const settings = { 'oidc.issuer': `http://127.0.0.1:${port}`, 'server.public_url': publicUrl }
  await using studio = await startMultiStudioHere(t, { settings })
  const begin = () => fetch(`${studio.address}/login/oidc?next=/settings`, { redirect: 'manual' })
  const away = await begin()
  assert.equal(away.status, 502)
  const page = await away.text()
  assert.match(page, /cannot be reached to sign you in/)
  assert.match(page, /name="next" value="&#x2f;settings"/)
  assert.equal(away.headers.has('set-cookie'), false)
  await startOidcProvider(t, [`${publicUrl}/login/oidc/callback`], port)
  const back = await begin()
  assert.equal(back.status, 303)
  const there = new URL(back.headers.get('location') ?? '')
  assert.equal(there.searchParams.get('redirect_uri'), `${publicUrl}/login/oidc/callback`)
  assert.equal(there.searchParams.get('code_challenge_method'), 'S256')
})

test('a provider that takes the secret in the body only is given it there', async t => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const provider = await startOidcProvider(t, [`${publicUrl}/login/oidc/callback`], 0, 'client_secret_post')
  const secretFile = join(temporaryDirectory(t), 'secret')
  writeFileSync(secretFile, `${provider.clientSecret}\n`)
  const settings = {
    'oidc.issuer': provider.issuer,
    'oidc.client_id': provider.clientId,
    'oidc.client_secret_file': secretFile,
    'server.public_url': publicUrl,
  }
  await using studio = await startMultiStudioHere(t, { settings, port })
  const walker = new Walker(studio.address)
  assert.equal((await walker.go(await walker.come('pat-1'))).status, 303)
  const { profile } = (await (await walker.go(`${publicUrl}/api/profile`)).json()) as { profile: { name: string } }
  assert.equal(profile.name, 'pat-1')
  // Neither the settings page nor a log of what was done has the secret.
  assert.ok(!JSON.stringify(studio.auth.audit.list()).includes(provider.clientSecret))
})

test('settings of a provider that cannot be meant stop the start', t => {
  const file = join(temporaryDirectory(t), 'config.toml')
  const good = {
    ...readConfig(file),
    'oidc.issuer': 'https://id.example.org',
    'oidc.client_id': 'tusk',
    'server.public_url': 'https://tusk.example.org',
  }
  assert.equal(oidcSettings(good, {})?.redirectUri, 'https://tusk.example.org/login/oidc/callback')
  writeFileSync(file, 'the secret\n')
  const withFile = { ...good, 'oidc.client_secret_file': file }
  assert.equal(oidcSettings(withFile, { TUSK_OIDC_CLIENT_SECRET: '' })?.clientSecret, 'the secret')
  assert.equal(oidcSettings(withFile, { TUSK_OIDC_CLIENT_SECRET: 'another' })?.clientSecret, 'another')
  for (const bad of [
    { 'oidc.issuer': 'http://id.example.org' },
    { 'oidc.client_id': '' },
    { 'oidc.scopes': 'profile email' },
    { 'oidc.client_secret_file': `${file}.none` },
    { 'server.public_url': '' },
    { 'server.public_url': 'http://tusk.example.org' },
  ])
    assert.throws(() => oidcSettings({ ...good, ...bad }, {}), { code: 'CONFIG_INVALID' }, JSON.stringify(bad))
})

/** A browser without scripts: keeps cookies and follows redirects by hand. */
class Walker {
  readonly cookies = new Map<string, string>()
  readonly #studio: string
  at: string

  constructor(studio: string) {
    this.#studio = studio
    this.at = studio
  }

  async go(address: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    this.at = new URL(address, this.at).href
    const answer = await fetch(this.at, {
      redirect: 'manual',
      ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      headers: {
        accept: 'text/html',
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split(/=(.*)/s) ?? []
      if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }

  /** Follows redirects until one leads to an address that `stop` knows, or there is no more. */
  async follow(from: Response, stop?: (address: string) => boolean): Promise<Response> {
    let answer = from
    for (let steps = 0; steps < 12; steps++) {
      const next = answer.headers.get('location')
      if (next === null) return answer
      const address = new URL(next, this.at).href
      if (stop?.(address) === true) return answer
      answer = await this.go(address)
    }
    throw new Error('too many redirects')
  }

  /** Signs in at the provider and stops where it sends the browser back. */
  async come(login: string, next = '/profile'): Promise<string> {
    const page = await this.follow(await this.go(`${this.#studio}/login/oidc?next=${encodeURIComponent(next)}`))
    assert.match(await page.text(), /name="login"/)
    const back = await this.follow(await this.go(this.at, { login }), address => isCallback(address))
    return new URL(back.headers.get('location') ?? '', this.at).href
  }
}

function isCallback(address: string): boolean {
  return new URL(address).pathname === '/login/oidc/callback'
}
