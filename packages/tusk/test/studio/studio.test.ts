import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'
import { StudioPage } from '../support/studio-page.ts'
import { startStudioProcess } from '../support/studio-process.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const skip = browserMissing ?? false
const clipboard = 'navigator.clipboard.readText()'

test('a first visit: the samples are there, a query is written, one key press brings its rows', { skip }, async t => {
  const studio = await startStudioProcess(t, { home: temporaryDirectory(t) })
  await withBrowser(
    async ({ page, screenshot }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.run()
      await person.outcome('10 rows')
      assert.equal(await person.cell(0, 0), 'Chloé Abe')
      await page.locator('[role=tree]', { hasText: 'order_items' }).waitFor()
      await screenshot('studio-first-visit')
    },
    { viewport: { width: 1280, height: 800 } },
  )
})

test('ten million rows: the last is reached, the whole is sorted, a thousand are copied exactly', { skip }, async t => {
  const studio = await startStudioProcess(t, { home: temporaryDirectory(t) })
  await withBrowser(
    async ({ page, context, screenshot }) => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: studio.address })
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.choose('DuckDB')
      const rows = 10_000_000
      await person.write(
        `SELECT range AS id, (range * 7919) % ${rows} AS shuffled, 'order ' || range AS label, range / 7 AS seventh FROM range(${rows})`,
      )
      await person.run()
      await person.outcome('10,000,000 rows', 120_000)
      await person.focusGrid()
      await page.keyboard.press('Control+End')
      assert.equal(await person.cell(rows - 1, 0), String(rows - 1))

      // 7919 and ten million have no common factor, so `shuffled` is every number once: sorted, row n holds n.
      await page.locator('.grid-column:has(.grid-column-name:text-is("shuffled")) .grid-column-name').click()
      await person.until(`document.querySelector('[role=columnheader][aria-sort=ascending]') !== null`)
      await page.keyboard.press('Control+Home')
      assert.equal(await person.cell(0, 1), '0')
      await page.keyboard.press('Control+End')
      assert.equal(await person.cell(rows - 1, 1), String(rows - 1))
      await screenshot('studio-ten-million-sorted')

      await page.keyboard.press('Control+Home')
      await page.keyboard.press('ArrowRight')
      await person.until(`(() => { const grid = document.querySelector('[role=grid]')
        for (let i = 0; i < 999; i++) grid.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', shiftKey: true, bubbles: true }))
        return true })()`)
      await page.keyboard.press('Control+c')
      await page.locator('.grid-status', { hasText: 'Copied 1,000 rows' }).waitFor()
      const copied: string = await page.evaluate(clipboard)
      assert.equal(copied, Array.from({ length: 1_000 }, (_, row) => String(row)).join('\n'))
    },
    { viewport: { width: 1920, height: 1080 } },
  )
})

for (const version of [15, 18] as const)
  test(`cancelling on PostgreSQL ${version} leaves nothing behind within a second, and the tab's session works on`, {
    skip: skip || skipWithoutPostgres(version),
  }, async t => {
    await using server = await startTestPostgres(version)
    const studio = await startStudioProcess(t, { home: temporaryDirectory(t), arguments: ['--no-samples'] })
    const answer = await fetch(`${studio.address}/api/connections`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        name: 'Test',
        engine: 'postgres',
        config: { host: server.host, port: server.port, database: 'postgres', user: server.user },
      }),
    })
    assert.equal(answer.status, 201)
    const watch = new pg.Client({ host: server.host, port: server.port, user: server.user, database: 'postgres' })
    await watch.connect()
    const active = async (): Promise<number> =>
      (
        await watch.query(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()",
        )
      ).rows[0].n
    await withBrowser(async ({ page, screenshot }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.write('CREATE TEMP TABLE mine AS SELECT 7 AS n')
      await person.run()
      await person.outcome(/CREATE TABLE|SELECT|1 row/)
      await person.write('SELECT pg_sleep(600)')
      await person.run()
      while ((await active()) === 0) await sleep(20)
      await page.locator('.studio-run-bar', { hasText: 'Cancel' }).waitFor()
      const began = performance.now()
      await page.keyboard.press('Escape')
      while ((await active()) > 0) await sleep(10)
      const gone = performance.now() - began
      await page.locator('.studio-results', { hasText: /cancelled/i }).waitFor()
      assert.ok(gone < 1_000, `it took ${gone} ms`)
      await person.write('SELECT n FROM mine')
      await person.run()
      await person.outcome('1 row')
      assert.equal(await person.cell(0, 0), '7')
      await screenshot(`studio-after-cancel-${version}`)
    })
    await watch.end()
  })

test('tabs, their text and their results are there after a reload and after a crash, and nothing is run again', {
  skip,
}, async t => {
  const home = temporaryDirectory(t)
  const first = await startStudioProcess(t, { home })
  const port = Number(new URL(first.address).port)
  await withBrowser(async ({ page, allow }) => {
    // While the server is down its requests fail, and Chromium logs that.
    allow(
      /ERR_CONNECTION_REFUSED|Failed to load resource|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|net::ERR/,
    )
    const person = new StudioPage(page)
    await person.open(first.address)
    await person.choose('DuckDB')
    await person.write("SELECT 42 AS answer, 'kept' AS what")
    await person.run()
    await person.outcome('1 row')
    await page.keyboard.press('Alt+n')
    await person.write('SELECT 1 -- a draft that was never run')
    await page.locator('.studio-tab').nth(1).waitFor()
    await sleep(0)
    await person.until(
      `fetch('/api/tabs').then(answer => answer.json()).then(({ tabs }) => tabs.some(tab => tab.sql.includes('never run')))`,
    )

    const seen = async (): Promise<void> => {
      await page.locator('.studio-tab').nth(1).waitFor()
      await page.locator('.studio-tab').nth(1).click()
      await person.until(`document.querySelector('.cm-content').textContent.includes('never run')`)
      await page.locator('.studio-tab').nth(0).click()
      await person.outcome('1 row')
      assert.equal(await person.cell(0, 0), '42')
      const history = (await page.evaluate(`fetch('/api/history').then(answer => answer.json())`)) as {
        entries: unknown[]
      }
      assert.equal(history.entries.length, 1)
    }
    await page.reload()
    await seen()

    await page.locator('.studio-tab').nth(1).click()
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+End')
    await first.kill()
    await page.keyboard.insertText(' and this was typed while the server was down: never run either')
    await startStudioProcess(t, { home, port })
    await person.until(
      `fetch('/api/tabs').then(answer => answer.json(), () => undefined).then(body => body?.tabs?.some(tab => tab.sql.includes('server was down')))`,
      60_000,
    )
    await page.reload()
    await seen()
  })
})

test('every page loads from this server alone, without an error or a violation, in both themes', { skip }, async t => {
  const studio = await startStudioProcess(t, { home: temporaryDirectory(t) })
  for (const colorScheme of ['dark', 'light'] as const)
    await withBrowser(
      async ({ page, screenshot, allow }) => {
        for (const path of ['/', '/settings', '/api/docs']) {
          await page.goto(studio.address + path)
          await page.locator('main').first().waitFor()
          await page.evaluate(`document.documentElement.dataset.theme = '${colorScheme}'`)
          await screenshot(`page-${path.replaceAll('/', '_')}-${colorScheme}`)
        }
        allow(/404/)
        const missing = await page.goto(`${studio.address}/nothing-here`)
        assert.equal(missing?.status(), 404)
        await page.locator('main').first().waitFor()
      },
      { colorScheme },
    )
})

test('the picture of the README', { skip }, async t => {
  const studio = await startStudioProcess(t, { home: temporaryDirectory(t) })
  await withBrowser(
    async ({ page, screenshot }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await person.choose('DuckDB')
      await person.write(
        '-- Ten million rows, scrolled, sorted and filtered without asking the database again.\nSELECT o.id + r.range * 100_000 AS order_id, c.name, c.country, o.ordered_at,\n       o.status, o.shipping, o.note\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nCROSS JOIN range(100) r;',
      )
      await person.run()
      await person.outcome('10,000,000 rows', 180_000)
      assert.notEqual(await person.cell(0, 1), '')
      const picture = await screenshot('studio')
      if (process.env.TUSK_UPDATE_SCREENSHOTS === '1') {
        const folder = join(import.meta.dirname, '../../../../docs/screenshots')
        mkdirSync(folder, { recursive: true })
        copyFileSync(picture, join(folder, 'studio.png'))
      }
    },
    { viewport: { width: 1440, height: 900 } },
  )
})
