import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import type { Page } from '@playwright/test'
import { tableAddress } from '../../../src/features/sql/web/table/table-address.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { checkAccessibility } from '../../support/check-accessibility.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { textRows } from '../../support/spool-fixture.ts'
import { StudioClient } from '../../support/studio-client.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? skipWithoutPostgres(15)
const names = ['PostgreSQL', 'DuckDB', 'SQLite'] as const
type Name = (typeof names)[number]
const schemas: Readonly<Record<Name, string>> = { PostgreSQL: 'public', DuckDB: 'main', SQLite: 'main' }

/** A table with a number that no JavaScript number holds, a generated column, and one that points to it. */
const setup = (name: Name): readonly string[] => [
  'CREATE TABLE customers (id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL)',
  `INSERT INTO customers VALUES (9007199254740993, 'Ada'), (2, 'Grace')`,
  `CREATE TABLE orders (id BIGINT PRIMARY KEY, customer BIGINT REFERENCES customers (id), price DECIMAL(${name === 'DuckDB' ? '30,10' : '60,20'}) NOT NULL DEFAULT 1.5, paid BOOLEAN, note VARCHAR(200), day DATE, CHECK (price > 0))`,
  `INSERT INTO orders VALUES (1, 9007199254740993, 10.25, true, 'first', '2026-01-01'), (2, 2, 20, false, NULL, NULL), (3, NULL, 30, NULL, 'third', NULL)`,
  'CREATE INDEX orders_note ON orders (note)',
  'CREATE VIEW paid AS SELECT * FROM orders WHERE paid',
]

suite('the page of a table', { skip, timeout: 300_000 }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  const ids = {} as Record<Name, string>
  let client: StudioClient
  let locked = ''
  let production = ''

  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    const studio = await startStudioProcess(untilTheEnd, { home, arguments: ['--no-samples'] })
    client = new StudioClient(studio.address)
    const server = await startTestPostgres(15)
    closing.push(() => server.stop())
    const { host, port, user } = server
    const file = join(home, 'shop.db')
    new DatabaseSync(file).close()
    const add = async (name: string, engine: string, config: object, more: object = {}): Promise<string> =>
      (await client.post<{ id: string }>('/api/connections', { name, engine, config, ...more })).id
    const postgres = { host, port, user, database: 'postgres' }
    ids.PostgreSQL = await add('PostgreSQL', 'postgres', postgres)
    ids.DuckDB = await add('DuckDB', 'duckdb', { path: join(home, 'shop.duckdb') })
    ids.SQLite = await add('SQLite', 'sqlite', { path: file })
    locked = await add('Locked', 'postgres', postgres, { readOnly: true })
    production = await add('Live', 'postgres', postgres, { environment: 'production' })
    for (const name of names) for (const statement of setup(name)) await client.resultOf(ids[name], statement)
  })
  after(async () => {
    for (const end of closing.reverse()) await end()
  })

  const open = async (
    page: Page,
    connectionId: string,
    name: Name,
    table: string,
    more: object = {},
  ): Promise<StudioPage> => {
    await page.goto(
      client.address + tableAddress({ connectionId, table: { schema: schemas[name], name: table }, ...more }),
    )
    await page.locator('.table-page[data-ready=true]').waitFor()
    return new StudioPage(page)
  }
  const rows = async (name: Name, sql: string): Promise<readonly (readonly (string | null)[])[]> =>
    textRows(await client.rows(await client.resultOf(ids[name], sql)))
  /** Goes to a cell by the keyboard, from the first one. */
  const goTo = async (page: Page, row: number, column: number): Promise<void> => {
    // While rows still come nothing is edited.
    await page.locator('.table-bar [role=status]', { hasText: /\d rows?/ }).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Control+Home')
    for (let step = 0; step < row; step++) await page.keyboard.press('ArrowDown')
    for (let step = 0; step < column; step++) await page.keyboard.press('ArrowRight')
  }
  const cellIs = (page: Page, row: number, column: number, text: string): Promise<void> =>
    page
      .locator(
        `.grid-row[aria-rowindex="${row + 2}"]:not([hidden]) .grid-cell[aria-colindex="${column + 2}"]:not([hidden])`,
      )
      .filter({ hasText: text })
      .waitFor()
  const write = async (page: Page, row: number, column: number, text: string): Promise<void> => {
    await goTo(page, row, column)
    await page.keyboard.press('Enter')
    const editor = page.getByRole('dialog', { name: /^Value of/ })
    await editor.getByRole('textbox').fill(text)
    await page.keyboard.press('Enter')
    await editor.waitFor({ state: 'detached' })
  }

  test('opens from the schema tree, and tells all of it, by keyboard, in both themes and for axe', async () => {
    for (const colorScheme of ['dark', 'light'] as const)
      await withBrowser(
        async ({ page, screenshot }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          const person = new StudioPage(page)
          await person.open(client.address)
          await page.locator('[data-ready=true]').waitFor()
          for (const name of names) {
            await page.goto(client.address)
            await page.locator('[data-ready=true]').waitFor()
            await person.choose(name)
            const tree = page.getByRole('tree', { name: 'Schema' })
            await tree.getByText('orders', { exact: true }).click()
            await page.keyboard.press('Enter')
            await page.getByRole('heading', { name: `${schemas[name]}.orders` }).waitFor()
            assert.equal(await person.cell(0, 0), '1')
            await screenshot(`table-data-${name}-${colorScheme}`)
            await checkAccessibility(page, '.table-page')
            const tabs = page.getByRole('tablist', { name: 'Parts of the table' })
            await tabs.getByRole('tab', { name: 'Data' }).focus()
            const expected: Readonly<Record<string, RegExp>> = {
              Columns: /price[\s\S]*NOT NULL[\s\S]*1\.5/,
              Keys: /primary key\s*id/,
              Indexes: /orders_note/,
              Constraints: /price > /,
              'Foreign keys': /customers \(id\)/,
              Triggers: name === 'DuckDB' ? /DuckDB has no triggers/ : /Nothing happens by itself/,
              Grants: name === 'PostgreSQL' ? /DELETE, INSERT/ : /may do everything/,
              DDL: /CREATE TABLE/,
            }
            for (const [section, text] of Object.entries(expected)) {
              await page.keyboard.press('ArrowRight')
              await tabs.getByRole('tab', { name: section, selected: true }).waitFor()
              assert.match((await page.getByRole('tabpanel').textContent()) ?? '', text, `${name} ${section}`)
              if (name === 'PostgreSQL') await checkAccessibility(page, '.table-page')
            }
            await screenshot(`table-ddl-${name}-${colorScheme}`)
            // A link to a part leads there again.
            await page.reload()
            await tabs.getByRole('tab', { name: 'DDL', selected: true }).waitFor()
          }
        },
        {
          colorScheme,
          viewport: colorScheme === 'dark' ? { width: 1280, height: 800 } : { width: 1920, height: 1080 },
        },
      )
  })

  for (const name of names)
    test(`${name}: cells, new and deleted rows are shown, undone, previewed and saved exactly; the grid stays where it is`, () =>
      withBrowser(async ({ page, screenshot }) => {
        const person = await open(page, ids[name], name, 'orders')
        const changes = page.getByRole('region', { name: 'Changes that are not saved' })
        assert.equal(await person.cell(0, 4), 'first')
        await write(page, 0, 4, `it's "new" — <b>`)
        await cellIs(page, 0, 4, `it's "new" — <b>`)
        await changes.getByText('1 change', { exact: true }).waitFor()
        // A number is checked before it is taken, and keeps all digits.
        await goTo(page, 1, 2)
        await page.keyboard.press('x')
        const editor = page.getByRole('dialog', { name: 'Value of price' })
        await editor.getByRole('textbox').waitFor()
        await page.keyboard.press('Enter')
        await editor.getByText('This is no number').waitFor()
        await editor.getByRole('textbox').fill('12345678901234567890.0123456789')
        await page.keyboard.press('Enter')
        await editor.waitFor({ state: 'detached' })
        if (name === 'SQLite') await page.locator('.toast-card', { hasText: 'price will lose digits' }).waitFor()
        // NULL by the menu, undone in the list, then by key.
        await goTo(page, 2, 4)
        await page.keyboard.press('Shift+F10')
        await page.getByRole('menuitem', { name: 'Set NULL' }).click()
        await page.locator('.grid-row[data-mark=changed] .grid-cell', { hasText: 'NULL' }).first().waitFor()
        await cellIs(page, 2, 4, 'NULL')
        await changes.getByRole('button', { name: 'Undo: note of row 3' }).click()
        await cellIs(page, 2, 4, 'third')
        await goTo(page, 2, 0)
        await page.keyboard.press('Control+Delete')
        await page.locator('.grid-row[data-mark=deleted]').waitFor()
        await page.keyboard.press('Control+z')
        await page.locator('.grid-row[data-mark=deleted]').waitFor({ state: 'detached' })
        await page.keyboard.press('Control+Delete')
        await page.getByRole('button', { name: 'Add row' }).click()
        await page.locator('.grid-row[data-mark=added]').waitFor()
        await write(page, 3, 0, '9223372036854775807')
        await write(page, 3, 4, '')
        await checkAccessibility(page, '.table-page')
        await screenshot(`table-changes-${name}`)
        await changes.getByRole('button', { name: 'Preview SQL' }).click()
        const preview = page.getByRole('dialog', { name: 'What Save runs' })
        const text = (await preview.getByRole('region', { name: 'SQL' }).textContent()) ?? ''
        assert.match(text, /^BEGIN;\nDELETE FROM \S*orders/)
        assert.match(text, /UPDATE[\s\S]*12345678901234567890\.0123456789/)
        assert.match(text, /INSERT INTO \S*orders \(id, note\) VALUES \(\D*9223372036854775807\D*, ''\)/)
        await preview.getByRole('button', { name: 'Close' }).click()
        await goTo(page, 1, 2)
        await page.keyboard.press('Control+s')
        await page.locator('.toast-card', { hasText: 'Saved 4 rows' }).waitFor()
        await changes.waitFor({ state: 'hidden' })
        await person.until(
          `document.querySelector('.grid-row[aria-rowindex="4"]:not([hidden]) .grid-cell')?.textContent.startsWith('9223')`,
        )
        assert.match(
          ((await page.locator('.grid-cell.is-active').textContent()) ?? '').replace(/0+$/, ''),
          name === 'SQLite' ? /^12345678901234567$/ : /^12345678901234567890\.0123456789$/,
        )
        const got = await rows(name, `SELECT id, CAST(price AS VARCHAR(80)), note FROM orders ORDER BY id`)
        assert.deepEqual(
          got.map(([id, , note]) => [id, note]),
          [
            ['1', `it's "new" — <b>`],
            ['2', null],
            ['9223372036854775807', ''],
          ],
        )
        if (name !== 'SQLite') assert.match(got[1]?.[1] ?? '', /^12345678901234567890\.01234567890*$/)
        assert.match(got[2]?.[1] ?? '', /^1\.50*$/)
      }))

  for (const name of names)
    test(`${name}: what somebody else changed is said, theirs beside ours, and nothing was saved`, () =>
      withBrowser(async ({ page }) => {
        await client.resultOf(ids[name], `INSERT INTO customers VALUES (10, 'ten'), (11, 'eleven')`)
        const person = await open(page, ids[name], name, 'customers')
        await person.until(`document.querySelectorAll('.grid-row:not([hidden])').length === 4`)
        await write(page, 1, 1, 'TEN')
        await write(page, 2, 1, 'ELEVEN')
        await client.resultOf(ids[name], `UPDATE customers SET name = 'theirs' WHERE id = 11`)
        await page.keyboard.press('Control+s')
        const conflict = page.getByRole('dialog', { name: 'Row 3 was changed by somebody else' })
        await conflict.waitFor()
        assert.match((await conflict.getByRole('table').textContent()) ?? '', /name\s*eleven\s*theirs\s*ELEVEN/)
        assert.deepEqual(await rows(name, 'SELECT name FROM customers WHERE id IN (10, 11) ORDER BY id'), [
          ['ten'],
          ['theirs'],
        ])
        await page.locator('.grid-row[data-mark=failed]').waitFor()
        await conflict.getByRole('button', { name: 'Save mine over it' }).click()
        await page.locator('.toast-card', { hasText: 'Saved 2 rows' }).waitFor()
        assert.deepEqual(await rows(name, 'SELECT name FROM customers WHERE id IN (10, 11) ORDER BY id'), [
          ['TEN'],
          ['ELEVEN'],
        ])
        // A row that is gone; and a rule of the database that is broken rolls all back and names the row.
        await page.locator('.toast-card').getByRole('button').first().click()
        await write(page, 2, 1, 'late')
        await client.resultOf(ids[name], 'DELETE FROM customers WHERE id = 11')
        await page.keyboard.press('Control+s')
        await conflict.getByText('It is gone').waitFor()
        await conflict.getByRole('button', { name: 'Give my change up' }).click()
        await person.until(`document.querySelectorAll('.grid-row:not([hidden])').length === 3`)
        await page.getByRole('button', { name: 'Add row' }).click()
        await write(page, 3, 0, '10')
        await write(page, 3, 1, 'double')
        await write(page, 1, 1, 'not kept')
        await page.keyboard.press('Control+s')
        await page
          .getByRole('alert')
          .filter({ hasText: /Row 4: .*(duplicate|unique|primary)/i })
          .waitFor()
        assert.deepEqual(await rows(name, 'SELECT name FROM customers WHERE id = 10'), [['TEN']])
        await page.getByRole('button', { name: 'Discard all' }).click()
        await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
        await client.resultOf(ids[name], 'DELETE FROM customers WHERE id = 10')
      }))

  for (const name of names)
    test(`${name}: foreign keys lead to the row, and back to the rows that point to it`, () =>
      withBrowser(async ({ page }) => {
        const person = await open(page, ids[name], name, 'orders')
        await person.cell(0, 0)
        await goTo(page, 0, 1)
        await page.keyboard.press('Shift+F10')
        await page.getByRole('menuitem', { name: 'Go to the row of customers' }).click()
        await page.getByRole('heading', { name: `${schemas[name]}.customers` }).waitFor()
        assert.equal(await person.cell(0, 0), '9007199254740993')
        await page.getByText('id = 9007199254740993').waitFor()
        await goTo(page, 0, 1)
        await page.keyboard.press('Shift+F10')
        await page.getByRole('menuitem', { name: 'Rows of orders that point here' }).click()
        await page.getByRole('heading', { name: `${schemas[name]}.orders` }).waitFor()
        assert.equal(await person.cell(0, 0), '1')
        await person.until(`document.querySelectorAll('.grid-row:not([hidden])').length === 1`)
        await page.getByRole('link', { name: 'Show all rows' }).click()
        await person.until(`document.querySelectorAll('.grid-row:not([hidden])').length === 3`)
      }))

  test('line ends, long values, booleans, dates and JSON in their editors', () =>
    withBrowser(async ({ page }) => {
      await client.resultOf(
        ids.PostgreSQL,
        `CREATE TABLE kinds (id int PRIMARY KEY, lines text, yes boolean, day timestamptz, data jsonb, big text, list int[])`,
      )
      await client.resultOf(
        ids.PostgreSQL,
        `INSERT INTO kinds VALUES (1, E'a\\r\\nb', true, '2026-01-01 00:00:00.123456+00', '{"n": 12345678901234567890}', repeat('x', 2000000), '{1,NULL,3}')`,
      )
      const person = await open(page, ids.PostgreSQL, 'PostgreSQL', 'kinds')
      await person.cell(0, 0)
      const editor = page.getByRole('dialog', { name: /^Value of/ })
      const edit = async (column: number): Promise<void> => {
        await goTo(page, 0, column)
        await page.keyboard.press('F2')
        await editor.waitFor()
      }
      // Looked at and taken: nothing is another.
      await edit(1)
      await page.keyboard.press('Control+Enter')
      await editor.waitFor({ state: 'detached' })
      assert.equal(await page.getByRole('region', { name: 'Changes that are not saved' }).isVisible(), false)
      await edit(1)
      await editor.getByRole('textbox').fill('a\nb\nc')
      await editor.getByRole('button', { name: 'Take it' }).click()
      await edit(2)
      await editor.getByRole('combobox').selectOption('false')
      await editor.getByRole('button', { name: 'Take it' }).click()
      await edit(3)
      await editor.getByRole('textbox').fill('yesterday')
      await page.keyboard.press('Enter')
      await editor.getByText('A timestamp is written as').waitFor()
      await editor.getByRole('textbox').fill('2026-11-27 20:15:00.654321+02')
      await page.keyboard.press('Enter')
      await edit(4)
      await editor.getByRole('textbox').fill('{"n": ')
      await page.keyboard.press('Control+Enter')
      await editor.getByText('This is no JSON').waitFor()
      await editor.getByRole('textbox').fill('{"n": 12345678901234567891.10}')
      await page.keyboard.press('Control+Enter')
      await goTo(page, 0, 5)
      await page.keyboard.press('F2')
      await page.locator('.toast-card', { hasText: 'longer than a megabyte' }).waitFor()
      await edit(6)
      await editor.getByRole('textbox').fill('[9007199254, null]')
      await page.keyboard.press('Control+Enter')
      await page.keyboard.press('Control+s')
      await page
        .getByRole('alert')
        .filter({ hasText: /Row 1: .*out of range/ })
        .waitFor()
      await edit(6)
      await editor.getByRole('textbox').fill('[7, null]')
      await page.keyboard.press('Control+Enter')
      await page.keyboard.press('Control+s')
      await page.locator('.toast-card', { hasText: 'Saved 1 row' }).waitFor()
      assert.deepEqual(
        await rows(
          'PostgreSQL',
          `SELECT replace(replace(lines, E'\\r', 'R'), E'\\n', 'N'), yes::text, (day AT TIME ZONE 'UTC')::text, data::text, length(big)::text, list::text FROM kinds`,
        ),
        [['aRNbRNc', 'false', '2026-11-27 18:15:00.654321', '{"n": 12345678901234567891.10}', '2000000', '{7,NULL}']],
      )
    }))

  test('read-only connections, views and tables without a key say why; production asks', () =>
    withBrowser(async ({ page, allow }) => {
      allow(/428/)
      await open(page, locked, 'PostgreSQL', 'orders')
      await page.getByText('The connection “Locked” is read-only').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Add row' }).isVisible(), false)
      await open(page, ids.PostgreSQL, 'PostgreSQL', 'paid')
      await page.getByText('This is a view').waitFor()
      await client.resultOf(ids.SQLite, 'CREATE TABLE loose (a)')
      await open(page, ids.SQLite, 'SQLite', 'loose')
      await page.getByText('one row cannot be told from another').waitFor()
      // The database's own rights: none to change anything, then one column.
      await client.resultOf(ids.PostgreSQL, 'CREATE ROLE guest LOGIN')
      await client.resultOf(ids.PostgreSQL, 'GRANT SELECT ON orders TO guest')
      const { host, port } = (
        await client.get<{ connections: { id: string; config: { host: string; port: number } }[] }>('/api/connections')
      ).connections.find(({ id }) => id === ids.PostgreSQL)!.config
      const guest = (
        await client.post<{ id: string }>('/api/connections', {
          name: 'Guest',
          engine: 'postgres',
          config: { host, port, user: 'guest', database: 'postgres' },
        })
      ).id
      await open(page, guest, 'PostgreSQL', 'orders')
      await page.getByText('The database gives you no right to insert, update or delete here').waitFor()
      await client.resultOf(ids.PostgreSQL, 'GRANT UPDATE (note) ON orders TO guest')
      await page.keyboard.press('F5')
      await page.getByRole('button', { name: 'Add row' }).waitFor()
      await goTo(page, 0, 2)
      await page.keyboard.press('1')
      await page.locator('.toast-card', { hasText: 'no right to change this column' }).waitFor()
      await write(page, 0, 4, 'by a guest')
      await page.keyboard.press('Control+s')
      await page.locator('.toast-card', { hasText: 'Saved 1 row' }).waitFor()
      await page.locator('.toast-card', { hasText: 'Saved 1 row' }).getByRole('button').first().click()
      const person = await open(page, production, 'PostgreSQL', 'customers')
      await person.cell(0, 0)
      await write(page, 0, 1, 'Grace Hopper')
      await page.keyboard.press('Control+s')
      const ask = page.getByRole('alertdialog', { name: 'Run this on production?' })
      await ask.getByText('1 row is changed in customers.').waitFor()
      await ask.getByRole('button', { name: 'Cancel' }).click()
      assert.deepEqual(await rows('PostgreSQL', 'SELECT name FROM customers WHERE id = 2'), [['Grace']])
      await page.keyboard.press('Control+s')
      await ask.getByRole('button', { name: 'Run it anyway' }).click()
      await page.locator('.toast-card', { hasText: 'Saved 1 row' }).waitFor()
      assert.deepEqual(await rows('PostgreSQL', 'SELECT name FROM customers WHERE id = 2'), [['Grace Hopper']])
    }))
})
