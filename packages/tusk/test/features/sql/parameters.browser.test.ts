import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireHistoryEntry, WireParameterValues, WireRun } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { textRows } from '../../support/spool-fixture.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { tusk } from '../../support/tusk-command.ts'
import { withStudio } from '../../support/with-studio.ts'

const hostile = `'); DROP TABLE orders; -- ü ${'x'.repeat(3_000)} \\ "q" $1 :name {{n}}`

test('values are bound, exactly, on three engines, and never become a part of the text', {
  skip: skipWithoutPostgres(15),
  timeout: 120_000,
}, async () => {
  await using server = await startTestPostgres(15)
  await withStudio({}, async ({ client }) => {
    const { host, port, user } = server
    for (const [engine, config] of [
      ['postgres', { host, port, user, database: 'postgres' }],
      ['duckdb', { path: ':memory:' }],
      ['sqlite', { path: ':memory:' }],
    ] as const) {
      const connectionId = await client.connect(engine, config)
      const rows = async (sql: string, values: WireParameterValues, more: object = {}): Promise<WireRun> => {
        const run = await client.post<WireRun>('/api/runs', { connectionId, sql, values, ...more })
        return await client.ended(run.id)
      }
      const text = async (sql: string, values: WireParameterValues): Promise<unknown> => {
        const run = await rows(sql, values)
        assert.equal(run.state, 'complete', `${engine}: ${JSON.stringify(run.statements[0]?.error)}`)
        return textRows(await client.rows(run.statements[0]?.resultId ?? ''))
      }
      assert.deepEqual(
        await text(`SELECT :words AS a, {{big}} AS b, :nothing AS c, :words = {{words}} AS d`, {
          words: { kind: 'text', value: hostile },
          big: { kind: 'number', value: '9223372036854775807' },
          nothing: { kind: 'text', value: null },
        }),
        [[hostile, '9223372036854775807', null, engine === 'sqlite' ? '1' : 'true']],
      )
      // SQLite has no decimals: a number there is a double.
      if (engine !== 'sqlite')
        assert.deepEqual(
          await text('SELECT CAST(:price AS DECIMAL(38,20)) AS p', {
            price: { kind: 'number', value: '123456789012345678.12345678901234567890' },
          }),
          [['123456789012345678.12345678901234567890']],
        )
      // Several statements of a script; the place of an error is where it stands in the text that was written.
      const script = `SELECT :n + 1;\nSELECT /* {{n}} */ :n, nope`
      const failed = await rows(script, { n: { kind: 'number', value: '41' } })
      assert.equal(failed.state, 'failed')
      assert.equal(failed.statements[0]?.state, 'complete')
      if (engine !== 'sqlite') assert.equal(failed.statements[1]?.errorAt, script.indexOf('nope'), engine)
      // One without a value: nothing runs.
      await assert.rejects(rows('SELECT :a, :b', { a: { kind: 'text', value: 'x' } }), {
        code: 'BAD_REQUEST',
        message: /“b” has no value/,
      })
      await assert.rejects(rows('SELECT :a', { a: { kind: 'number', value: '1; DROP' } }), { code: 'BAD_REQUEST' })
      const plan = await rows(
        'SELECT * FROM (SELECT 1 AS n) t WHERE n = :n',
        { n: { kind: 'number', value: '1' } },
        { explain: 'plan' },
      )
      assert.equal(plan.state, 'complete', JSON.stringify(plan.statements[0]?.error))
    }
    const { entries } = await client.get<{ entries: WireHistoryEntry[] }>('/api/history?limit=3')
    assert.deepEqual(entries[0]?.values, { n: { kind: 'number', value: '1' } })
  })
})

test('the command line takes them by name', async context => {
  const home = temporaryDirectory(context)
  const answer = await tusk(home, [
    'query',
    '--format',
    'csv',
    '--param',
    `word=it's "x"`,
    '--param',
    'n:number=42',
    '--param',
    'none:null=',
    'SELECT :word AS word, {{n}} + 1 AS n, :none AS none',
  ])
  assert.equal(answer.code, 0, answer.err)
  assert.equal(answer.out, 'word,n,none\r\n"it\'s ""x""",43,\r\n')
  const missing = await tusk(home, ['query', '--param', 'n=1', 'SELECT :n, :m'])
  assert.match(missing.err, /“m” has no value/)
  assert.equal((await tusk(home, ['query', '--param', '=1', 'SELECT 1'])).code, 2)
})

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `a form asks for them, remembers, and the history opens old rows without running, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        await client.connect('duckdb', { path: ':memory:' })
        await withBrowser(
          async ({ page, screenshot, allow }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await person.choose('duckdb')
            await person.write("SELECT :name || '!' AS greeting, {{count}} AS n, 'a:b'::TEXT AS cast_is_none")
            await person.run()
            const dialog = page.getByRole('dialog', { name: 'Parameters' })
            await dialog.getByLabel('name', { exact: true }).fill('Ada')
            await dialog.getByLabel('Kind of count').selectOption({ label: 'Number' })
            await dialog.getByLabel('count', { exact: true }).fill('many')
            await page.keyboard.press('Enter')
            await dialog.getByText('The value of “count” is not a number.').waitFor()
            await screenshot(`parameters-${colorScheme}`)
            await dialog.getByLabel('count', { exact: true }).fill('3')
            await page.keyboard.press('Enter')
            await person.outcome(/1 row/)
            assert.deepEqual([await person.cell(0, 0), await person.cell(0, 1)], ['Ada!', '3'])

            // Escape runs nothing; after a reload the values are there.
            await person.run()
            await dialog.waitFor()
            await page.keyboard.press('Escape')
            await dialog.waitFor({ state: 'detached' })
            await page.locator('.studio-saved[data-state=saved]').waitFor()
            await page.reload()
            await page.locator('.cm-content').click()
            await person.run()
            assert.equal(await dialog.getByLabel('name', { exact: true }).inputValue(), 'Ada')
            assert.equal(await dialog.getByLabel('Kind of count').inputValue(), 'number')
            await dialog.getByRole('checkbox', { name: 'NULL' }).first().check()
            await dialog.getByRole('button', { name: 'Run' }).click()
            await page.locator('.grid-cell', { hasText: 'NULL' }).first().waitFor()

            // The rows of an old entry, without another run.
            await page.keyboard.press('Control+h')
            await page.getByText('name = Ada, count = 3').waitFor()
            await screenshot(`history-values-${colorScheme}`)
            const runs = async (): Promise<number> =>
              (await client.get<{ entries: unknown[] }>('/api/history')).entries.length
            assert.equal(await runs(), 2)
            await page.locator('.studio-history-open', { hasText: 'name = Ada, count = 3' }).click()
            await person.outcome(/1 row/)
            assert.equal(await person.cell(0, 0), 'Ada!')
            assert.equal(await runs(), 2)

            // Where the rows are gone, the person is asked.
            const { entries } = await client.get<{ entries: WireHistoryEntry[] }>('/api/history')
            const gone = entries.find(({ values }) => values?.name?.value === 'Ada')?.resultId ?? ''
            await client.fetch(`/api/results/${gone}`, { method: 'DELETE' })
            allow(/404/)
            await page.locator('.studio-history-open', { hasText: 'name = Ada, count = 3' }).click()
            await page.getByText('These rows have expired').waitFor()
            await screenshot(`history-expired-${colorScheme}`)
            await page.getByRole('button', { name: 'Run it again' }).click()
            assert.equal(await dialog.getByLabel('name', { exact: true }).inputValue(), 'Ada')
            await page.keyboard.press('Escape')
          },
          { colorScheme },
        )
      }),
  )
