import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('pages of people', { skip: browserMissing ?? false }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  async function signIn(page: Page, name: string, path: string): Promise<void> {
    await page.goto(`${studio.address}/login?next=${encodeURIComponent(path)}`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${path}`)
  }

  test('a person is made, comes in with the one-time password, is put into a group, disabled and deleted', () =>
    withBrowser(async ({ page, screenshot, allow }) => {
      allow(/status of 401/)
      await signIn(page, 'root', '/users')
      await page.locator('#name').fill('grace')
      await page.getByLabel('Viewers').check()
      await page.getByRole('button', { name: 'Make the person' }).click()
      await page.getByText('The one-time password of grace').waitFor()
      const password = (await page.locator('.code-block code').textContent()) ?? ''
      await screenshot('users')
      const come = () => studio.ask('/api/auth/login', { json: { username: 'grace', password } })
      assert.equal((await come()).status, 200)

      await page.getByRole('link', { name: 'grace' }).click()
      await page.getByRole('heading', { name: 'grace' }).waitFor()
      await page.getByLabel('Analysts').check()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved. It is true from this moment on').waitFor()
      await page.locator('tr', { hasText: 'queries.export' }).getByText('Analysts').waitFor()
      await page.locator('time[data-local][title]').first().waitFor()
      await screenshot('user')

      await page.getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('button', { name: 'Enable' }).waitFor()
      assert.equal((await come()).status, 401)
      await page.getByRole('button', { name: 'Delete …' }).click()
      await page.getByRole('dialog').getByText('This cannot be undone.').waitFor()
      await screenshot('user-delete')
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
      await page.waitForURL('**/users')
      await page.getByRole('link', { name: 'viewer' }).waitFor()
      assert.equal(await page.getByRole('link', { name: 'grace' }).count(), 0)

      await page.getByRole('link', { name: 'Audit' }).click()
      await page.locator('tr', { hasText: 'person.delete' }).getByText('grace').waitFor()
      await screenshot('audit')
      await page.getByLabel('Outcome').selectOption('refused')
      await page.locator('tr', { hasText: 'person.delete' }).waitFor({ state: 'detached' })
      await page.locator('tr', { hasText: 'login' }).first().waitFor()
    }))

  test('people are found by what is typed, and by their state', () =>
    withBrowser(async ({ page }) => {
      await signIn(page, 'root', '/users')
      await page.locator('body').press('/')
      await page.keyboard.type('ANALYST')
      await page.getByRole('link', { name: 'viewer' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'analyst' }).waitFor()
      await page.getByLabel('Search').fill('nobody is called this')
      await page.getByText('Nobody is like that.').waitFor()
      await page.getByLabel('Search').fill('')
      await page.getByLabel('State').selectOption('administrator')
      await page.getByRole('link', { name: 'viewer' }).waitFor({ state: 'detached' })
      await page.locator('#people-rows').getByRole('link', { name: 'root' }).waitFor()
    }))

  test('a file of people is looked at before anything changes, then read in; an export is read in again without a change', () =>
    withBrowser(async ({ page, screenshot, allow }) => {
      allow(/status of 4/)
      await signIn(page, 'root', '/users/directory')
      const file = {
        name: 'people.toml',
        mimeType: 'application/toml',
        buffer: Buffer.from('[groups.Clerks]\npermissions = ["data.view"]\n[people.carl]\ngroups = ["Clerks"]\n'),
      }
      await page.getByLabel('A file of this computer').setInputFiles(file)
      await page.getByRole('button', { name: 'Look at the changes' }).click()
      await page.locator('tr', { hasText: 'carl' }).getByText('groups: + Clerks').waitFor()
      await screenshot('users-import')
      const people = async () =>
        (await (await studio.ask('/api/users?q=carl', { as: await rootCookie })).json()) as { users: object[] }
      const rootCookie = studio.signIn('root')
      assert.equal((await people()).users.length, 0)
      await page.getByRole('button', { name: 'Do this' }).click()
      await page.getByText('Done: 2 changes.').waitFor()
      await page.getByRole('row', { name: /^carl/ }).waitFor()
      await screenshot('users-imported')
      assert.equal((await people()).users.length, 1)

      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: 'Export', exact: true }).click()
      const text = (await (await download).createReadStream()).setEncoding('utf8')
      let exported = ''
      for await (const chunk of text) exported += chunk
      await page.getByLabel('TOML').fill(exported)
      await page.getByLabel('Remove what is not in it').check()
      await page.getByRole('button', { name: 'Look at the changes' }).click()
      await page.getByText('Nothing: everything is as the file says already.').waitFor()

      await page.getByLabel('TOML').fill('[people.carl]\nage = 3')
      await page.getByRole('button', { name: 'Look at the changes' }).click()
      await page.getByRole('alert').getByText('people.carl.age is not known').waitFor()
      assert.equal(await page.getByLabel('TOML').inputValue(), '[people.carl]\nage = 3')
    }))

  test('names, descriptions and groups with markup are text wherever people are shown', () =>
    withBrowser(async ({ page, screenshot }) => {
      const as = await studio.signIn('root')
      const evil = '<img src=x onerror="document.title=1">\u202e{{7919*7907}}\'"'
      const group = (await (
        await studio.ask('/api/groups', {
          as,
          json: { name: `A${evil}`.slice(0, 100), description: evil, claim: evil, permissions: 'data.view' },
        })
      ).json()) as { id: string }
      const { person } = (await (
        await studio.ask('/api/users', {
          as,
          json: { name: 'mallory', displayName: evil, email: `${evil}@x`, groups: group.id },
        })
      ).json()) as { person: { id: string } }
      assert.ok(person.id)
      await studio.ask('/api/auth/login', { json: { username: evil, password: evil } })
      await signIn(page, 'root', '/users')
      for (const path of ['/users', `/users/${person.id}`, '/groups', `/groups/${group.id}`, '/audit', '/profile']) {
        await page.goto(studio.address + path)
        await page.getByRole('heading').first().waitFor()
        assert.equal(await page.locator('img').count(), 0, path)
        assert.notEqual(await page.title(), '1', path)
        const fields = page.locator('main').locator('input, textarea')
        const values = await fields.evaluateAll(all => all.map(field => (field as HTMLInputElement).value))
        const shown = [await page.locator('main').textContent(), ...values].join('\n')
        if (path !== '/profile') assert.ok(shown.includes('onerror="document.title=1"'), path)
        assert.ok(!shown.includes('62615533'), path)
      }
      await screenshot('users-hostile')
      await studio.ask(`/api/users/${person.id}/delete`, { as, json: {} })
      await studio.ask(`/api/groups/${group.id}/delete`, { as, method: 'POST' })
    }))

  test('a group is made, given permissions and a limit, and what is wrong is said', () =>
    withBrowser(async ({ page, screenshot, allow }) => {
      allow(/status of 4/)
      await signIn(page, 'root', '/groups')
      await page.locator('#name').fill('Analysts')
      await page.getByRole('button', { name: 'Make the group' }).click()
      await page.getByRole('alert').getByText('There is a group “Analysts” already.').waitFor()
      await screenshot('groups')
      await page.locator('#name').fill('Night shift')
      await page.getByRole('button', { name: 'Make the group' }).click()
      await page.getByRole('heading', { name: 'Night shift' }).waitFor()
      await page.getByLabel('queries.execute').check()
      await page.getByLabel('Seconds of a statement').fill('90')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved. It is true from this moment on').waitFor()
      await screenshot('group')
      await page.reload()
      assert.equal(await page.getByLabel('queries.execute').isChecked(), true)
      assert.equal(await page.getByLabel('Seconds of a statement').inputValue(), '90')
    }))

  test('one’s own profile: what is shown, the other sessions, what one may do', () =>
    withBrowser(async ({ page, screenshot }) => {
      const elsewhere = await studio.signIn('engineer')
      await signIn(page, 'engineer', '/profile')
      await page.getByLabel('Display name').fill('The engineer')
      await page.locator('#profile').getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved.').waitFor()
      await page.getByText('connections.create').waitFor()
      await screenshot('profile')
      assert.equal((await studio.ask('/api/profile', { as: elsewhere })).status, 200)
      await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
      await page.getByText('One session was ended.').waitFor()
      assert.equal((await studio.ask('/api/profile', { as: elsewhere })).status, 401)
      await page.reload()
      assert.equal(await page.getByLabel('Display name').inputValue(), 'The engineer')
    }))

  test('who may not manage people sees neither the tab nor the pages', async () => {
    const viewer = await studio.signIn('viewer')
    for (const path of ['/users', '/groups', '/audit', '/api/users', '/api/groups', '/api/audit'])
      assert.equal((await studio.ask(path, { as: viewer })).status, 403, path)
    const page = await (await studio.ask('/profile', { as: viewer, headers: { accept: 'text/html' } })).text()
    assert.doesNotMatch(page, /href="\/users"/)
    const raised = await studio.ask('/api/profile', { as: viewer, json: { displayName: 'x', administrator: true } })
    assert.equal(raised.status, 400)
  })
})
