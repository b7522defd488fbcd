import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../../support/browser.ts'
import { StudioPage } from '../../../support/studio-page.ts'
import { withStudio } from '../../../support/with-studio.ts'

const sql = `SELECT DATE '2026-01-01' + (range % 365)::INT AS day, ['north', 'south', 'east', NULL][1 + range % 4] AS region,
  (range % 97) / 4 AS price, range AS order_id FROM range(200000)`

for (const colorScheme of ['dark', 'light'] as const)
  test(`a result is drawn in every way, ${colorScheme}`, { skip: browserMissing, timeout: 180_000 }, async () => {
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
          await person.outcome(/200,000 rows/)
          await page.getByRole('button', { name: 'Chart', exact: true }).click()
          const drawn = (label: string): Promise<void> => page.getByRole('img', { name: label }).waitFor()
          const settled = (): Promise<void> => page.locator('.chart-view[aria-busy=false]').waitFor()
          await drawn('line chart: sum(price) by day')
          await page.getByText('Made of 200,000 rows in the store.').waitFor()
          await settled()
          await screenshot(`chart-line-${colorScheme}`)

          // Every kind, by the keyboard.
          await page.getByRole('radio', { name: 'Lines' }).focus()
          await page.keyboard.press('ArrowRight')
          await drawn('area chart: sum(price) by day')
          await page.getByLabel('Split by').selectOption('region')
          await page.getByLabel('Steps of time').selectOption('month')
          await page.getByLabel('On top of each other').check()
          await page.getByText('As a table').click()
          await page.getByRole('columnheader', { name: 'NULL' }).waitFor()
          await settled()
          await screenshot(`chart-area-${colorScheme}`)
          await page.getByRole('radio', { name: 'Bars' }).click()
          await page.getByLabel('Split by').selectOption('nothing')
          await page.getByLabel('Bottom').selectOption('region')
          await drawn('bar chart: sum(price) by region')
          await page.getByLabel('Measure').selectOption('Average')
          await drawn('bar chart: average(price) by region')
          await page.getByRole('radio', { name: 'Histogram' }).click()
          await page.getByRole('combobox', { name: 'Column', exact: true }).selectOption('price')
          await drawn('histogram chart: count by price')
          await settled()
          await screenshot(`chart-histogram-${colorScheme}`)
          await page.getByRole('radio', { name: 'Boxes' }).click()
          await page.getByLabel('A box for each').selectOption('region')
          await drawn('box chart: price by region')
          await settled()
          await screenshot(`chart-box-${colorScheme}`)
          await page.getByRole('radio', { name: 'Slices' }).click()
          await drawn('pie chart: average(price) by region')
          await settled()
          await screenshot(`chart-pie-${colorScheme}`)
          await page.getByRole('radio', { name: 'Heat map' }).click()
          await page.getByText('Heat maps need two columns').waitFor()
          await page.getByRole('combobox', { name: 'Side', exact: true }).selectOption('day')
          await drawn('heat chart: day (month) by region').catch(() => drawn('heat chart: day (week) by region'))
          await settled()
          await screenshot(`chart-heat-${colorScheme}`)
          await page.getByRole('radio', { name: 'Points' }).click()
          await page.getByLabel('Bottom').selectOption('order_id')
          await drawn('scatter chart: price by order_id')
          await page.getByText('5,000 rows of them are drawn, taken at random; the same each time.').waitFor()
          await settled()
          await screenshot(`chart-scatter-${colorScheme}`)

          // The pictures as files.
          const [png] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('button', { name: 'PNG' }).click(),
          ])
          assert.deepEqual(
            readFileSync(await png.path())
              .subarray(1, 4)
              .toString(),
            'PNG',
          )
          const [svg] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('button', { name: 'SVG' }).click(),
          ])
          assert.match(readFileSync(await svg.path(), 'utf8'), /^<svg .*order_id/s)

          // The filter of the grid is the filter of the chart.
          await page.getByRole('radio', { name: 'Bars' }).click()
          await page.getByLabel('Bottom').selectOption('region')
          await drawn('bar chart: average(price) by region')
          await page.getByRole('button', { name: 'Grid', exact: true }).click()
          await page.getByRole('columnheader', { name: /^region/ }).hover()
          await page
            .getByRole('columnheader', { name: /^region/ })
            .getByTitle(/Column menu/)
            .click()
          await page
            .getByRole('menuitem', { name: /Filter/ })
            .first()
            .click()
          await page.getByRole('dialog').getByRole('textbox').first().fill('north')
          await page.keyboard.press('Enter')
          await page.getByRole('button', { name: 'Chart', exact: true }).click()
          await page.getByText('Made of 50,000 rows that pass the filter in the store.').waitFor()

          // Kept with the tab: there after a reload, and with the next run.
          await page.reload()
          await page.locator('.studio-result-bar', { hasText: '200,000 rows' }).waitFor()
          await page.getByRole('button', { name: 'Chart', exact: true }).click()
          await drawn('bar chart: average(price) by region')
          await page.getByText('Made of 200,000 rows in the store.').waitFor()
        },
        { colorScheme, viewport: { width: colorScheme === 'dark' ? 1280 : 1920, height: 900 } },
      )
    })
  })
