import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { Actor } from '../../../src/auth/actor.ts'
import { settingsFeature } from '../../../src/features/settings/feature.ts'
import { byteText, type Overview } from '../../../src/features/settings/overview.ts'
import type { Tusk } from '../../../src/plugins/tusk.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { startTestServer } from '../../support/test-server.ts'

const busy = {
  hosts: {
    list: () => [
      { pid: 4711, label: 'postgres <prod>', engine: 'postgres', sessions: 3, startedAt: new Date(0), spare: false },
      { pid: 4712, label: 'spare', engine: undefined, sessions: 0, startedAt: new Date(0), spare: true },
    ],
  },
  results: { usage: () => ({ bytes: 9.8 * 1024 ** 3, quotaBytes: 10 * 1024 ** 3, results: 12 }) },
} as unknown as Tusk

suite('settings', () => {
  test('say what Tusk is, uses and is set to', async () => {
    await using server = await startTestServer([settingsFeature], { tusk: busy })
    writeFileSync(join(server.fake.directory, 'config.toml'), '[server]\nport = 8123\n')
    const overview = (await (await server.fetch('/api/settings')).json()) as Overview
    assert.equal(overview.version, '1.2.3-test')
    assert.equal(overview.stateDirectory, join(server.fake.directory, '.'))
    assert.deepEqual(
      overview.processes.map(({ pid, engine, spare }) => [pid, engine, spare]),
      [
        [4711, 'postgres', false],
        [4712, null, true],
      ],
    )
    const port = overview.settings.find(({ key }) => key === 'server.port')
    assert.deepEqual([port?.value, port?.isDefault], ['8123', false])
  })

  test('a config.toml that was damaged since the start is said so, not hidden', async () => {
    await using server = await startTestServer([settingsFeature])
    writeFileSync(join(server.fake.directory, 'config.toml'), 'not toml [')
    const answer = await server.fetch('/api/settings')
    assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'CONFIG_INVALID')
  })

  test('who may not change settings sees only the themes', async () => {
    const viewer: Actor = { id: 'v', name: 'V', can: () => false }
    await using server = await startTestServer([settingsFeature], { tusk: busy, authenticate: () => viewer })
    const html = await (await server.fetch('/settings', { headers: { accept: 'text/html' } })).text()
    assert.match(html, /Appearance/)
    assert.doesNotMatch(html, /4711|Configuration|State directory/)
    assert.equal((await server.fetch('/api/settings')).status, 403)
  })

  test('the page is drawn in every theme, and the choice is kept', { skip: browserMissing }, async () => {
    await using server = await startTestServer([settingsFeature], { tusk: busy, theme: 'system' })
    await withBrowser(
      async ({ page, screenshot }) => {
        await page.goto(`${server.address}/settings`)
        assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'light')
        assert.equal(await page.getByRole('radio', { name: 'As the system' }).isChecked(), true)
        await screenshot('settings-light')
        await page.getByRole('radio', { name: 'Dark' }).check()
        await page.reload()
        assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'dark')
        assert.equal(await page.getByRole('radio', { name: 'Dark' }).isChecked(), true)
        await screenshot('settings-dark')
        await page.getByRole('cell', { name: 'postgres <prod>' }).waitFor()
        const used = page.getByRole('progressbar', { name: 'Space used by stored results' })
        assert.equal(await used.getAttribute('aria-valuenow'), '98')
      },
      { colorScheme: 'light' },
    )
  })

  test('sizes are written in steps of 1024', () => {
    assert.deepEqual([0, 1, 1023, 1024, 1536, 1024 ** 2, 123 * 1024 ** 2, 10 * 1024 ** 3].map(byteText), [
      '0 bytes',
      '1 bytes',
      '1023 bytes',
      '1 KB',
      '1.5 KB',
      '1 MB',
      '123 MB',
      '10 GB',
    ])
  })
})
