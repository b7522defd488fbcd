import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const markup = '</option></select><script>document.title=1</script><img src=x onerror="document.title=1">\'"'
const backwards = 'abc \u202egnihton\u2066 \u0627\u0644\u0639\u0631\u0628\u064a\u0629'
const long = 'W'.repeat(99)

/** What sticks out of the page: neither in its own scrolling box nor cut with dots. */
const tooWide = `[...document.querySelectorAll('main *')].filter(one => {
  const box = one.closest('.overflow-x-auto, .truncate, textarea, input, select, dialog')
  return box === null && one.getBoundingClientRect().right > innerWidth + 1
}).concat([...document.querySelectorAll('main .overflow-x-auto')].filter(box => box.scrollWidth > box.clientWidth + 1))
  .map(one => one.outerHTML.slice(0, 200))`

// `withBrowser` fails a test when the Content-Security-Policy was broken: nothing of this ever was markup.
suite('hostile names', { skip: browserMissing ?? false }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let root: string
  const groups: string[] = []
  let person = ''
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
    root = await studio.signIn('root')
    for (const name of [markup.slice(0, 100), backwards, long]) {
      const json = { name, description: `${markup} ${'w'.repeat(300)}`, permissions: ['data.view'] }
      groups.push(((await (await studio.ask('/api/groups', { as: root, json })).json()) as { id: string }).id)
    }
    const json = {
      name: 'mallory',
      displayName: `${markup}${backwards}`.slice(0, 200),
      email: `${long}@${long}`,
      groups,
    }
    const made = (await (await studio.ask('/api/users', { as: root, json })).json()) as { person: { id: string } }
    person = made.person.id
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
  async function isText(page: Page, where: string): Promise<void> {
    assert.equal(await page.locator('img:not(.cm-widgetBuffer), main script').count(), 0, where)
    assert.notEqual(await page.title(), '1', where)
  }

  test('long and backward names widen no page and are shown whole', () =>
    withBrowser(async ({ page, screenshot }) => {
      await signIn(page, 'root', '/users')
      for (const path of ['/users', `/users/${person}`, '/groups', ...groups.map(id => `/groups/${id}`), '/audit']) {
        await page.goto(studio.address + path)
        await page.getByRole('heading').first().waitFor()
        await isText(page, path)
        const wide = await page.evaluate(tooWide)
        assert.deepEqual(wide, [], path)
        await screenshot(`hostile${path.replace(/[^a-z]+/g, '-').slice(0, 8)}`)
      }
      await page.goto(`${studio.address}/users/${person}`)
      await page.getByRole('button', { name: 'Delete …' }).click()
      await page.getByRole('dialog').getByRole('heading', { name: 'Delete mallory?' }).waitFor()
      await isText(page, 'the dialog that deletes')
    }))

  test('the dialogs that share a connection and a query show groups as text', () =>
    withBrowser(async ({ page, screenshot }) => {
      const engineer = await studio.signIn('engineer')
      const connection = { name: markup, engine: 'duckdb', config: { path: ':memory:' } }
      assert.equal((await studio.ask('/api/connections', { as: engineer, json: connection })).status, 201)
      const query = { kind: 'query', name: markup, parent: null, sql: 'select 1' }
      assert.equal((await studio.ask('/api/saved-queries', { as: engineer, json: query })).status, 201)
      await signIn(page, 'engineer', '/')
      await page.getByRole('option', { name: markup }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Share or give …' }).click()
      for (const name of [markup.slice(0, 100), backwards, long])
        await page.getByLabel(`What ${name} may do`, { exact: true }).waitFor()
      await isText(page, 'the dialog of a connection')
      await screenshot('hostile-share')
      await page.keyboard.press('Escape')

      await page.getByRole('treeitem', { name: markup }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Share …' }).click()
      await page.getByLabel('With', { exact: true }).selectOption({ label: `Group ${backwards}` })
      await page.getByRole('dialog').getByRole('button', { name: 'Share' }).click()
      await page
        .getByRole('dialog')
        .getByRole('cell', { name: `Group ${backwards}` })
        .waitFor()
      await isText(page, 'the dialog of a query')
    }))
})
