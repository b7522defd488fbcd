import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../../support/browser.ts'
import { StudioPage } from '../../../support/studio-page.ts'
import { withStudio } from '../../../support/with-studio.ts'

const sql = `SELECT DATE '2026-01-01' + (range % 90)::INT AS day, ['north', 'south', 'east', NULL][1 + range % 4] AS region,
  (range % 97)::DECIMAL(20, 2) AS price FROM range(36000)`

for (const colorScheme of ['dark', 'light'] as const)
  test(`rows are grouped, groups grouped again, and spread, ${colorScheme}`, {
    skip: browserMissing,
    timeout: 180_000,
  }, async () => {
    await withStudio({}, async ({ client, studio }) => {
      await client.post('/api/connections', { name: 'Duck', engine: 'duckdb', config: { path: ':memory:' } })
      await withBrowser(
        async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          const person = new StudioPage(page)
          await person.open(`${studio.address}/`)
          await person.choose('Duck')
          await person.write(sql)
          await person.run()
          await person.outcome(/36,000 rows/)
          await page.getByRole('button', { name: 'Groups', exact: true }).click()
          const form = page.getByRole('form', { name: 'Groups' })
          const group = (): Promise<void> => form.getByRole('button', { name: 'Group', exact: true }).click()
          const said = (text: string | RegExp): Promise<void> => page.locator('.group-view').getByText(text).waitFor()
          const grid = page.locator('.group-grid [role=grid]')
          const cell = (text: string): Promise<void> => grid.getByText(text, { exact: true }).first().waitFor()

          // What is proposed, then another measure and months.
          await said(/Say what to group by/)
          assert.equal(await form.getByLabel('Group by', { exact: true }).inputValue(), '1')
          await group()
          await said('4 groups of the rows.')
          await cell('sum(price)')
          await cell('431895.00')
          await form.getByRole('button', { name: 'Add a column' }).click()
          await form.getByLabel('Group by 2').selectOption('day')
          await form.getByLabel('Steps of time 2').selectOption('month')
          await form.getByRole('button', { name: 'Add a measure' }).click()
          await form.getByLabel('Of column 3').selectOption('price')
          await form.getByRole('combobox', { name: 'Measure 3', exact: true }).selectOption('Median')
          await form.getByRole('combobox', { name: 'Measure 3', exact: true }).press('Tab')
          await group()
          await said('12 groups of the rows.')
          await cell('day (month)')
          await cell('median(price)')
          await screenshot(`groups-${colorScheme}`)

          // Groups of the groups, by keyboard; back by the chain.
          await page.getByRole('button', { name: 'Group these' }).click()
          assert.equal(
            await form.getByLabel('Group by', { exact: true }).evaluate('(() => document.activeElement.ariaLabel)()'),
            'Group by',
          )
          await page.keyboard.press('Tab')
          await group()
          await said('4 groups of the groups before.')
          await screenshot(`groups-chain-${colorScheme}`)
          await page
            .getByRole('navigation', { name: 'From the rows to these groups' })
            .getByRole('button')
            .nth(1)
            .click()
          await cell('median(price)')
          await page.getByRole('button', { name: 'Rows', exact: true }).click()
          await said(/Say what to group by/)

          // A pivot with few columns, largest first.
          await form.getByRole('button', { name: 'Do not group by region' }).click()
          await form.getByRole('button', { name: 'Leave out measure 3' }).click()
          await form.getByRole('button', { name: 'Leave out measure 1' }).click()
          await form.getByLabel('A column for each value of').selectOption('region')
          await form.getByLabel('Columns at most').fill('2')
          await form.getByLabel('Columns at most').press('Enter')
          await said('3 groups of the rows.')
          await cell('other')
          await screenshot(`groups-pivot-${colorScheme}`)

          // As a file, and in a tab of its own, where it can be drawn.
          await page.locator('.group-actions').getByRole('button', { name: 'Export' }).click()
          const [file] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('dialog', { name: 'Export' }).getByRole('button', { name: 'Export' }).click(),
          ])
          assert.match(readFileSync(await file.path(), 'utf8'), /^﻿?day \(month\),.*other\r?\n2026-01-01,/)
          await page.keyboard.press('Escape')
          await page.getByRole('dialog', { name: 'Export' }).waitFor({ state: 'detached' })
          await page.getByRole('button', { name: 'Open in a tab' }).click()
          await person.outcome(/3 rows/)
          await page.getByRole('button', { name: 'Chart', exact: true }).click()
          await page.getByText('Made of 3 rows in the store.').waitFor()
        },
        { colorScheme, viewport: { width: colorScheme === 'dark' ? 1280 : 1920, height: 900 } },
      )
    })
  })
