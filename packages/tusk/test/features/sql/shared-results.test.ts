import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { openAuth } from '../../../src/auth/open-auth.ts'
import type { WireConnection, WireNewShare, WireRun } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false
const sql = "select i as id, 'row ' || i as name, 'the-secret-of-the-sql' is null as hidden from range(300) t(i)"

suite('shared results', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let engineer: string
  let analyst: string
  let viewer: string
  let connection: WireConnection
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
    engineer = await studio.signIn('engineer')
    analyst = await studio.signIn('analyst')
    viewer = await studio.signIn('viewer')
    const json = { name: 'Warehouse', engine: 'duckdb', config: { path: ':memory:' } }
    connection = (await (await studio.ask('/api/connections', { as: engineer, json })).json()) as WireConnection
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  async function resultOf(as: string): Promise<string> {
    const json = { connectionId: connection.id, sql, tabId: `t${Math.random()}` }
    const begun = await studio.ask('/api/runs', { as, json })
    assert.equal(begun.status, 201, await begun.clone().text())
    const { id } = (await begun.json()) as WireRun
    const events = await studio.ask(`/api/runs/${id}/events`, { as })
    await events.text()
    const run = (await (await studio.ask(`/api/runs/${id}`, { as })).json()) as WireRun
    return run.statements[0]?.resultId ?? ''
  }
  const share = async (resultId: string, input: object, as = engineer): Promise<Response> =>
    studio.ask(`/api/results/${resultId}/shares`, { as, json: input })
  const status = async (path: string, as?: string): Promise<number> =>
    (await studio.ask(path, as === undefined ? {} : { as })).status

  test('a link opens exactly those rows to anybody, nothing of the SQL, nothing else; it ends when it is revoked or expired', async () => {
    const id = await resultOf(engineer)
    const other = await resultOf(engineer)
    assert.equal((await share(id, { link: true })).status, 400)
    assert.equal((await share(id, { link: true, days: 1, groupId: 'x' })).status, 400)
    assert.equal((await share(id, { link: true, days: 1 }, analyst)).status, 404)
    assert.equal((await share(id, { link: true, days: 1 }, viewer)).status, 403)
    const made = (await (await share(id, { link: true, days: 1 })).json()) as WireNewShare
    const path = made.path ?? ''

    const page = await (await studio.ask(path, { headers: { accept: 'text/html' } })).text()
    const shown = await (await studio.ask(`${path}/result`)).text()
    assert.match(shown, /"rowCount":300/)
    for (const text of [page, shown]) assert.doesNotMatch(text, /the-secret-of-the-sql|Warehouse|engineer/)
    assert.ok(!page.includes(id) && !shown.includes(id))
    const rows = await studio.ask(`${path}/rows?offset=0&limit=10`)
    assert.equal(rows.headers.get('content-type'), 'application/vnd.apache.arrow.stream')
    assert.equal(await (await studio.ask(`${path}/cell?row=7&column=1`)).text(), 'row 7')

    const site = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
    assert.equal((await studio.ask(`${path}/rows`, { headers: site })).status, 403)
    for (const [address, expected] of [
      [`/api/results/${id}`, 401],
      [`/s/${id}`, 404],
      [`/s/${made.share.id}`, 404],
      [`/s/${other}/rows`, 404],
      [`/shared/${made.share.id}`, 401],
      [`${path}/export?format=csv`, 404],
      [`${path}/views`, 404],
    ] as const)
      assert.equal(await status(address), expected, address)
    assert.equal(await status(`/shared/${made.share.id}`, analyst), 404)
    assert.equal(await status(`/api/results/${id}`, analyst), 404)

    const log = await (await studio.ask('/api/audit?action=share.create', { as: await studio.signIn('root') })).text()
    assert.ok(log.includes(id) && !log.includes(path.slice(3)))

    assert.equal((await studio.ask(`/api/shares/${made.share.id}`, { as: analyst, method: 'DELETE' })).status, 404)
    assert.equal((await studio.ask(`/api/shares/${made.share.id}`, { as: engineer, method: 'DELETE' })).status, 204)
    for (const part of ['', '/result', '/rows', '/cell?row=0&column=0']) assert.equal(await status(path + part), 404)

    const again = (await (await share(id, { link: true, days: 1 })).json()) as WireNewShare
    assert.equal(await status(`${again.path}/rows`), 200)
    await studio.ask(`/api/results/${id}`, { as: engineer, method: 'DELETE' })
    assert.equal(await status(`${again.path}/rows`), 404)
  })

  test('a group sees it under its own door, others do not; whoever is disabled shares nothing any more', async () => {
    const id = await resultOf(engineer)
    using auth = openAuth(`${studio.home}/auth.db`)
    const groupId = auth.groups.byName('Analysts')?.id
    const made = (await (await share(id, { groupId, days: 1 })).json()) as WireNewShare
    assert.equal(made.path, undefined)
    const door = `/shared/${made.share.id}`
    assert.deepEqual([await status(`${door}/rows`, analyst), await status(`${door}/rows`, viewer)], [200, 404])
    const list = await (await studio.ask('/api/shares/with-me', { as: analyst })).text()
    assert.match(list, new RegExp(`${made.share.id}.*engineer`))
    assert.equal(auth.shares.keeps('result', id), true)

    const root = auth.actorOf('local')
    const personId = auth.people.byName('engineer')?.id ?? ''
    auth.people.update(root, personId, { active: false })
    assert.equal(await status(`${door}/rows`, analyst), 404)
    assert.equal(auth.shares.keeps('result', id), false)
    auth.people.update(root, personId, { active: true })
    engineer = await studio.signIn('engineer')
  })

  for (const theme of ['dark', 'light'])
    test(`the dialog makes a link, and a stranger sees the rows with it until it is revoked (${theme})`, {
      skip,
    }, async () => {
      const look = (page: Page) => page.addInitScript(`localStorage.setItem('tusk:theme', '${theme}')`)
      const id = await resultOf(engineer)
      await withBrowser(async ({ page, screenshot }) => {
        await look(page)
        await page.goto(`${studio.address}/login?next=${encodeURIComponent(`/?result=${id}`)}`)
        await page.getByLabel('Name').fill('engineer')
        await page.getByLabel('Password').fill(testPassword)
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Share', exact: true }).click()
        await page.getByLabel('With', { exact: true }).selectOption('link')
        await page.getByLabel('For', { exact: true }).selectOption('30')
        await page.getByRole('dialog').getByRole('button', { name: 'Share' }).click()
        const address = await page.getByLabel('Link', { exact: true }).inputValue()
        await page.getByRole('dialog').getByRole('cell', { name: 'Whoever has the link' }).waitFor()
        await screenshot(`share-result-${theme}`)
        await withBrowser(async stranger => {
          stranger.allow(/status of 404/)
          await look(stranger.page)
          await stranger.page.goto(address)
          await stranger.page.getByText('row 7', { exact: true }).waitFor()
          await stranger.screenshot(`shared-result-${theme}`)
          await page.getByRole('button', { name: 'Revoke' }).click()
          await page.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'detached' })
          await stranger.page.reload()
          await stranger.page.getByText('This opens nothing, or nothing any more.').waitFor()
        })
      })
    })
})
