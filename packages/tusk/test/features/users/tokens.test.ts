import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import { openAuth } from '../../../src/auth/open-auth.ts'
import type { WireRun } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

interface Made {
  readonly text: string
  readonly token: { readonly id: string; readonly expired: boolean; readonly used?: string }
}

suite('API tokens', () => {
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

  const make = (as: string, input: object) =>
    studio.ask('/api/profile/tokens', { as, json: { name: 'nightly', days: 1, ...input } })
  async function made(as: string, input: object): Promise<Made> {
    const answer = await make(as, input)
    assert.equal(answer.status, 201)
    return (await answer.json()) as Made
  }
  async function connection(as: string, name: string): Promise<string> {
    const config = { path: ':memory:' }
    const answer = await studio.ask('/api/connections', { as, json: { name, engine: 'duckdb', config } })
    return ((await answer.json()) as { id: string }).id
  }

  test('a token opens what it names and nothing else, is listed without its text, and ends when it is revoked', async () => {
    const engineer = await studio.signIn('engineer')
    const { text, token } = await made(engineer, { permissions: ['connections.view'] })
    assert.equal((await studio.ask('/api/connections', { as: text })).status, 200)
    const create = { name: 'x', engine: 'duckdb', config: { path: ':memory:' } }
    assert.equal((await studio.ask('/api/connections', { as: text, json: create })).status, 403)
    const listed = await (await studio.ask('/api/profile/tokens', { as: engineer })).text()
    assert.ok(listed.includes(token.id) && listed.includes('"used":'), listed)
    assert.ok(!listed.includes(text.slice(-20)))
    using auth = openAuth(`${studio.home}/auth.db`)
    assert.ok(!JSON.stringify(auth.audit.list()).includes(text.slice(-20)))
    const revoke = (as: string) =>
      studio.ask(`/api/profile/tokens/${token.id}/revoke`, { as, method: 'POST' }).then(({ status }) => status)
    assert.equal(await revoke(await studio.signIn('root')), 404)
    assert.equal(await revoke(engineer), 204)
    assert.equal((await studio.ask('/api/connections', { as: text })).status, 401)
  })

  test('a token of named connections sees only those, and cannot name what its person does not see', async () => {
    const engineer = await studio.signIn('engineer')
    const [one, two] = [await connection(engineer, 'One'), await connection(engineer, 'Two')]
    const foreign = await connection(await studio.signIn('root'), 'Foreign')
    const permissions = ['connections.view']
    assert.equal((await make(engineer, { permissions, connections: [foreign] })).status, 404)
    assert.equal((await make(engineer, { permissions, connections: ['made up'] })).status, 404)
    const { text } = await made(engineer, { permissions, connections: [one] })
    const seen = await (await studio.ask('/api/connections', { as: text })).text()
    assert.ok(seen.includes(one) && !seen.includes(two), seen)
    const none = await made(engineer, { permissions, connections: [] })
    assert.ok(!(await (await studio.ask('/api/connections', { as: none.text })).text()).includes(one))
  })

  test('what a person does not hold, no permission, and a time that is none are refused', async () => {
    const viewer = await studio.signIn('viewer')
    assert.equal((await make(viewer, { permissions: ['system.users'] })).status, 403)
    assert.equal((await make(viewer, { permissions: [] })).status, 400)
    assert.equal((await make(viewer, { permissions: ['connections.view'], days: 0 })).status, 400)
    assert.equal((await make(viewer, { permissions: ['connections.view'], days: 367 })).status, 400)
    assert.equal((await make(viewer, { permissions: ['connections.view'], personId: 'local' })).status, 400)
  })

  test('a token makes, sees and revokes no tokens', async () => {
    const { text, token } = await made(await studio.signIn('root'), { permissions: ['system.users'] })
    assert.equal((await make(text, { permissions: ['system.users'] })).status, 403)
    assert.equal((await studio.ask('/api/profile/tokens', { as: text })).status, 403)
    const revoked = await studio.ask(`/api/profile/tokens/${token.id}/revoke`, { as: text, method: 'POST' })
    assert.equal(revoked.status, 403)
  })

  test('an open stream of a token ends when the token is revoked', async () => {
    const engineer = await studio.signIn('engineer')
    const connectionId = await connection(engineer, 'Long')
    const permissions = ['queries.execute', 'connections.use', 'connections.view']
    const { text, token } = await made(engineer, { permissions })
    const sql = 'SELECT count(*) FROM range(100000000000)'
    const started = await studio.ask('/api/runs', { as: text, json: { connectionId, sql, tabId: 'tab' } })
    const { id } = (await started.json()) as WireRun
    const stream = await studio.ask(`/api/runs/${id}/events`, { as: text })
    assert.equal(stream.status, 200)
    const ended = stream.text()
    await studio.ask(`/api/profile/tokens/${token.id}/revoke`, { as: engineer, method: 'POST' })
    assert.doesNotMatch(await ended, /"state":"complete"/)
    const run = await endedRun(engineer, id)
    assert.equal(run.statements[0]?.state, 'cancelled')
  })

  async function endedRun(as: string, id: string): Promise<WireRun> {
    await (await studio.ask(`/api/runs/${id}/events`, { as })).text()
    return (await (await studio.ask(`/api/runs/${id}`, { as })).json()) as WireRun
  }

  test('an open stream of a token ends when its time has come, which nothing writes', async () => {
    const engineer = await studio.signIn('engineer')
    const connectionId = await connection(engineer, 'Longer')
    const { text, token } = await made(engineer, { permissions: ['queries.execute', 'connections.use'] })
    const sql = 'SELECT count(*) FROM range(100000000000)'
    const started = await studio.ask('/api/runs', { as: text, json: { connectionId, sql } })
    const { id } = (await started.json()) as WireRun
    const stream = await studio.ask(`/api/runs/${id}/events`, { as: text })
    const ended = stream.text()
    using database = new DatabaseSync(`${studio.home}/auth.db`)
    database.prepare('UPDATE api_token SET expires_at = ? WHERE id = ?').run(Date.now() + 1_500, token.id)
    assert.doesNotMatch(await ended, /"state":"complete"/)
    assert.equal((await studio.ask('/api/runs', { as: text })).status, 401)
    const run = await endedRun(engineer, id)
    assert.equal(
      run.statements[0]?.error?.message,
      'Ended, because the account or the token it was started with is no longer valid.',
    )
  })

  test('in a browser: a token is made, shown once, used and revoked', { skip: browserMissing }, () =>
    withBrowser(async ({ page, screenshot, allow }) => {
      allow(/status of 4/)
      await page.goto(`${studio.address}/login?next=/profile`)
      await page.getByLabel('Name').fill('analyst')
      await page.getByLabel('Password').fill(testPassword)
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'API tokens' }).click()
      await page.getByText('You have no tokens.').waitFor()
      await page.locator('#name').fill('reports')
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.getByRole('alert').getByText('at least one').waitFor()
      await page.locator('#name').fill('reports')
      await page.getByLabel('queries.execute').check()
      await page.getByRole('button', { name: 'Make the token' }).click()
      await page.getByText('The token was made').waitFor()
      const text = (await page.locator('.code-block code').textContent()) ?? ''
      await screenshot('tokens')
      const ask = async () => (await studio.ask('/api/auth/status', { as: text })).json()
      assert.deepEqual(((await ask()) as { permissions: string[] }).permissions, ['queries.execute'])
      await page.reload()
      await page.locator('tr', { hasText: 'reports' }).waitFor()
      assert.ok(!(await page.content()).includes(text))
      await page.getByRole('button', { name: 'Revoke reports' }).click()
      await page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('button', { name: 'Revoke' }).click()
      await page.getByText('You have no tokens.').waitFor()
      assert.deepEqual(((await ask()) as { permissions: string[] }).permissions, [])
    }),
  )
})
