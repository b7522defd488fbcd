import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { withStudio } from '../../support/with-studio.ts'

const theme = (page: Page): Promise<string> => page.evaluate('document.documentElement.dataset.theme')
const editor = async (page: Page) => {
  await page.locator('.cm-content').waitFor()
  return (await page.evaluate(`(() => {
    const editor = document.querySelector('.cm-editor')
    return {
      font: getComputedStyle(editor).fontSize,
      wrap: editor.querySelector('.cm-content').classList.contains('cm-lineWrapping'),
      numbers: editor.querySelector('.cm-lineNumbers') !== null,
    }
  })()`)) as { font: string; wrap: boolean; numbers: boolean }
}

async function choose(page: Page): Promise<void> {
  const kept = page.waitForResponse(answer => answer.url().endsWith('/api/preferences'))
  await page.getByLabel('Light', { exact: true }).check()
  assert.equal((await kept).status(), 200)
  await page.getByLabel('Font size of the editor').fill('20')
  await page.getByLabel('Tab width').fill('3')
  await page.getByLabel('Wrap long lines').check()
  await page.getByLabel('Line numbers').uncheck()
  await page.getByRole('button', { name: 'Save editor settings' }).click()
  await page.getByText('Saved. Pages that you open from now on have it.').waitFor()
  assert.equal(await theme(page), 'light')
  assert.equal(await page.getByLabel('Light', { exact: true }).isChecked(), true)
}

async function write(page: Page): Promise<string> {
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Tab')
  await page.keyboard.type('x')
  return (await page.locator('.cm-line').first().textContent()) ?? ''
}

suite('what several people choose for themselves', { skip: browserMissing ?? false }, () => {
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

  test('theme and editor are the same in another browser, and are nobody else’s', async () => {
    await withBrowser(async ({ page, screenshot }) => {
      await signIn(page, 'analyst', '/profile')
      assert.equal(await theme(page), 'dark')
      await choose(page)
      await page.evaluate('scrollTo(0, 0)')
      await screenshot('profile-preferences')
    })
    await withBrowser(async ({ page }) => {
      await signIn(page, 'analyst', '/')
      assert.equal(await theme(page), 'light')
      assert.deepEqual(await editor(page), { font: '20px', wrap: true, numbers: false })
      assert.equal(await write(page), '   x')
      // The button of the header is kept too, and in other tabs of this browser at once.
      const kept = page.waitForResponse(answer => answer.url().endsWith('/api/preferences'))
      await page.getByRole('button', { name: 'Switch to the dark theme' }).click()
      await kept
      await page.reload()
      assert.equal(await theme(page), 'dark')
    })
    await withBrowser(async ({ page }) => {
      await signIn(page, 'viewer', '/')
      assert.equal(await theme(page), 'dark')
      assert.deepEqual(await editor(page), { font: '13px', wrap: false, numbers: true })
      assert.equal(await write(page), '  x')
    })
  })

  test('limits are shown with the groups that they come from', () =>
    withBrowser(async ({ page }) => {
      const root = await studio.signIn('root')
      const group = async (name: string, seconds: number) => {
        const body = { name, permissions: ['queries.execute'], seconds, rows: 5_000 }
        return ((await (await studio.ask('/api/groups', { as: root, json: body })).json()) as { id: string }).id
      }
      const groups = [await group('Slow', 90), await group('Fast', 30)]
      const { users } = (await (await studio.ask('/api/users', { as: root })).json()) as {
        users: { id: string; name: string }[]
      }
      const { id } = users.find(({ name }) => name === 'nobody')!
      await studio.ask(`/api/users/${id}`, { as: root, json: { groups } })
      await signIn(page, 'nobody', '/profile')
      const row = (label: string) => page.locator('tr', { hasText: label }).locator('td').allTextContents()
      assert.deepEqual(await row('Seconds of a statement'), ['Seconds of a statement', '90', 'Slow'])
      assert.deepEqual(await row('Rows of a result'), ['Rows of a result', '5,000', 'Fast, Slow'])
      assert.deepEqual(await row('Runs at the same time'), ['Runs at the same time', 'no limit', 'Fast, Slow'])
    }))

  test('choices are checked, and no token makes them', async () => {
    const analyst = await studio.signIn('engineer')
    const change = (as: string, json: unknown) => studio.ask('/api/preferences', { as, json })
    for (const wrong of [
      { theme: 'pink' },
      { editorFontSize: 8 },
      { editorTabSize: 2.5 },
      { editorLineWrap: 'yes' },
      { other: 1 },
    ])
      assert.equal((await change(analyst, wrong)).status, 400, JSON.stringify(wrong))
    assert.deepEqual(await (await change(analyst, { editorFontSize: 11 })).json(), { editorFontSize: 11 })
    assert.deepEqual(await (await change(analyst, { theme: 'system' })).json(), { editorFontSize: 11, theme: 'system' })
    const made = await studio.ask('/api/profile/tokens', {
      as: analyst,
      json: { name: 't', permissions: ['queries.execute'], days: 1 },
    })
    const { text } = (await made.json()) as { text: string }
    assert.equal((await change(text, { theme: 'dark' })).status, 403)
  })
})

test(
  'in single mode they are on the settings page, there is no login, no users page, and nobody is asked to sign in',
  { skip: browserMissing ?? false },
  () =>
    withStudio({ arguments: ['--no-plugins'] }, async ({ studio, client }) => {
      await withBrowser(async ({ page, screenshot, allow }) => {
        await page.goto(`${studio.address}/settings`)
        await choose(page)
        await page.getByText('This Tusk is for one person on this machine').waitFor()
        await screenshot('settings-single')
        const sidebar = page.getByRole('navigation', { name: 'Main' })
        await sidebar.getByRole('link', { name: 'Settings' }).waitFor()
        assert.equal(await sidebar.locator('[href="/users"], [href="/profile"], [href="/login"]').count(), 0)
        assert.equal(await page.getByRole('button', { name: 'Sign out' }).count(), 0)
        allow(/status of 404/)
        for (const path of [
          '/login',
          '/users',
          '/users/directory',
          '/groups',
          '/audit',
          '/profile',
          '/profile/tokens',
        ]) {
          const answer = await page.goto(studio.address + path)
          assert.equal(answer?.status(), 404, path)
          assert.equal(await page.getByLabel('Password').count(), 0)
        }
      })
      await withBrowser(async ({ page }) => {
        await page.goto(studio.address)
        assert.equal(await theme(page), 'light')
        assert.deepEqual(await editor(page), { font: '20px', wrap: true, numbers: false })
      })
      assert.deepEqual(await client.get('/api/preferences'), {
        theme: 'light',
        editorFontSize: 20,
        editorTabSize: 3,
        editorLineWrap: true,
        editorLineNumbers: false,
        editorCloseBrackets: true,
        editorCompletion: true,
        editorVimKeys: false,
      })
    }),
)
