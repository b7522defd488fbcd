import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../support/multi-studio.ts'
import { StudioPage } from '../support/studio-page.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

suite('a page whose session ended', { skip: browserMissing ?? false }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let root: string
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
    root = await studio.signIn('root')
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  const notice = (page: Page) => page.getByRole('alert').filter({ hasText: 'Your session ended.' })

  async function fillIn(page: Page, name: string): Promise<void> {
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill(testPassword)
    await page.keyboard.press('Enter')
  }
  async function signIn(page: Page, name: string, path: string): Promise<void> {
    await page.goto(`${studio.address}/login?next=${encodeURIComponent(path)}`)
    await fillIn(page, name)
    await page.waitForURL(`**${path}`)
  }
  async function endSessions(name: string): Promise<void> {
    const { users } = (await (await studio.ask('/api/users', { as: root })).json()) as {
      users: { id: string; name: string }[]
    }
    const { id } = users.find(one => one.name === name)!
    for (const action of ['disable', 'enable'])
      await studio.ask(`/api/users/${id}/${action}`, { as: root, method: 'POST' })
  }
  async function tabTexts(name: string): Promise<readonly string[]> {
    const as = await studio.signIn(name)
    const { tabs } = (await (await studio.ask('/api/tabs', { as })).json()) as { tabs: { sql: string }[] }
    return tabs.map(({ sql }) => sql)
  }
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    for (const end = performance.now() + 15_000; !(await what()); )
      if (performance.now() > end) throw new Error('it did not happen')
  }

  test('the studio says so once, keeps what is typed, and goes on when the same person signs in in another tab', () =>
    withBrowser(async ({ page, context, screenshot, allow }) => {
      allow(/status of 401/)
      await signIn(page, 'analyst', '/')
      const here = new StudioPage(page)
      await page.locator('.cm-content').waitFor()
      await here.write('SELECT 1')
      await until(async () => (await tabTexts('analyst')).includes('SELECT 1'))
      await endSessions('analyst')
      await here.write('SELECT 2 -- typed after the end')
      await notice(page).waitFor()
      // What else is asked for fails for the same reason and says nothing more.
      await page.getByRole('button', { name: 'Switch to the light theme' }).click()
      await page.keyboard.press('Control+s')
      assert.equal(await notice(page).count(), 1)
      assert.equal(await page.locator('.toast-error').count(), 0)
      assert.equal(await here.text(), 'SELECT 2 -- typed after the end')
      await screenshot('session-ended')

      const other = await context.newPage()
      await signIn(other, 'analyst', '/settings')
      await notice(page).waitFor({ state: 'detached' })
      assert.equal(await here.text(), 'SELECT 2 -- typed after the end')
      await until(async () => (await tabTexts('analyst')).includes('SELECT 2 -- typed after the end'))
    }))

  test('its link comes back to the same place, with what was typed', () =>
    withBrowser(async ({ page, allow }) => {
      allow(/status of 401/)
      await signIn(page, 'engineer', '/?from=here#there')
      const here = new StudioPage(page)
      await page.locator('.cm-content').waitFor()
      await here.write('SELECT 3')
      await until(async () => (await tabTexts('engineer')).includes('SELECT 3'))
      await endSessions('engineer')
      await here.write('SELECT 4 -- a draft')
      await notice(page).waitFor()
      await notice(page).getByRole('link', { name: 'Sign in again' }).click()
      await page.waitForURL('**/login?next=**')
      await fillIn(page, 'engineer')
      await page.waitForURL('**/?from=here#there')
      await page.locator('.cm-content').waitFor()
      await here.until(`document.querySelector('.cm-content').textContent.includes('SELECT 4 -- a draft')`)
      await until(async () => (await tabTexts('engineer')).includes('SELECT 4 -- a draft'))
    }))

  test('a form of htmx keeps its fields and is sent when somebody is signed in again; the sign-in opens beside it', () =>
    withBrowser(async ({ page, context, allow }) => {
      allow(/status of 401/)
      await signIn(page, 'viewer', '/profile')
      await endSessions('viewer')
      await page.getByLabel('Display name').fill('Vera')
      await page.locator('form[hx-post="/profile"]').getByRole('button', { name: 'Save' }).click()
      await notice(page).waitFor()
      assert.equal(new URL(page.url()).pathname, '/profile')
      assert.equal(await page.getByLabel('Display name').inputValue(), 'Vera')
      const opening = context.waitForEvent('page')
      await notice(page).getByRole('link', { name: 'Sign in again' }).click()
      const beside = await opening
      await fillIn(beside, 'viewer')
      await beside.waitForURL('**/profile')
      await page.getByText('Saved.', { exact: true }).waitFor()
      assert.equal(await notice(page).count(), 0)
      assert.equal(await page.getByLabel('Display name').inputValue(), 'Vera')
    }))

  test('when somebody else signs in there, nothing of the page is done in their name', () =>
    withBrowser(async ({ page, context, allow, screenshot }) => {
      allow(/status of 401/)
      await signIn(page, 'analyst', '/')
      const here = new StudioPage(page)
      await page.locator('.cm-content').waitFor()
      await endSessions('analyst')
      await here.write('SELECT secret_of_analyst')
      await notice(page).waitFor()
      const other = await context.newPage()
      await signIn(other, 'engineer', '/')
      await other.locator('.cm-content').waitFor()
      await page.getByText('engineer is signed in here now.').waitFor()
      await screenshot('session-of-another')
      await here.write('SELECT another_secret')
      await page.keyboard.press('Control+s')
      // Neither by the page of the first one nor by what it left in this browser.
      await other.reload()
      await other.locator('.cm-content').waitFor()
      assert.doesNotMatch((await other.locator('body').textContent()) ?? '', /secret/)
      assert.doesNotMatch((await tabTexts('engineer')).join('\n'), /secret/)
    }))

  test('programs hear it from the answer', async () => {
    const engineer = await studio.signIn('engineer')
    const headers = { 'tusk-person': 'somebody else' }
    const other = await studio.ask('/api/tabs', { as: engineer, headers })
    assert.deepEqual([other.status, other.headers.get('tusk-session')], [401, 'other'])
    const nobody = await studio.ask('/api/tabs')
    assert.deepEqual([nobody.status, nobody.headers.get('tusk-session')], [401, 'ended'])
    const wrong = await studio.ask('/api/auth/login', { json: { username: 'root', password: 'wrong' } })
    assert.deepEqual([wrong.status, wrong.headers.get('tusk-session')], [401, null])
  })
})
