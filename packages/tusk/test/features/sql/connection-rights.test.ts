import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import type { WireConnection, WireConnectionRights, WireRun } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('rights on connections', () => {
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

  async function connectionOf(as: string, name: string): Promise<WireConnection> {
    const json = { name, engine: 'duckdb', config: { path: ':memory:' } }
    const answer = await studio.ask('/api/connections', { as, json })
    assert.equal(answer.status, 201, await answer.clone().text())
    return (await answer.json()) as WireConnection
  }

  test('only the owner sees and sets them; an administrator gives a connection away, which is on record', async () => {
    const [engineer, analyst, root] = [
      await studio.signIn('engineer'),
      await studio.signIn('analyst'),
      await studio.signIn('root'),
    ]
    const { id } = await connectionOf(engineer, 'Ledger')
    const address = `/api/connections/${id}/rights`
    const shown = (await (await studio.ask(address, { as: engineer })).json()) as WireConnectionRights
    const group = (name: string): string => shown.groups.find(one => one.name === name)?.id ?? ''
    const share = (level: string, as = engineer): Promise<Response> =>
      studio.ask(address, { as, json: { rights: [{ groupId: group('Analysts'), level, readOnly: true }] } })

    assert.equal((await studio.ask(address, { as: root })).status, 404)
    assert.equal((await share('edit', root)).status, 404)
    assert.equal((await studio.ask(address, { as: analyst })).status, 403)
    assert.equal((await share('own')).status, 400)
    const unknown = { rights: [{ groupId: 'none', level: 'use', readOnly: false }] }
    assert.equal((await studio.ask(address, { as: engineer, json: unknown })).status, 400)

    assert.equal((await share('use')).status, 200)
    const seen = (await (await studio.ask(`/api/connections/${id}`, { as: analyst })).json()) as WireConnection
    assert.deepEqual([seen.level, seen.readOnly, seen.sharedBy], ['use', true, 'engineer'])
    assert.equal(
      'sharedBy' in ((await (await studio.ask(`/api/connections/${id}`, { as: engineer })).json()) as object),
      false,
    )

    const rootId = 'local'
    const give = (as: string, personId: string): Promise<Response> =>
      studio.ask(`/api/connections/${id}/owner`, { as, json: { personId } })
    assert.equal((await give(analyst, rootId)).status, 403)
    assert.equal((await give(root, 'nobody-at-all')).status, 400)
    assert.equal((await give(root, rootId)).status, 204)
    assert.equal((await give(engineer, rootId)).status, 404)
    assert.equal((await studio.ask(`/api/connections/${id}`, { as: engineer })).status, 404)
    const now = (await (await studio.ask(`/api/connections/${id}`, { as: root })).json()) as WireConnection
    assert.equal(now.level, 'own')
    const log = await (await studio.ask('/api/audit?action=connection.transfer', { as: root })).text()
    assert.match(log, /Ledger/)

    await studio.ask(`/api/connections/${id}`, { as: root, method: 'DELETE' })
    assert.equal((await studio.ask(`/api/connections/${id}`, { as: analyst })).status, 404)
  })

  test('a right that is taken or narrowed ends what runs by it and the session of the tab, and says why', async () => {
    const [engineer, analyst] = [await studio.signIn('engineer'), await studio.signIn('analyst')]
    const { id: connectionId } = await connectionOf(engineer, 'Shared work')
    const address = `/api/connections/${connectionId}/rights`
    const { groups } = (await (await studio.ask(address, { as: engineer })).json()) as WireConnectionRights
    const groupId = groups.find(({ name }) => name === 'Analysts')?.id ?? ''
    const give = async (rights: readonly object[]): Promise<void> => {
      assert.equal((await studio.ask(address, { as: engineer, json: { rights } })).status, 200)
    }
    const run = (sql: string, tabId: string): Promise<WireRun> =>
      studio.ask('/api/runs', { as: analyst, json: { connectionId, sql, tabId } }).then(async answer => {
        assert.equal(answer.status, 201, await answer.clone().text())
        return (await answer.json()) as WireRun
      })
    const long = 'SELECT count(*) FROM range(100000000000)'

    await give([{ groupId, level: 'use', readOnly: false }])
    const ended = async ({ id }: WireRun): Promise<WireRun> => {
      for (;;) {
        const now = (await (await studio.ask(`/api/runs/${id}`, { as: analyst })).json()) as WireRun
        if (now.state !== 'running') return now
      }
    }
    assert.equal((await ended(await run('CREATE TEMP TABLE mine AS SELECT 1 AS a', 'kept'))).state, 'complete')
    const narrowed = await run(long, 'busy')
    await give([{ groupId, level: 'use', readOnly: true }])
    const first = (await ended(narrowed)).statements[0]
    assert.deepEqual(
      [first?.state, first?.error?.message],
      ['cancelled', 'Ended, because you may now only read on this connection.'],
    )
    const after = await ended(await run('FROM mine', 'kept'))
    assert.equal(after.sessionNote, 'Ended, because you may now only read on this connection.')
    assert.equal(after.statements[0]?.state, 'failed')

    const taken = await run(long, 'busy')
    await give([])
    const second = (await ended(taken)).statements[0]
    assert.deepEqual(
      [second?.state, second?.error?.message],
      ['cancelled', 'Ended, because you may no longer use this connection.'],
    )
  })

  test('one shares in a dialog, the other sees it marked and does what the level opens', {
    skip: browserMissing ?? false,
  }, async () => {
    const engineer = await studio.signIn('engineer')
    const { id } = await connectionOf(engineer, 'Warehouse')
    const analyst = await studio.signIn('analyst')
    const run = (): Promise<Response> =>
      studio.ask('/api/runs', { as: analyst, json: { connectionId: id, sql: 'select 1', tabId: 't1' } })
    for (const colorScheme of ['dark', 'light'] as const)
      await withBrowser(
        async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          const level = colorScheme === 'dark' ? 'View its schema' : 'Run SQL'
          await signIn(page, 'engineer')
          await page.getByRole('option', { name: /Warehouse/ }).click({ button: 'right' })
          await page.getByRole('menuitem', { name: 'Share or give …' }).click()
          await page.getByLabel('What Analysts may do').selectOption(level === 'Run SQL' ? 'use' : 'view')
          if (level === 'Run SQL') await page.getByLabel('Analysts read-only').check()
          await screenshot(`share-connection-${colorScheme}`)
          await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
          await page.getByRole('dialog').waitFor({ state: 'detached' })
        },
        { colorScheme },
      ).then(() =>
        withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            await signIn(page, 'analyst')
            const row = page.getByRole('option', { name: /Warehouse/ })
            await row.getByTitle('Shared by engineer').waitFor()
            if (colorScheme === 'dark') {
              await row.getByText('view only').waitFor()
              assert.equal((await run()).status, 403)
            } else {
              await row.getByText('RO').waitFor()
              const answer = await run()
              assert.equal(answer.status, 201, await answer.text())
              const root = await studio.signIn('root')
              const list = (await (await studio.ask('/api/groups', { as: root })).json()) as {
                groups: { id: string; name: string }[]
              }
              const analysts = list.groups.find(one => one.name === 'Analysts')?.id
              const groupPage = await studio.ask(`/groups/${analysts}`, { as: root, headers: { accept: 'text/html' } })
              assert.match(await groupPage.text(), /Warehouse<\/td><td>engineer<\/td>.*use.*read-only/s)
            }
            await row.click({ button: 'right' })
            await page.getByRole('menuitem', { name: 'Refresh the schema' }).waitFor()
            assert.equal(await page.getByRole('menuitem', { name: /Share|Delete|Edit/ }).count(), 0)
            await screenshot(`shared-connection-${colorScheme}`)
          },
          { colorScheme },
        ),
      )
  })

  async function signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${studio.address}/login`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.locator('[data-ready=true]').first().waitFor()
  }
})
