import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { openAuth } from '../../../src/auth/open-auth.ts'
import type { WireConnection, WireRun, WireSavedItem } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('a person who is deleted', () => {
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

  const idOf = (name: string): string => {
    using auth = openAuth(`${studio.home}/auth.db`)
    return auth.people.byName(name)?.id ?? ''
  }
  /** A connection that holds a password, a folder with a query, a run with its result, a tab. */
  async function workOf(cookie: string): Promise<{ readonly long: Promise<Response> }> {
    const make = async (path: string, json: object): Promise<{ id: string }> => {
      const answer = await studio.ask(path, { as: cookie, json })
      assert.equal(answer.status, 201, await answer.clone().text())
      return (await answer.json()) as { id: string }
    }
    const config = { host: 'db.example', database: 'shop', user: 'app', password: 'hunter2' }
    await make('/api/connections', { name: 'Shop', engine: 'postgres', config })
    const { id: connection } = await make('/api/connections', {
      name: 'Warehouse',
      engine: 'duckdb',
      config: { path: ':memory:' },
    })
    const { id: parent } = await make('/api/saved-queries', { kind: 'folder', name: 'Reports', parent: null })
    await make('/api/saved-queries', { kind: 'query', name: 'Daily', parent, sql: 'select 1' })
    const { id: tabId } = await make('/api/tabs', { title: 'Mine', connectionId: connection, sql: '', position: 1 })
    const { id: runId } = await make('/api/runs', { connectionId: connection, sql: 'select 1 as id', tabId })
    await (await studio.ask(`/api/runs/${runId}/events`, { as: cookie })).text()
    // One more that goes on until it is cancelled.
    const sql = 'select count(*) from range(100000000000) t(i), range(1000) s(j) where i % 7 = j'
    const json = { connectionId: connection, sql, tabId: 'long' }
    const long = studio.ask('/api/runs', { as: cookie, json })
    for (;;) {
      const { runs } = (await (await studio.ask('/api/runs', { as: cookie })).json()) as { runs: WireRun[] }
      if (runs.some(one => one.tabId === 'long' && one.state === 'running')) break
      await sleep(20)
    }
    return { long }
  }
  const connectionsOf = async (cookie: string): Promise<readonly WireConnection[]> => {
    const answer = await studio.ask('/api/connections', { as: cookie })
    return ((await answer.json()) as { connections: WireConnection[] }).connections
  }

  test('leaves connections and saved queries to an heir, everything else goes, nothing is without an owner', {
    timeout: 60_000,
  }, async () => {
    const engineer = await studio.signIn('engineer')
    const id = idOf('engineer')
    const { long } = await workOf(engineer)
    const remove = (heir: string): Promise<Response> =>
      studio.ask(`/api/users/${id}/delete`, { as: root, json: { heir } })
    assert.equal((await remove(id)).status, 400)
    assert.equal((await remove('nobody-at-all')).status, 400)
    assert.equal((await studio.ask(`/api/profile`, { as: engineer })).status, 200)

    const gone = await remove(idOf('analyst'))
    assert.equal(gone.status, 204, await gone.text())
    await (await long).text()
    const analyst = await studio.signIn('analyst')
    const connections = await connectionsOf(analyst)
    assert.deepEqual(
      connections.map(({ name, level, secrets }) => [name, level, secrets]),
      [
        ['Shop', 'own', ['password']],
        ['Warehouse', 'own', []],
      ],
    )
    const saved = (await (await studio.ask('/api/saved-queries', { as: analyst })).json()) as { items: WireSavedItem[] }
    assert.deepEqual(saved.items.map(({ name }) => name.replace(/ \d.*/, '')).toSorted(), [
      'Daily',
      'Reports',
      'Taken over',
    ])
    assert.equal((await studio.ask('/api/profile', { as: engineer })).status, 401)
    const log = await (await studio.ask('/api/audit?action=person.inherit', { as: root })).text()
    assert.match(log, /"target":"engineer".*"heir":"analyst"/s)
  })

  test(
    'without an heir takes everything along; the dialog tells what there is and asks',
    {
      skip: browserMissing ?? false,
      timeout: 60_000,
    },
    () =>
      withBrowser(async ({ page, screenshot }) => {
        using auth = openAuth(`${studio.home}/auth.db`)
        const passwordHash = auth.people.passwordHash('local') ?? ''
        const groups = [auth.groups.byName('Data Engineers')?.id ?? '']
        const { id } = auth.people.create(auth.actorOf('local'), { name: 'grace', groups, passwordHash })
        const { long } = await workOf(await studio.signIn('grace'))
        await signIn(page, `/users/${id}`)
        await page.getByRole('button', { name: 'Delete …' }).click()
        await page
          .getByRole('dialog')
          .getByText(/They own .*connections \(2\)/)
          .waitFor()
        await page.getByLabel('Connections and saved queries').selectOption({ label: 'are deleted' })
        await screenshot('delete-person')
        await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
        await page.waitForURL('**/users')
        await (await long).text()
        assert.equal(auth.people.find(id), undefined)
        const who = await studio.ask('/api/users', { as: root })
        assert.doesNotMatch(await who.text(), /grace/)
        assert.deepEqual(await connectionsOf(root), [])
      }),
  )

  async function signIn(page: Page, path: string): Promise<void> {
    await page.goto(`${studio.address}/login?next=${encodeURIComponent(path)}`)
    await page.getByLabel('Name').fill('root')
    await page.getByLabel('Password').fill(testPassword)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${path}`)
  }
})
