import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { checkAccessibility } from '../../support/check-accessibility.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

const many = Array.from({ length: 500 }, (_, column) => `i + ${column} AS c${column}`).join(', ')

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `each column is told of, what is clicked filters all tools, and of 500 columns only those on the screen are counted, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 180_000,
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
            await person.write(
              `SELECT i AS n, CASE WHEN i % 4 = 0 THEN NULL WHEN i % 4 = 1 THEN 'it''s <b>' ELSE 'plain' END AS word, DATE '2026-01-01' + (i % 90)::INT AS day, '\\x00'::BLOB AS bytes FROM range(10000) t(i)`,
            )
            await person.run()
            await person.outcome(/10,000 rows/)
            await page
              .getByRole('tab', { name: 'Profile' })
              .or(page.getByRole('button', { name: 'Profile' }))
              .click()
            const column = (name: string) => page.getByRole('region', { name, exact: true })
            await column('word').getByText('25.0 %').waitFor()
            await column('n').getByText('9999', { exact: true }).first().waitFor()
            await column('word')
              .getByRole('button', { name: /^it's <b>\s*2,500$/ })
              .waitFor()
            await page.locator('.profile-column[aria-busy=true]').first().waitFor({ state: 'detached' })
            await checkAccessibility(page, '.profile')
            await screenshot(`profile-${colorScheme}`)

            // A value, then a part of a distribution by the keyboard; the grid shows the same rows.
            await column('word')
              .getByRole('button', { name: /^it's <b>/ })
              .click()
            await page.getByText(`2,500 of 10,000 rows: word = it's <b>`).waitFor()
            await column('n').getByText('9997', { exact: true }).first().waitFor()
            const bars = column('n').locator('.profile-bar')
            await bars.first().focus()
            await page.keyboard.press('ArrowRight')
            await page.keyboard.press('Enter')
            await page.locator('.profile-bar-top', { hasText: /of 10,000 rows: word = it's <b>, n between/ }).waitFor()
            await page
              .getByRole('tab', { name: 'Grid' })
              .or(page.getByRole('button', { name: 'Grid' }))
              .click()
            await page.locator('.grid-chip', { hasText: 'n between' }).waitFor()
            await page
              .getByRole('tab', { name: 'Profile' })
              .or(page.getByRole('button', { name: 'Profile' }))
              .click()
            await page.getByRole('button', { name: 'All rows' }).click()
            await page.getByText('10,000 rows, 4 columns').waitFor()

            await person.write(`SELECT ${many} FROM range(20000) t(i)`)
            await person.run()
            await person.outcome(/20,000 rows/)
            await column('c0').getByText('19999', { exact: true }).first().waitFor()
            const asked = (): Promise<number> =>
              page.evaluate(
                `performance.getEntriesByType('resource').filter(entry => entry.name.includes('/summary')).length`,
              )
            const before = await asked()
            assert.ok(before < 60, `${before} columns were counted`)
            await column('c499').scrollIntoViewIfNeeded()
            await column('c499').getByText('20498', { exact: true }).first().waitFor()
            const after = await asked()
            assert.ok(after < 120, `${after} columns were counted`)
            await page.getByRole('searchbox', { name: 'Find columns' }).fill('c25')

            await column('c250').getByText('20249', { exact: true }).first().waitFor()
            assert.equal(await column('c499').isVisible(), false)
          },
          { colorScheme },
        )
      }),
  )
