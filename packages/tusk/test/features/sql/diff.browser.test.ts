import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { textRows } from '../../support/spool-fixture.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `two results of different engines are compared, and the SQL that reconciles makes them equal, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 120_000,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        const sqlite = await client.connect('sqlite', { path: ':memory:' })
        await client.connect('duckdb', { path: ':memory:' })
        const tabId = await client.tab('Before', sqlite)
        await client.run(sqlite, `CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT, price REAL)`, { tabId })
        await client.run(
          sqlite,
          `INSERT INTO orders VALUES (1, 'same', 1.5), (2, 'it''s <b>', 2.5), (3, 'gone', 3), (4, NULL, 4)`,
          { tabId },
        )
        await client.resultOf(sqlite, 'SELECT * FROM orders', { tabId })
        await withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await page.locator('[data-ready=true]').waitFor()
            await page.keyboard.press('Alt+n')
            await person.choose('duckdb')
            await person.write(
              `SELECT * FROM (VALUES (1::BIGINT, 'same', 1.50), (2, 'its <b>', 2.5), (4, NULL, 4.0004), (5, 'new', 5)) t(ID, note, price)`,
            )
            await person.run()
            await person.outcome(/4 rows/)
            // From the older rows to these.
            await page.getByRole('tab', { name: 'Before' }).click()
            await person.outcome(/4 rows/)
            await page.getByRole('button', { name: 'Use', exact: true }).click()
            await page.getByRole('menuitem', { name: 'Compare with another result …' }).click()
            const dialog = page.getByRole('dialog', { name: 'Compare with another result' })
            await dialog.getByLabel('What id is').waitFor()
            const choices = await dialog.getByLabel('Compare with').locator('option').allTextContents()
            assert.match(choices[0] ?? '', /VALUES.*4 rows/)
            await dialog.getByLabel('Numbers may differ by').fill('x')
            await dialog.getByRole('button', { name: 'Compare', exact: true }).click()
            await dialog.getByText('The tolerance is a number that is not below 0.').waitFor()
            await dialog.getByLabel('Numbers may differ by').fill('0.001')
            await screenshot(`diff-ask-${colorScheme}`)
            await dialog.getByRole('button', { name: 'Compare', exact: true }).click()
            await dialog.getByText('1 added, 1 removed, 1 changed, 2 the same.').waitFor()
            await dialog.getByText('Rows belong together by id.').waitFor()
            await screenshot(`diff-answer-${colorScheme}`)
            await dialog.getByRole('button', { name: 'Show what differs' }).click()
            await person.outcome(/3 rows/)
            // Old and new beside each other, one kind at a time.
            const differs = page.getByRole('region', { name: 'What differs' })
            const changed = differs.getByRole('row', { name: /^~ ?Changed 2/ })
            await changed.waitFor()
            assert.deepEqual(
              [await changed.locator('del').allTextContents(), await changed.locator('ins').allTextContents()],
              [["it's <b>"], ['its <b>']],
            )
            await screenshot(`diff-changes-${colorScheme}`)
            await page.getByRole('button', { name: /^Removed\s*1$/ }).click()
            await differs.getByRole('row', { name: /Changed/ }).waitFor({ state: 'detached' })
            assert.deepEqual(await differs.locator('del').allTextContents(), ['gone', '3'])
            await page.getByRole('button', { name: /^All\s*3$/ }).click()
            await changed.waitFor()
            await page.getByRole('button', { name: 'Grid', exact: true }).click()
            assert.deepEqual([await person.cell(0, 0), await person.cell(0, 1)], ['changed', 'note'])
            await screenshot(`diff-rows-${colorScheme}`)

            await page.getByRole('button', { name: 'Export' }).click()
            const exported = page.getByRole('dialog', { name: 'Export' })
            await exported.getByLabel('SQL that reconciles').check()
            await exported.getByLabel('Table').fill('orders')
            await exported.getByLabel('Written for').selectOption('sqlite')
            const coming = page.waitForEvent('download')
            await exported.getByRole('button', { name: 'Export' }).click()
            const sql = readFileSync(await (await coming).path(), 'utf8')
            for (const statement of sql
              .split(/(?<=;)\n/)
              .filter(text => text !== '' && !/^(?:BEGIN|COMMIT);/.test(text)))
              await client.run(sqlite, statement, { tabId })
            const rows = await client.resultOf(sqlite, 'SELECT id, note FROM orders ORDER BY id', { tabId })
            assert.deepEqual(textRows(await client.rows(rows)), [
              ['1', 'same'],
              ['2', 'its <b>'],
              ['4', null],
              ['5', 'new'],
            ])
          },
          { colorScheme },
        )
      }),
  )
