import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { StudioPage } from '../support/studio-page.ts'
import { type StudioProcess, startStudioProcess } from '../support/studio-process.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const hello = join(import.meta.dirname, '../../../../examples/plugin-hello')

describe('the example plugin in a browser', { skip: browserMissing ?? false }, () => {
  const ends: (() => void | Promise<void>)[] = []
  let studio: StudioProcess

  before(async () => {
    const context = { after: (end: () => void | Promise<void>) => void ends.unshift(end) }
    studio = await startStudioProcess(context, { home: temporaryDirectory(context), arguments: ['--plugin', hello] })
  })

  after(async () => {
    for (const end of ends) await end()
  })

  test('its page, found in the side bar, takes a form and finds people', () =>
    withBrowser(async ({ page, screenshot }) => {
      await page.goto(`${studio.address}/settings`)
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Hello' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Édith <b>')
      await page.getByRole('button', { name: 'Greet from now on' }).click()
      await page.getByRole('cell', { name: 'Hello, Édith <b>' }).waitFor()
      await page.getByRole('searchbox', { name: 'Search people' }).fill('grace')
      await page.getByRole('cell', { name: 'Hello, Ada.' }).waitFor({ state: 'detached' })
      assert.equal(await page.locator('#people tr').count(), 1)
      await screenshot('plugin-hello')
    }))

  test('its island comes to life under the page’s policy', () =>
    withBrowser(async ({ page }) => {
      await page.goto(`${studio.address}/hello`)
      await page.locator('[data-island="hello/wave"][data-island-state=ready]').waitFor()
      await page.getByRole('button', { name: /^Wave \d times$/ }).click()
      await page.getByRole('button', { name: '👋' }).waitFor()
    }))

  test('its dataset is a table in a SQL tab, and its viewer a tab beside the grid', () =>
    withBrowser(async ({ page, screenshot }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.choose('DuckDB')
      const tree = page.getByRole('tree', { name: 'Schema' })
      await tree.getByText('plugin_hello').click()
      await page.keyboard.press('ArrowRight')
      await tree.getByText('hours', { exact: true }).waitFor()
      await person.write('SELECT ')
      await page.keyboard.type('1 FROM plugin_hello.ho')
      await page.locator('.cm-tooltip-autocomplete li', { hasText: 'hours' }).waitFor()
      await page.keyboard.press('Escape')
      await person.write('SELECT * FROM plugin_hello.hours WHERE hour IN (9, 20) ORDER BY hour')
      await person.run()
      await person.outcome('2 rows')
      assert.equal(await person.cell(0, 1), 'Good morning')
      await page.getByRole('button', { name: 'Cards' }).click()
      await page.locator('dd', { hasText: 'Good evening' }).waitFor()
      await screenshot('plugin-viewer')
    }))

  test('its settings are a form that says what is wrong and keeps a secret', () =>
    withBrowser(async ({ page }) => {
      await page.goto(`${studio.address}/settings/plugins`)
      await page.getByRole('link', { name: 'Settings' }).last().click()
      await page.getByLabel('Language').selectOption('Español')
      await page.getByLabel('Key of the postcard service').fill('s3cret')
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('Saved; the plugin has the new settings.').waitFor()
      assert.equal(await page.getByLabel('Language').inputValue(), 'Español')
      assert.equal(await page.getByLabel('Key of the postcard service').inputValue(), '')
      const api = await (await fetch(`${studio.address}/api/settings/plugins/hello/config`)).text()
      assert.ok(!api.includes('s3cret') && api.includes('"secrets":["'))
      await page.goto(`${studio.address}/hello`)
      await page.getByRole('cell', { name: /Hola/ }).first().waitFor()
    }))

  test('it is switched off and on by a click', () =>
    withBrowser(async ({ page, screenshot }) => {
      await page.goto(`${studio.address}/settings/plugins`)
      await page.getByRole('button', { name: 'Switch off Hello' }).click()
      await page.getByRole('button', { name: 'Switch on Hello' }).waitFor()
      assert.equal((await fetch(`${studio.address}/hello`)).status, 404)
      await screenshot('plugins-page')
      await page.getByRole('button', { name: 'Switch on Hello' }).click()
      await page.getByRole('button', { name: 'Switch off Hello' }).waitFor()
      assert.equal((await fetch(`${studio.address}/hello`)).status, 200)
    }))
})
