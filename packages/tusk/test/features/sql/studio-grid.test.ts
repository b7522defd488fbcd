import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type PostgresVersion, postgresBinaries, startTestPostgres } from '../../support/postgres.ts'
import { StudioClient } from '../../support/studio-client.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { type StudioProcess, startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false
const version = ([15, 18] as const).find((one: PostgresVersion) => !('skip' in postgresBinaries(one)))
const skipPostgres = skip || (version === undefined && 'no PostgreSQL is installed')
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
let studio: StudioProcess
let client: StudioClient
let postgresId: string

before(async () => {
  if (skip !== false) return
  studio = await startStudioProcess(untilTheEnd, { home: temporaryDirectory(untilTheEnd) })
  client = new StudioClient(studio.address)
  if (version === undefined) return
  const { host, port, user, stop } = await startTestPostgres(version)
  closing.push(stop)
  postgresId = await client.connect('postgres', { host, port, user, database: 'postgres' })
})

after(async () => {
  for (const end of closing.reverse()) await end()
})

async function freshTab(page: Page, connection: string): Promise<StudioPage> {
  const person = new StudioPage(page)
  await person.open(studio.address)
  await page.locator('[data-ready=true]').waitFor()
  const tabs = page.locator('.studio-tabs-list [role=tab]')
  const there = await tabs.count()
  await page.keyboard.press('Alt+n')
  // The list of connections is drawn anew for the new tab; a click in between would go nowhere.
  await tabs.nth(there).waitFor()
  await person.choose(connection)
  return person
}

const header = (page: Page, name: string) => page.locator(`.grid-column:has(.grid-column-name:text-is("${name}"))`)

async function columnMenu(page: Page, column: string, item: string): Promise<void> {
  await header(page, column).click({ button: 'right' })
  await page.locator('.popup-menu-item', { hasText: item }).click()
}

/** Names of the columns on screen from left to right, by where they are painted. */
const names = `[...document.querySelectorAll('.grid-column')]
  .sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)
  .map(column => column.querySelector('.grid-column-name').textContent)`

test('a column that was dragged stands at its new place, with its cells, in every row and order', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await freshTab(page, 'DuckDB')
    await person.write('select i as first, i * 10 as second, i * 100 as third from range(1000) r(i)')
    await person.run()
    assert.equal(await person.cell(1, 2), '100')
    const from = (await header(page, 'third').boundingBox())!
    const to = (await header(page, 'first').boundingBox())!
    await page.mouse.move(from.x + from.width / 2, from.y + 8)
    await page.mouse.down()
    await page.mouse.move(to.x + 3, to.y + 8, { steps: 8 })
    await page.locator('.grid-drop-mark').waitFor()
    await page.mouse.up()
    await person.until(`String(${names}) === 'third,first,second'`)
    assert.deepEqual([await person.cell(1, 0), await person.cell(1, 1), await person.cell(1, 2)], ['100', '1', '10'])
    await page.locator('.grid-drop-mark').waitFor({ state: 'hidden' })
    await columnMenu(page, 'third', 'Sort descending')
    await page.locator('.grid-column[aria-sort=descending]').waitFor()
    await person.until(`document.querySelector('.grid-cell[aria-colindex="2"]')?.textContent === '99900'`)
    assert.deepEqual([await person.cell(0, 1), await person.cell(0, 2)], ['999', '9990'])

    // Escape in the middle of a drag leaves everything where it is.
    const third = (await header(page, 'third').boundingBox())!
    await page.mouse.move(third.x + 20, third.y + 8)
    await page.mouse.down()
    await page.mouse.move(third.x + 300, third.y + 8, { steps: 8 })
    await page.locator('.grid-drop-mark').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.grid-drop-mark').waitFor({ state: 'hidden' })
    await page.mouse.up()
    assert.equal(String(await page.evaluate(names)), 'third,first,second')
  }),
)

test('a pinned column stays where it is while the others scroll', { skip }, () =>
  withBrowser(async ({ page, screenshot }) => {
    const person = await freshTab(page, 'DuckDB')
    const columns = Array.from({ length: 40 }, (_, at) => `i * ${at + 1} as column_${at + 1}`)
    await person.write(`select ${columns.join(', ')} from range(1000) r(i)`)
    await person.run()
    await person.cell(0, 0)
    await columnMenu(page, 'column_3', 'Pin left')
    await page.locator('.grid-pinned .grid-column').waitFor()
    assert.equal(await person.cell(7, 0), '21')
    const places = `(() => {
      const left = selector => document.querySelector(selector)?.getBoundingClientRect().left
      return { head: left('.grid-pinned .grid-column'), cell: left('.grid-row:not([hidden]) .grid-cell[aria-colindex="2"]') } })()`
    const at = (await page.evaluate(places)) as { head: number; cell: number }
    assert.equal(at.head, at.cell)
    const box = (await page.locator('[role=grid]').boundingBox())!
    await page.mouse.move(box.x + 300, box.y + 100)
    await page.mouse.wheel(1_500, 2_600)
    await person.until(
      `document.querySelector('.grid-row:not([hidden]) .grid-cell[aria-colindex="3"]:not([hidden])') === null`,
    )
    assert.deepEqual(await page.evaluate(places), at)
    assert.equal(await person.cell(110, 0), '330')
    // What is on screen where the pinned column is painted is the pinned column: nothing lies over it.
    const over = `(() => { const box = document.querySelector('.grid-pinned .grid-column').getBoundingClientRect()
      return [box.top + 5, box.top + 100].map(y => document.elementFromPoint(box.left + box.width / 2, y)?.closest('[aria-colindex]')?.ariaColIndex) })()`
    assert.deepEqual(await page.evaluate(over), ['2', '2'])
    await screenshot('grid-pinned-scrolled')
    await page.keyboard.press('Escape')
    await columnMenu(page, 'column_3', 'Unpin')
    await person.until(`document.querySelectorAll('.grid-pinned .grid-column').length === 0`)
  }),
)

test('the summary of a column says what SQL says, of all rows and of those that pass a filter', { skip }, () =>
  withBrowser(async ({ page, screenshot }) => {
    const person = await freshTab(page, 'DuckDB')
    const rows = `select i as n, case when i % 7 = 0 then null else (i * 37) % 11 end as part, 'w' || (i % 3) as word from range(1000) r(i)`
    await person.write(rows)
    await person.run()
    await person.cell(0, 0)
    const duckdb = 'sample-duckdb'
    const sql = async (query: string) => {
      const result = await client.resultOf(duckdb, query)
      return JSON.parse(String(await client.export(result, 'json'))) as readonly Readonly<Record<string, unknown>>[]
    }
    const factsOf = async (column: string) => {
      await columnMenu(page, column, 'Summary')
      await page.locator('.grid-summary .grid-facts').waitFor()
      const facts = (await page.evaluate(`Object.fromEntries([...document.querySelectorAll('.grid-facts dt')]
        .map(name => [name.textContent, name.nextElementSibling.firstChild.textContent]))`)) as Record<string, string>
      const bars = (await page.evaluate(
        `[...document.querySelectorAll('.grid-bar')].map(bar => bar.title)`,
      )) as string[]
      const top = (await page.evaluate(`[...document.querySelectorAll('.grid-top-row')]
        .map(row => [...row.children].map(part => part.textContent))`)) as string[][]
      return { facts, bars, top }
    }
    const check = async (from: string) => {
      const [wanted] =
        await sql(`select count(*) as rows, count(*) - count(part) as nulls, min(part) as min, max(part) as max,
        median(part) as median, avg(part) as mean, stddev_samp(part) as deviation from (${from})`)
      const { facts, bars, top } = await factsOf('part')
      const number = (text: string | undefined) => Number(text?.replaceAll(',', ''))
      assert.equal(number(facts.Rows), wanted?.rows)
      assert.equal(number(facts.NULL), wanted?.nulls)
      assert.equal(number(facts.Min), wanted?.min)
      assert.equal(number(facts.Max), wanted?.max)
      assert.equal(number(facts.Median), wanted?.median)
      assert.equal(number(facts.Mean), wanted?.mean)
      assert.ok(Math.abs(number(facts.Deviation) - Number(wanted?.deviation)) < 1e-9, facts.Deviation)
      const drawn = bars.map(title => number(title.slice(title.lastIndexOf(':') + 1)))
      assert.equal(
        drawn.reduce((sum, count) => sum + count, 0),
        Number(wanted?.rows) - Number(wanted?.nulls),
      )
      const counts = await sql(`select part, count(*) as n from (${from}) group by part`)
      for (const [value, count] of top) {
        const row = counts.find(({ part }) => (part === null ? 'NULL' : String(part)) === value)
        assert.equal(number(count), row?.n, `how often ${value}`)
      }
      assert.equal(top.length, Math.min(10, counts.length))
    }
    await check(rows)
    await screenshot('grid-summary')
    await page.keyboard.press('Escape')
    await page.locator('.grid-summary').waitFor({ state: 'detached' })

    await columnMenu(page, 'word', 'Filter')
    await page.keyboard.type('w2')
    await page.keyboard.press('Enter')
    await page.locator('.grid-status', { hasText: '333 of 1,000 rows' }).waitFor()
    await check(`select * from (${rows}) where word like '%w2%'`)
  }),
)

/** What each engine holds that is easily written wrong. */
const treasures = {
  PostgreSQL: String.raw`select 9223372036854775807::int8 as big, '-0.1234567890123456789012345678901234567890'::numeric as exact, 'NaN'::numeric as nothing,
    E'it''s \\ a "quote"\n\ttwo lines; -- no comment' as "Text", '\xdeadbeef00'::bytea as bytes, true as yes, '2024-02-29 23:59:59.123456+00'::timestamptz as at,
    'infinity'::timestamp as ever, '0044-03-15 BC'::date as ides, '1 year -2 days 03:04:05.6'::interval as span, '10:11:12.5+02'::timetz as clock,
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as "select", '{"a": [1, 2.50, null, "\u00fc"]}'::jsonb as doc, '{{1,null},{3,4}}'::int[] as grid,
    array['a,b', 'c"d', null, '', 'NULL', 'e\f'] as words, '192.168.0.1/24'::inet as net, '-Infinity'::float8 as low, 0.1::float8 + 0.2 as sum, '[1,5)'::int4range as span4,
    '[0:1]={5,6}'::int[] as shifted, array['\xdead'::bytea] as pieces, array['{"a": [1, "x"]}'::jsonb, null] as docs, array[1.50, 'NaN'] as numbers, '(1,2)'::point as spot,
    B'10110' as bits, null::text as none
    union all select -1, 1e-30, 0, '', '', false, '0001-01-01 00:00:00+00', '-infinity', 'infinity', '0', '00:00+00', null, '[]', '{}', '{}', '::1', 'NaN', 1e308, 'empty', '{}', '{}', '{}', '{}', '(0,0)', B'1', 'x'`,
  DuckDB: String.raw`select 170141183460469231731687303715884105727::hugeint as big, '-0.12345678901234567890123456789012345678'::decimal(38, 38) as exact,
    'it''s \ a "quote"' || chr(10) || 'two lines; -- no comment' as "Text", '\xDE\xAD\xBE\xEF\x00'::blob as bytes, true as yes, timestamptz '2024-02-29 23:59:59.123456+00' as at,
    timestamp 'infinity' as ever, date '0044-03-15 (BC)' as ides, timestamp '0044-03-15 (BC) 01:02:03' as hour, interval '1 year -2 days 03:04:05.6' as span, time '10:11:12.5' as clock,
    'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as "select", [[1, null], [3]] as grid, ['a,b', 'c"d', null, '', 'NULL', 'it''s'] as words,
    {'a': 1, 'b c': 'x''y, z', 'c': null} as record, map {'k, 1': 1, 'k"2': null} as pairs,
    map {9007199254740993: ['x'], 2: null} as numbered, [uuid 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'] as ids, ['\xDE\xAD'::blob] as pieces, [{'d': date '2024-02-29'}] as days, '-inf'::double as low, 0.1::double + 0.2 as sum, '10110'::bit as bits, null::varchar as none
    union all select -1, 0, '', ''::blob, false, timestamptz '0001-01-01 00:00:00+00', timestamp '-infinity', date 'infinity', timestamp '2000-01-01', interval 0 second, time '00:00', null, [], [],
    {'a': null, 'b c': '', 'c': 7}, map {}, map {}, [], [], [], 'nan', 1e308, '1', 'x'`,
} as const

for (const [connection, query] of Object.entries(treasures))
  test(
    `rows copied as INSERT from ${connection} come back equal when they are pasted and run`,
    {
      skip: connection === 'PostgreSQL' ? skipPostgres : skip,
    },
    () =>
      withBrowser(async ({ page, context }) => {
        await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: studio.address })
        const person = await freshTab(page, connection === 'PostgreSQL' ? 'postgres' : connection)
        await person.write(
          `create temp table source as ${query}; create temp table table_name as select * from source limit 0; select * from source`,
        )
        await page.keyboard.press('Shift+Control+Enter')
        await person.cell(1, 0)
        await person.focusGrid()
        await page.keyboard.press('Control+a')
        await page.keyboard.press('Shift+F10')
        await page.locator('.popup-menu-item', { hasText: 'Copy as SQL INSERT' }).click()
        await page.locator('.grid-status', { hasText: 'Copied' }).waitFor()
        await page.locator('.cm-content').click()
        await page.keyboard.press('Control+a')
        await page.keyboard.press('Control+v')
        await page.locator('.cm-line', { hasText: 'INSERT INTO table_name' }).waitFor()
        await page.keyboard.press('Shift+Control+Enter')
        await page.locator('.studio-result-page', { hasText: /2 rows affected|INSERT 0 2|2 rows/ }).waitFor()
        await person.write(
          `select count(*) as differs from (select s::text from source s except all select t::text from table_name t) d`,
        )
        await person.run()
        await header(page, 'differs').waitFor()
        assert.equal(await person.cell(0, 0), '0')
      }),
  )

test('a session that the server ended is shown as lost, and Reconnect opens a new one', { skip: skipPostgres }, () =>
  withBrowser(async ({ page, screenshot }) => {
    const person = await freshTab(page, 'postgres')
    await person.write(`create temp table mine as select 7 as n; select pg_backend_pid() as pid`)
    await page.keyboard.press('Shift+Control+Enter')
    const pid = Number(await person.cell(0, 0))
    await person.write('select pg_sleep(600)')
    await person.run()
    await page.locator('.studio-cancel:not([disabled])').first().waitFor()
    await client.resultOf(postgresId, `select pg_terminate_backend(${pid})`)
    await page.locator('.studio-connection-button .studio-session[data-state=lost]').waitFor()
    await page.locator('.studio-failure').first().waitFor()
    await screenshot('session-lost')
    await page.locator('.studio-run-bar .studio-reconnect').click()
    await page.locator('.toast-card', { hasText: 'It is a new session' }).waitFor()
    await page.locator('.studio-connection-button .studio-session[data-state=idle]').waitFor()
    assert.equal(await page.locator('.studio-run-bar .studio-reconnect').isVisible(), false)
    await person.write(`select to_regclass('pg_temp.mine') is null as gone, pg_backend_pid() <> ${pid} as anew`)
    await person.run()
    await header(page, 'anew').waitFor()
    assert.deepEqual([await person.cell(0, 0), await person.cell(0, 1)], ['true', 'true'])
  }),
)
