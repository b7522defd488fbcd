import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { WireConnection, WireRun, WireWork } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

suite('what goes on', () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  let studio: MultiStudio
  let engineer: string
  let root: string
  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    studio = await startMultiStudio(untilTheEnd, { home, arguments: ['--no-samples', '--no-plugins'] })
    engineer = await studio.signIn('engineer')
    root = await studio.signIn('root')
  })
  after(async () => {
    for (const end of closing.toReversed()) await end()
  })

  const sql = 'SELECT count(*) AS a_word_of_theirs FROM range(100000000000)'
  async function begin(tabId: string): Promise<string> {
    const json = { name: `Private ${tabId}`, engine: 'duckdb', config: { path: ':memory:' } }
    const made = await studio.ask('/api/connections', { as: engineer, json })
    const { id: connectionId } = (await made.json()) as WireConnection
    const run = await studio.ask('/api/runs', { as: engineer, json: { connectionId, sql, tabId } })
    return ((await run.json()) as WireRun).id
  }
  const list = async (as: string) =>
    (await (await studio.ask('/api/running', { as })).json()) as { running: WireWork[]; recent: WireWork[] }
  const ended = async (id: string): Promise<WireRun> => {
    await (await studio.ask(`/api/runs/${id}/events`, { as: engineer })).text()
    return (await (await studio.ask(`/api/runs/${id}`, { as: engineer })).json()) as WireRun
  }

  test('its owner sees all of it, an administrator that it is there, others nothing; who may, ends it, on record', async () => {
    const id = await begin('one')
    const [mine] = (await list(engineer)).running
    assert.deepEqual([mine?.id, mine?.mine, mine?.where, mine?.what], [id, true, 'Private one', sql])
    const [theirs] = (await list(root)).running
    assert.deepEqual(
      [theirs?.id, theirs?.mine, theirs?.owner, theirs?.where, theirs?.what, theirs?.engine],
      [id, false, 'engineer', '', '', 'duckdb'],
    )
    const analyst = await studio.signIn('analyst')
    assert.deepEqual((await list(analyst)).running, [])
    const cancel = (as: string): Promise<Response> =>
      studio.ask(`/api/running/run/${id}/cancel`, { as, method: 'POST' })
    assert.equal((await cancel(analyst)).status, 404)
    assert.equal((await cancel(root)).status, 204)
    assert.equal((await ended(id)).statements[0]?.error?.message, 'Ended by the administrator root.')
    assert.equal((await cancel(root)).status, 404)
    const log = await (await studio.ask('/api/audit?action=run.kill', { as: root })).text()
    assert.match(log, /"target":"engineer"/)
    assert.ok(!log.includes('a_word_of_theirs') && !log.includes('Private'))
    assert.equal((await list(engineer)).recent[0]?.state, 'cancelled')
    assert.deepEqual((await list(root)).recent, [])
  })

  for (const theme of ['dark', 'light'])
    test(
      `a page shows it, keeps itself up to date, cancels one’s own and ends another’s (${theme})`,
      {
        skip: browserMissing ?? false,
      },
      () =>
        withBrowser(async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${theme}')`)
          const name = theme === 'dark' ? 'engineer' : 'root'
          await page.goto(`${studio.address}/login?next=/running`)
          await page.getByLabel('Name').fill(name)
          await page.getByLabel('Password').fill(testPassword)
          await page.keyboard.press('Enter')
          await page.getByText('Nothing runs.').waitFor()
          const id = await begin(`page ${theme}`)
          // Nobody touches the page.
          await page.getByRole('row', { name: theme === 'dark' ? /Private page dark/ : /engineer/ }).waitFor()
          await screenshot(`running-${theme}`)
          if (theme === 'dark') await page.getByRole('button', { name: /^Cancel SELECT/ }).click()
          else {
            await page.getByRole('button', { name: 'End what engineer runs' }).click()
            const question = page.getByRole('alertdialog')
            await question.getByText('It is cancelled at its source.').waitFor()
            // The page keeps itself up to date below the question.
            const polled = page.waitForResponse(answer => answer.url().endsWith('/running'))
            await polled
            await question.getByRole('button', { name: 'End it' }).click()
          }
          await page.getByText('Nothing runs.').waitFor()
          assert.equal((await ended(id)).state, 'cancelled')
        }),
    )
})
