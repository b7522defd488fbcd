import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireNewShare, WireSavedItem, WireSavedQuery } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('shared queries', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let engineer: string
  let analyst: string
  let analysts: string
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
    engineer = await studio.signIn('engineer')
    analyst = await studio.signIn('analyst')
    const answer = await studio.ask('/api/groups', { as: await studio.signIn('root') })
    const { groups } = (await answer.json()) as { groups: { id: string; name: string }[] }
    analysts = groups.find(({ name }) => name === 'Analysts')?.id ?? ''
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  async function queryOf(as: string, name: string, sql: string): Promise<WireSavedQuery> {
    const json = { kind: 'query', name, parent: null, sql }
    return (await (await studio.ask('/api/saved-queries', { as, json })).json()) as WireSavedQuery
  }
  async function listOf(as: string, search = ''): Promise<readonly WireSavedItem[]> {
    const answer = await studio.ask(`/api/saved-queries?search=${search}`, { as })
    return ((await answer.json()) as { items: WireSavedItem[] }).items
  }

  test('others read one as it is then, and cannot change, delete or share it; revoked it is gone', async () => {
    const { id } = await queryOf(engineer, 'Churn', 'select 1 as churn')
    const share = (input: object): Promise<Response> =>
      studio.ask(`/api/saved-queries/${id}/shares`, { as: engineer, json: input })
    for (const wrong of [{}, { groupId: 'none' }, { groupId: analysts, personId: 'x' }, { link: true, days: 1 }])
      assert.equal((await share(wrong)).status, 400)
    const made = (await (await share({ groupId: analysts })).json()) as WireNewShare
    const door = `/api/saved-queries/${made.share.id}`

    await studio.ask(`/api/saved-queries/${id}`, { as: engineer, method: 'PUT', json: { sql: 'select 2 as churn' } })
    const read = (await (await studio.ask(door, { as: analyst })).json()) as WireSavedQuery
    assert.deepEqual([read.sql, read.sharedBy, read.name], ['select 2 as churn', 'engineer', 'Churn'])
    assert.deepEqual(
      [await listOf(analyst), await listOf(analyst, 'CHURN'), await listOf(analyst, 'nothing')].map(
        list => list.length,
      ),
      [1, 1, 0],
    )
    assert.equal((await studio.ask(`/api/saved-queries/${id}`, { as: analyst })).status, 404)
    assert.equal((await studio.ask(door, { as: analyst, method: 'PUT', json: { sql: '' } })).status, 404)
    assert.equal((await studio.ask(door, { as: analyst, method: 'DELETE' })).status, 404)
    assert.equal((await studio.ask(`${door}/shares`, { as: analyst, json: { groupId: analysts } })).status, 404)
    assert.equal((await studio.ask(`/s/${made.share.id}`)).status, 404)

    await studio.ask(`/api/saved-queries/${id}`, { as: engineer, method: 'DELETE' })
    assert.deepEqual(await listOf(analyst), [])
    await studio.ask(`/api/saved-queries/${id}/restore`, { as: engineer, method: 'POST' })
    assert.equal((await listOf(analyst)).length, 1)
    await studio.ask(`/api/shares/${made.share.id}`, { as: engineer, method: 'DELETE' })
    assert.equal((await studio.ask(door, { as: analyst })).status, 404)
  })

  test('in the dialog one gives it to a group; another opens it from the list and saves a copy of their own', {
    skip: browserMissing ?? false,
  }, async () => {
    await queryOf(engineer, 'Revenue', 'select 42 as revenue')
    const open = (name: string, work: Parameters<typeof withBrowser>[0]): Promise<void> =>
      withBrowser(async session => {
        const { page } = session
        await page.goto(`${studio.address}/login`)
        await page.getByLabel('Name').fill(name)
        await page.getByLabel('Password').fill(testPassword)
        await page.keyboard.press('Enter')
        await page.getByRole('treeitem', { name: /Revenue/ }).waitFor()
        await work(session)
      })
    const share = (): Promise<void> =>
      open('engineer', async ({ page, screenshot }) => {
        await page.getByRole('treeitem', { name: /Revenue/ }).click({ button: 'right' })
        await page.getByRole('menuitem', { name: 'Share …' }).click()
        await page.getByLabel('With', { exact: true }).selectOption({ label: 'Group Analysts' })
        await page.getByRole('dialog').getByRole('button', { name: 'Share' }).click()
        await page.getByRole('dialog').getByRole('cell', { name: 'Group Analysts' }).waitFor()
        await screenshot('share-query')
      })
    await share()
    await open('analyst', async ({ page, screenshot }) => {
      const item = page.getByRole('treeitem', { name: /Revenue/ })
      await item.getByTitle('Shared by engineer').waitFor()
      await item.click()
      await page.locator('.cm-content', { hasText: 'select 42 as revenue' }).waitFor()
      await screenshot('shared-query')
      await page.keyboard.press('Control+s')
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByText('“Revenue” saved').waitFor()
    })
    assert.deepEqual((await listOf(analyst)).map(({ sharedBy }) => sharedBy ?? 'own').toSorted(), ['engineer', 'own'])
  })
})
