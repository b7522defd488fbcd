import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
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

suite('forms of tables, indexes and views', { skip, timeout: 300_000 }, () => {
  const closing: (() => void | Promise<void>)[] = []
  const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
  const ids = {} as Record<Name, string>
  let client: StudioClient

  before(async () => {
    const home = temporaryDirectory(untilTheEnd)
    const studio = await startStudioProcess(untilTheEnd, { home, arguments: ['--no-samples'] })
    client = new StudioClient(studio.address)
    const server = await startTestPostgres(15)
    closing.push(() => server.stop())
    const { host, port, user } = server
    const file = join(home, 'shop.db')
    new DatabaseSync(file).close()
    const add = async (name: string, engine: string, config: object): Promise<string> =>
      (await client.post<{ id: string }>('/api/connections', { name, engine, config })).id
    ids.PostgreSQL = await add('PostgreSQL', 'postgres', { host, port, user, database: 'postgres' })
    ids.DuckDB = await add('DuckDB', 'duckdb', { path: join(home, 'shop.duckdb') })
    ids.SQLite = await add('SQLite', 'sqlite', { path: file })
  })
  after(async () => {
    for (const end of closing.reverse()) await end()
  })

  for (const name of names)
    test(`${name}: a table is made, changed, indexed, seen through a view and dropped, each with its SQL before it runs`, () =>
      withBrowser(async ({ page, screenshot }) => {
        const schema = name === 'PostgreSQL' ? 'public' : 'main'
        const text = name === 'PostgreSQL' ? 'text' : name === 'DuckDB' ? 'VARCHAR' : 'TEXT'
        const person = new StudioPage(page)
        await person.open(client.address)
        await page.locator('[data-ready=true]').waitFor()
        await person.choose(name)
        const sql = page.getByRole('dialog').getByRole('region', { name: 'SQL' })
        const shows = (pattern: RegExp): Promise<void> => sql.filter({ hasText: pattern }).waitFor()

        await page.getByRole('button', { name: 'New table or view' }).click()
        await page.getByRole('menuitem', { name: 'New table …' }).click()
        const made = page.getByRole('dialog', { name: 'New table' })
        assert.equal(await made.getByLabel('Schema').inputValue(), schema)
        await made.getByText('A name must not be empty').waitFor()
        await made.getByLabel('Name', { exact: true }).fill('things')
        await made.getByRole('button', { name: 'Add column' }).click()
        await page.keyboard.type('odd "name"')
        await made.getByLabel('Type of column 2').fill(`${text}); DROP TABLE x; --`)
        await made.getByText('cannot be used like this').waitFor()
        assert.ok(await made.getByRole('button', { name: 'Create' }).isDisabled())
        await made.getByLabel('Type of column 2').fill(text)
        await made.getByLabel('Default of column 2').fill(`'it''s'`)
        await shows(
          /CREATE TABLE \S+things \(\s+id \w+ PRIMARY KEY NOT NULL,\s+"odd ""name""" \w+ DEFAULT 'it''s'\s+\);/,
        )
        await checkAccessibility(page, '.dialog')
        await screenshot(`table-new-${name}`)
        await made.getByRole('button', { name: 'Create' }).click()
        await page.getByRole('heading', { name: `${schema}.things` }).waitFor()
        await client.resultOf(ids[name], 'INSERT INTO things (id) VALUES (1)')

        // An index, and with it gone, another type: what DuckDB cannot change while there is one.
        const change = async (item: string): Promise<void> => {
          await page.getByRole('button', { name: 'Change …' }).click()
          await page.getByRole('menuitem', { name: item }).click()
        }
        await change('New index …')
        const index = page.getByRole('dialog', { name: 'New index on things' })
        await index.getByText('Choose at least one column').waitFor()
        await index.getByLabel('odd "name"').check()
        await shows(/CREATE INDEX .*"things_odd ""name""".*\("odd ""name"""\)/)
        await index.getByLabel('Name', { exact: true }).fill('by_name')
        await checkAccessibility(page, '.dialog')
        await index.getByRole('button', { name: 'Create' }).click()
        await page.getByText('The index was made').waitFor()
        await page.getByRole('tab', { name: /Indexes/ }).click()
        await page.getByRole('rowheader', { name: 'by_name' }).waitFor()
        await change('Drop the index by_name …')
        const sure = page.getByRole('alertdialog', { name: 'Drop the index by_name?' })
        await sure.getByRole('button', { name: 'Drop by_name' }).click()
        await page.getByText('by_name was dropped').waitFor()
        await page.getByRole('rowheader', { name: 'by_name' }).waitFor({ state: 'detached' })

        await change('Change the table …')
        const form = page.getByRole('dialog', { name: 'Change things' })
        await form.getByText('Nothing is changed yet.').waitFor()
        await form.getByLabel('odd "name" is NOT NULL').check()
        await form.getByLabel('Name of odd "name"').fill('note')
        await form.getByRole('button', { name: 'Add column' }).click()
        await page.keyboard.type('n')
        await form.getByLabel('Type of column 3').fill('BIGINT')
        await form.getByLabel('Name', { exact: true }).fill('stuff')
        await shows(/RENAME COLUMN "odd ""name""" TO note/)
        await shows(/RENAME TO stuff/)
        if (name === 'SQLite') await shows(/PRAGMA foreign_keys = OFF;[\s\S]*INSERT INTO[\s\S]*COMMIT;/)
        else await shows(/SET NOT NULL/)
        await checkAccessibility(page, '.dialog')
        await screenshot(`table-change-${name}`)
        await form.getByRole('button', { name: 'Change', exact: true }).click()
        await page.getByRole('heading', { name: `${schema}.stuff` }).waitFor()
        assert.deepEqual(
          textRows(await client.rows(await client.resultOf(ids[name], 'SELECT id, note, n FROM stuff'))),
          [['1', "it's", null]],
        )
        // What the rows do not allow is said in the form, and nothing of it is done.
        await change('Change the table …')
        const second = page.getByRole('dialog', { name: 'Change stuff' })
        await second.getByLabel('n is NOT NULL').check()
        await second.getByRole('button', { name: 'Change', exact: true }).click()
        await second.getByRole('alert').filter({ hasText: /null/i }).waitFor()
        await second.getByRole('button', { name: 'Cancel' }).click()
        assert.deepEqual(
          textRows(await client.rows(await client.resultOf(ids[name], 'SELECT id, note, n FROM stuff'))),
          [['1', "it's", null]],
        )

        await page.goto(client.address)
        await page.locator('[data-ready=true]').waitFor()
        await person.choose(name)
        await page.getByRole('button', { name: 'New table or view' }).click()
        await page.getByRole('menuitem', { name: 'New view …' }).click()
        const view = page.getByRole('dialog', { name: 'New view' })
        await view.getByLabel('Name', { exact: true }).fill('seen')
        await view.getByLabel('SELECT').fill('DELETE FROM stuff')
        await view.getByText('A view is made of a SELECT.').waitFor()
        await view.getByLabel('SELECT').fill('SELECT note FROM stuff;')
        await shows(/CREATE VIEW \S*seen AS\s+SELECT note FROM stuff;/)
        await view.getByRole('button', { name: 'Create' }).click()
        await page.getByRole('heading', { name: `${schema}.seen` }).waitFor()
        assert.equal(await person.cell(0, 0), "it's")
        await change('Drop the view …')
        await page
          .getByRole('alertdialog', { name: 'Drop the view seen?' })
          .getByRole('button', { name: 'Drop seen' })
          .click()
        await page.locator('.cm-content').waitFor()
        await assert.rejects(client.resultOf(ids[name], 'SELECT * FROM seen'), { code: 'QUERY_FAILED' })
      }))
})
