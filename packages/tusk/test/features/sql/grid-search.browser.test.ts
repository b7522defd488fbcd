import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

const sql = `SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL WHEN i % 3 = 0 THEN '' WHEN i % 7 = 0 THEN 'it''s <b>, "x"' ELSE 'plain ' || (i % 400) END AS word,
  (i / 4)::DECIMAL(18,2) AS price FROM range(200000) t(i)`

const status = (page: Page, text: string) => page.locator('.grid-status-rows', { hasText: text }).waitFor()

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `all rows are searched, values are ticked with their counts, and each step is taken back, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 120_000,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        await client.connect('duckdb', { path: ':memory:' })
        await withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await person.choose('duckdb')
            await person.write(sql)
            await person.run()
            await person.outcome(/200,000 rows/)

            // Far beyond what was ever on the screen, whatever the case and the column.
            await person.focusGrid()
            await page.keyboard.press('Control+f')
            const search = page.getByRole('searchbox', { name: 'Search in all columns' })
            await search.fill('PLAIN 399')
            await status(page, ' of 200,000 rows')
            assert.match(await person.cell(0, 1), /plain 399/)
            await screenshot(`grid-search-${colorScheme}`)
            await search.fill('49999.75')
            await status(page, '1 of 200,000 rows')
            assert.equal(await person.cell(0, 0), '199999')
            await search.fill('nowhere at all')
            await page.getByText('No row passes the filter').waitFor()
            await page.getByRole('button', { name: 'Clear filters' }).click()
            await status(page, '200,000 rows')

            // Values of one column; NULL and the empty text are values of their own.
            const openFilter = async (column: string): Promise<void> => {
              await page.locator(`.grid-column:has(.grid-column-name:text-is("${column}"))`).click({ button: 'right' })
              await page.getByRole('menuitem', { name: 'Filter…' }).click()
            }
            await openFilter('word')
            const ticks = page.getByRole('group', { name: 'Values' })
            await ticks.getByText('(empty)', { exact: true }).waitFor()
            await ticks.getByText('60,000', { exact: true }).waitFor()
            await ticks.getByLabel(/^NULL/).check()
            await page.getByRole('searchbox', { name: 'Find values' }).fill("it's")
            // The list is drawn anew when the answer is there.
            await ticks.getByText('(empty)', { exact: true }).waitFor({ state: 'detached' })
            await ticks.getByLabel(/^it's <b>, "x"/).check()
            await screenshot(`grid-ticks-${colorScheme}`)
            await page.getByRole('button', { name: 'Apply' }).click()
            await page.locator('.grid-chip', { hasText: `word in it's <b>, "x", NULL` }).waitFor()
            const expected = Array.from({ length: 200_000 }, (_, i) => i).filter(
              i => i % 10 === 0 || (i % 3 !== 0 && i % 7 === 0),
            ).length
            await status(page, `${expected.toLocaleString('en-US')} of 200,000 rows`)

            // The ticks of one column among what the filter of another leaves.
            await openFilter('id')
            await page.getByRole('combobox', { name: 'Operator' }).selectOption('<')
            await page.getByRole('textbox', { name: 'Value' }).fill('100')
            await page.keyboard.press('Enter')
            await page.locator('.grid-chip', { hasText: 'id < 100' }).waitFor()
            await openFilter('word')
            assert.equal(await ticks.getByLabel(/^NULL/).isChecked(), true)
            await ticks.getByLabel(/^NULL/).locator('xpath=..').getByText('10', { exact: true }).waitFor()
            await page.keyboard.press('Escape')

            // Step by step back, and again.
            await person.focusGrid()
            await page.keyboard.press('Control+z')
            await page.locator('.grid-chip', { hasText: 'id < 100' }).waitFor({ state: 'detached' })
            await page.keyboard.press('Control+z')
            await status(page, '200,000 rows')
            await page.locator('.grid-chip').waitFor({ state: 'detached' })
            await page.keyboard.press('Control+y')
            await page.locator('.grid-chip', { hasText: 'word in' }).waitFor()
            await page.keyboard.press('Control+Shift+z')
            await page.locator('.grid-chip', { hasText: 'id < 100' }).waitFor()
          },
          { colorScheme },
        )
      }),
  )
