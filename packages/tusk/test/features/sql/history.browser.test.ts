import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireHistory, WireResult } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `entries of the history are named, pinned, found by duration and name, and 10 MB do not hurt, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 120_000,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        const connection = await client.connect('duckdb', { path: ':memory:' })
        await client.run(connection, `SELECT length('${'y'.repeat(10_000_000)}') AS n`)
        await client.run(connection, 'SELECT 2 AS two')
        await client.run(connection, 'SELECT 1 AS one')
        const before = performance.now()
        const answer = await client.bytes('/api/history')
        assert.ok(answer.byteLength < 20_000, `${answer.byteLength} bytes in ${performance.now() - before} ms`)
        await withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await page.keyboard.press('Control+h')
            const entry = (text: string) => page.getByRole('listitem').filter({ hasText: text })
            await entry('SELECT 2 AS two').hover()
            await entry('SELECT 2 AS two').getByRole('button', { name: 'Pin: keep its rows' }).click()
            await entry('SELECT 2 AS two').getByText('pinned').waitFor()
            const { entries } = await client.get<WireHistory>('/api/history')
            const two = entries.find(({ sql }) => sql === 'SELECT 2 AS two')
            assert.equal(two?.rows, 'pinned')
            assert.equal((await client.get<WireResult>(`/api/results/${two?.resultId}`)).pinned, true)
            assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Unpin: its rows may be swept')

            await entry('SELECT 1 AS one').getByRole('button', { name: 'Name this entry' }).focus()
            await page.keyboard.press('Enter')
            await page.getByRole('dialog').getByLabel('Name').fill('The <b>first</b> one')
            await page.keyboard.press('Enter')
            await entry('The <b>first</b> one').waitFor()
            await page.getByText(/Rows of results: .* of 10\.?\d* GB/).waitFor()
            await screenshot(`history-named-${colorScheme}`)
            await page.getByRole('combobox', { name: 'Names' }).selectOption('named')
            await entry('SELECT 2 AS two').waitFor({ state: 'detached' })
            assert.equal(await page.locator('.studio-history-entry').count(), 1)
            await page.getByRole('combobox', { name: 'Duration' }).selectOption('60000')
            await page.getByText('Nothing like that was run.').waitFor()
            await page.getByRole('combobox', { name: 'Duration' }).selectOption('')
            await page.getByRole('combobox', { name: 'Names' }).selectOption('')
            await page.getByRole('button', { name: 'Clear the history' }).click()
            await page.getByRole('alertdialog').getByRole('button', { name: 'Clear' }).click()
            await entry('SELECT 2 AS two').waitFor({ state: 'detached' })
            assert.equal(await page.locator('.studio-history-entry').count(), 1)
            await entry('The <b>first</b> one').locator('.studio-history-open').click()
            await person.outcome(/1 row/)
            assert.equal(await person.cell(0, 0), '1')
          },
          { colorScheme },
        )
      }),
  )
