import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { openAuth } from '../../../src/auth/open-auth.ts'
import type { WireConnection, WireNewShare, WireRun, WireView } from '../../../src/wire.ts'
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

  test('people sort, filter, summarize and export exactly what is shared with them, until it ends; a link only shows', async () => {
    const id = await resultOf(engineer)
    using auth = openAuth(`${studio.home}/auth.db`)
    const personId = auth.people.byName('analyst')?.id
    const made = (await (await share(id, { personId, days: 1 })).json()) as WireNewShare
    const door = `/shared/${made.share.id}`
    const body = { sort: [{ column: 0, descending: true }], filter: [{ column: 0, operator: '<', values: ['250'] }] }
    const view = (await (await studio.ask(`${door}/views`, { as: analyst, json: body })).json()) as WireView
    const ready = await studio.ask(`${door}/views/${view.id}?wait=true`, { as: analyst })
    assert.equal(((await ready.json()) as WireView).rowCount, 250)
    const cell = await studio.ask(`${door}/cell?row=0&column=1&view=${view.id}`, { as: analyst })
    assert.equal(await cell.text(), 'row 249')
    assert.equal(await status(`${door}/rows?view=${view.id}&limit=5`, analyst), 200)
    const summary = (await (await studio.ask(`${door}/columns/0/summary`, { as: analyst })).json()) as { max?: string }
    assert.match(JSON.stringify(summary), /299/)
    const file = await studio.ask(`${door}/export?format=csv&view=${view.id}`, { as: analyst })
    assert.match(file.headers.get('content-disposition') ?? '', /filename="shared-/)
    const lines = (await file.text()).trim().split('\r\n')
    assert.deepEqual([lines.length, lines[0], lines[1]], [251, 'id,name,hidden', '249,row 249,false'])
    const log = auth.audit.list({ action: 'export' }).entries[0]
    assert.deepEqual([log?.actorName, log?.target, log?.details.rows], ['analyst', 'shared result', 250])

    for (const path of [`${door}/rows?view=${view.id}`, `${door}/export?format=csv`, `${door}/columns/0/summary`])
      assert.ok([403, 404].includes(await status(path, viewer)), path)
    assert.equal((await studio.ask(`${door}/views`, { as: viewer, json: body })).status, 404)
    assert.equal(await status(`/api/results/${id}/views/${view.id}`, analyst), 404)
    const link = ((await (await share(id, { link: true, days: 1 })).json()) as WireNewShare).path ?? ''
    assert.equal(await status(`${link}/rows?view=${view.id}`), 404)
    assert.equal(await status(`${link}/columns/0/summary`), 404)

    await studio.ask(`/api/shares/${made.share.id}`, { as: engineer, method: 'DELETE' })
    for (const path of [
      '/rows',
      `/rows?view=${view.id}`,
      `/views/${view.id}`,
      '/export?format=csv',
      '/columns/0/summary',
    ])
      assert.equal(await status(door + path, analyst), 404, path)
  })

  test('an export of what is shared ends in the middle when the share does', async () => {
    const json = {
      connectionId: connection.id,
      sql: "select i, repeat('x', 400) as text from range(400000) t(i)",
      tabId: 'big',
    }
    const { id: run } = (await (await studio.ask('/api/runs', { as: engineer, json })).json()) as WireRun
    await (await studio.ask(`/api/runs/${run}/events`, { as: engineer })).text()
    const ended = (await (await studio.ask(`/api/runs/${run}`, { as: engineer })).json()) as WireRun
    using auth = openAuth(`${studio.home}/auth.db`)
    const personId = auth.people.byName('analyst')?.id
    const made = (await (
      await share(ended.statements[0]?.resultId ?? '', { personId, days: 1 })
    ).json()) as WireNewShare
    const answer = await studio.ask(`/shared/${made.share.id}/export?format=csv`, { as: analyst })
    const reader = answer.body?.getReader()
    await reader?.read()
    await studio.ask(`/api/shares/${made.share.id}`, { as: engineer, method: 'DELETE' })
    // What has not been read yet waits at its source, so that the end comes before it.
    await assert.rejects(async () => {
      for (;;) if ((await reader?.read())?.done !== false) return
    })
  })

  test('a page lists what is shared with one and by one, opens it, and takes it back', { skip }, async () => {
    const id = await resultOf(engineer)
    using auth = openAuth(`${studio.home}/auth.db`)
    const personId = auth.people.byName('analyst')?.id
    await share(id, { personId, days: 7 })
    const query = (await (
      await studio.ask('/api/saved-queries', {
        as: engineer,
        json: { kind: 'query', name: 'Best orders', parent: null, sql: 'select 42 as best' },
      })
    ).json()) as { id: string }
    await studio.ask(`/api/saved-queries/${query.id}/shares`, { as: engineer, json: { personId } })
    const signIn = async (page: Page, name: string, path: string) => {
      await page.goto(`${studio.address}/login?next=${encodeURIComponent(path)}`)
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Password').fill(testPassword)
      await page.keyboard.press('Enter')
      await page.waitForURL(`**${path}`)
    }
    await withBrowser(async ({ page, screenshot }) => {
      await signIn(page, 'analyst', '/shared')
      await page.getByText('You share nothing.').waitFor()
      await page.getByRole('link', { name: 'Best orders' }).waitFor()
      await screenshot('shared-with-me')
      await page
        .getByRole('link', { name: /^Result of/ })
        .first()
        .click()
      await page.getByText('row 7', { exact: true }).waitFor()
      await page.getByRole('columnheader', { name: /^id/ }).click()
      await page.getByRole('columnheader', { name: /^id/ }).click()
      await page.getByText('row 299', { exact: true }).waitFor()
      await page.getByText('Export', { exact: true }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('link', { name: 'CSV' }).click()
      assert.match((await download).suggestedFilename(), /^shared-.*\.csv$/)
      await screenshot('shared-result-sorted')
      await page.getByRole('link', { name: 'Shared' }).click()
      await page.getByRole('link', { name: 'Best orders' }).click()
      await page.locator('.cm-line', { hasText: 'select 42 as best' }).waitFor()
    })
    await withBrowser(async ({ page }) => {
      await signIn(page, 'engineer', '/shared')
      const rows = page.getByRole('row', { name: /Best orders/ })
      await rows.getByRole('button', { name: 'Revoke Best orders' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
      await rows.waitFor({ state: 'detached' })
    })
    assert.doesNotMatch(await (await studio.ask('/api/shares', { as: analyst })).text(), /Best orders/)
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
        await page.getByRole('button', { name: 'Use', exact: true }).click()
        await page.getByRole('menuitem', { name: 'Share …' }).click()
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
