import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { localActor } from '../../../src/auth/actor.ts'
import { openAuth } from '../../../src/auth/open-auth.ts'
import { safeNext } from '../../../src/features/users/safe-next.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const tusk = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))

test('only paths of this Tusk are gone to after signing in', () => {
  for (const path of ['/', '/settings', '/p/hello?tab=1#top', '/?result=abc']) assert.equal(safeNext(path), path)
  const bad = [
    undefined,
    '',
    'settings',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
  ]
  for (const path of [...bad, '\\/evil', 'javascript:alert(1)', '/..//evil.example', '/.//evil.example'])
    assert.equal(safeNext(path), '/', String(path))
})

suite('signing in', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  before(async () => {
    studio = await startMultiStudio(untilTheEnd, {
      home: temporaryDirectory(untilTheEnd),
      arguments: ['--no-samples', '--no-plugins'],
    })
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  test('without a session pages lead to the login, programs get 401, and the health is there', async () => {
    const page = await studio.ask('/settings?a=b', { headers: { accept: 'text/html' } })
    assert.deepEqual([page.status, page.headers.get('location')], [303, '/login?next=%2Fsettings%3Fa%3Db'])
    const htmx = await studio.ask('/settings', { headers: { accept: 'text/html', 'hx-request': 'true' } })
    assert.equal(htmx.headers.get('hx-redirect'), '/login')
    const program = await studio.ask('/api/connections')
    assert.equal(program.status, 401)
    assert.equal((await studio.ask('/api/health')).status, 200)
    const status = (await (await studio.ask('/api/auth/status')).json()) as object
    assert.deepEqual(status, { mode: 'multi', permissions: [], mustChangePassword: false })
  })

  test('an unknown name and a wrong password are answered alike, and both are on record', async () => {
    const answers = await Promise.all(
      ['analyst', 'no such person'].map(username =>
        studio.ask('/api/auth/login', { json: { username, password: 'not it' } }),
      ),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401],
    )
    assert.equal(await answers[0]?.text(), await answers[1]?.text())
    using auth = openAuth(`${studio.home}/auth.db`)
    const names = auth.audit.list({ action: 'login', outcome: 'refused' }).entries.map(({ actorName }) => actorName)
    assert.deepEqual(names.toSorted(), ['analyst', 'no such person'])
    assert.ok(!JSON.stringify(auth.audit.list()).includes('not it'))
  })

  test('a session that somebody else set is replaced at login; signing out ends it on the server', async () => {
    const first = await studio.signIn('analyst')
    const again = await studio.ask('/api/auth/login', {
      as: first,
      json: { username: 'analyst', password: testPassword },
    })
    const second = again.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    assert.notEqual(second, first)
    assert.match(again.headers.get('set-cookie') ?? '', /; Path=\/; HttpOnly; SameSite=Lax$/)
    assert.equal((await studio.ask('/api/connections', { as: first })).status, 401)
    assert.equal((await studio.ask('/api/connections', { as: second })).status, 200)
    const made = `${second.split('=', 1)[0]}=${'A'.repeat(43)}`
    assert.equal((await studio.ask('/api/connections', { as: made })).status, 401)
    assert.equal((await studio.ask('/api/auth/logout', { as: second, method: 'POST' })).status, 204)
    assert.equal((await studio.ask('/api/connections', { as: second })).status, 401)
  })

  test('a new password gives the session a new secret: the old one and every other session open nothing', async () => {
    const elsewhere = await studio.signIn('viewer')
    const before = await studio.signIn('viewer')
    const wanted = 'four little words here'
    const json = { current: testPassword, password: wanted }
    const answer = await studio.ask('/api/profile/password', { as: before, json })
    assert.equal(answer.status, 204)
    const now = answer.headers.get('set-cookie') ?? ''
    assert.match(now, /; Path=\/; HttpOnly; SameSite=Lax$/)
    for (const gone of [before, elsewhere])
      assert.equal((await studio.ask('/api/connections', { as: gone })).status, 401)
    const cookie = now.split(';', 1)[0] ?? ''
    assert.notEqual(cookie, before)
    const back = { current: wanted, password: testPassword }
    assert.equal((await studio.ask('/api/profile/password', { as: cookie, json: back })).status, 204)
  })

  test('“Stay signed in” is a cookie that outlives the browser, also after a new password; without it the session goes idle', async () => {
    const enter = (remember?: boolean) =>
      studio.ask('/api/auth/login', { json: { username: 'engineer', password: testPassword, remember } })
    const days = /; Max-Age=(\d+)$/
    assert.doesNotMatch((await enter()).headers.get('set-cookie') ?? '', days)
    const kept = (await enter(true)).headers.get('set-cookie') ?? ''
    assert.equal(days.exec(kept)?.[1], String(30 * 86_400))
    const wanted = 'four little words here'
    const changed = await studio.ask('/api/profile/password', {
      as: kept.split(';', 1)[0] ?? '',
      json: { current: testPassword, password: wanted },
    })
    const renewed = changed.headers.get('set-cookie') ?? ''
    const left = Number(days.exec(renewed)?.[1])
    assert.ok(left > 29 * 86_400 && left <= 30 * 86_400, renewed)
    using auth = openAuth(`${studio.home}/auth.db`)
    const engineer = auth.people.byName('engineer')
    assert.deepEqual(
      auth.sessions.of(engineer?.id ?? '').map(({ remembered }) => remembered),
      [true],
    )
    const back = { current: wanted, password: testPassword }
    const cookie = renewed.split(';', 1)[0] ?? ''
    assert.equal((await studio.ask('/api/profile/password', { as: cookie, json: back })).status, 204)
  })

  test('guessing is slowed down, whatever a request says about where it comes from', async () => {
    const guess = (at: number) =>
      studio.ask('/api/auth/login', {
        json: { username: 'viewer', password: `guess ${at}` },
        headers: { 'x-forwarded-for': `10.0.0.${at}`, forwarded: `for=10.0.0.${at}` },
      })
    // At the same moment: however slow the machine is, no wait is over before the last has come.
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => guess(at)))
    const statuses = answers.map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [...Array<number>(6).fill(401), ...Array<number>(4).fill(429)])
  })

  test('a form of another site, another port or without a browser does not sign in', async () => {
    const form = new URLSearchParams({ username: 'analyst', password: testPassword })
    const from = (headers: Record<string, string>) =>
      studio.ask('/login', { method: 'POST', body: form, headers: { accept: 'text/html', ...headers } })
    assert.equal((await from({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal((await from({ origin: 'http://127.0.0.1:9', 'sec-fetch-site': 'same-site' })).status, 403)
    assert.equal((await from({ origin: 'null' })).status, 403)
    assert.equal((await from({})).status, 400)
    const good = await from({ origin: studio.address, 'sec-fetch-site': 'same-origin' })
    assert.deepEqual([good.status, good.headers.get('location')], [303, '/'])
  })

  test('an open stream ends as soon as its person is disabled', async () => {
    const cookie = await studio.signIn('engineer')
    const made = await studio.ask('/api/connections', {
      as: cookie,
      json: { name: 'Memory', engine: 'duckdb', config: { path: ':memory:' } },
    })
    const { id: connectionId } = (await made.json()) as { id: string }
    const started = await studio.ask('/api/runs', {
      as: cookie,
      json: { connectionId, sql: 'SELECT count(*) FROM range(100000000000)', tabId: 'tab' },
    })
    const { id } = (await started.json()) as { id: string }
    const stream = await studio.ask(`/api/runs/${id}/events`, { as: cookie })
    assert.equal(stream.status, 200)
    const ended = stream.text()
    using auth = openAuth(`${studio.home}/auth.db`)
    const engineer = auth.people.byName('engineer')
    auth.people.update(localActor, engineer?.id ?? '', { active: false })
    assert.doesNotMatch(await ended, /"state":"complete"/)
    assert.equal((await studio.ask(`/api/runs/${id}`, { as: cookie })).status, 401)
  })

  test(
    'in a browser: the login, a wrong password, the page that was wanted, signing out',
    {
      skip: browserMissing,
    },
    () =>
      withBrowser(async ({ page, allow, screenshot }) => {
        allow(/status of 401/)
        await page.goto(`${studio.address}/api/docs`)
        await page.getByRole('heading', { name: 'Sign in to Tusk' }).waitFor()
        await screenshot('login')
        await page.getByLabel('Name').fill('root')
        await page.getByLabel('Password').fill('wrong')
        await page.keyboard.press('Enter')
        await page.getByRole('alert').getByText('The name or the password is wrong.').waitFor()
        assert.equal(await page.getByLabel('Name').inputValue(), 'root')
        await page.getByLabel('Password').fill(testPassword)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.waitForURL('**/api/docs')
        await page.getByRole('link', { name: 'root' }).waitFor()
        await page.getByRole('button', { name: 'Sign out' }).click()
        await page.waitForURL('**/login')
        await page.goto(`${studio.address}/settings`)
        await page.getByRole('heading', { name: 'Sign in to Tusk' }).waitFor()
      }),
  )
})

test('tusk auth: no administrator, no start; a one-time password opens nothing but its change', {
  skip: browserMissing,
}, async t => {
  const home = temporaryDirectory(t)
  const command = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [tusk, 'auth', ...args], { env: { ...process.env, TUSK_HOME: home } }))
      .stdout
  await assert.rejects(command('enable'), /tusk auth init/)
  const printed = await command('init')
  const password = /one-time password: (\S+)/.exec(printed)?.[1] ?? ''
  assert.match(password, /^[a-z2-9-]{23}$/)
  await assert.rejects(command('init'), /There is an administrator already/)
  await command('enable')
  assert.deepEqual(JSON.parse(await command('status', '--json')), {
    mode: 'multi',
    people: 1,
    groups: 4,
    administrators: 1,
  })
  const studio = await startStudioProcess(t, { home, arguments: ['--no-plugins', '--no-samples'] })
  await withBrowser(async ({ page, allow, screenshot }) => {
    allow(/status of 400/)
    await page.goto(`${studio.address}/settings`)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Change password' }).waitFor()
    await screenshot('change-password')
    await page.goto(`${studio.address}/`)
    await page.getByRole('heading', { name: 'Change password' }).waitFor()
    const fill = async (next: string, again = next) => {
      await page.getByLabel('Present password').fill(password)
      await page.getByLabel('New password', { exact: false }).first().fill(next)
      await page.getByLabel('New password again').fill(again)
      await page.keyboard.press('Enter')
    }
    await fill('admin123')
    await page.getByRole('alert').getByText('This password cannot be used.').waitFor()
    await fill('three little words', 'three little wolves')
    await page.getByRole('alert').getByText('The two new passwords are not the same.').waitFor()
    await fill('three little words')
    await page.locator('.shell-sidebar').getByRole('link', { name: 'admin' }).waitFor()
  })
})

test('the SQL page offers an analyst and a viewer what they may do, and no more', { skip: browserMissing }, async t => {
  const studio = await startMultiStudio(t, { home: temporaryDirectory(t), arguments: ['--no-plugins', '--no-samples'] })
  const seen = (name: string, look: (page: Page) => Promise<void>) =>
    withBrowser(async ({ page }) => {
      await page.goto(`${studio.address}/login`)
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Password').fill(testPassword)
      await page.keyboard.press('Enter')
      await page.locator('[data-ready=true]').waitFor()
      await look(page)
    })
  await seen('analyst', async page => {
    await page.getByText('No connection is open to you yet.').waitFor()
    await page.getByRole('tree', { name: 'Saved queries' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'New connection' }).count(), 0)
  })
  await seen('viewer', async page => {
    await page.getByText('No connection is open to you yet.').waitFor()
    assert.equal(await page.getByRole('tree', { name: 'Saved queries' }).count(), 0)
    await page.keyboard.press('Control+s')
    await page.locator('.toast-card', { hasText: 'Saving queries is not open to you' }).waitFor()
  })
})
