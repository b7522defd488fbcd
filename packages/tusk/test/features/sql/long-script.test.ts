import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false

/** 100,000 statements in a little more than 5 MB. */
function longScript(): string {
  const lines = Array.from({ length: 100_000 }, (_, at) => `select ${at} as number, 'a text that fills a line';\n`)
  return `${lines.join('')}select 'the end' as word;`
}

test('of a script of 5 MB the statement at its end runs, also right after typing and after a reload', {
  skip,
}, async t => {
  const studio = await startStudioProcess(t, { home: temporaryDirectory(t) })
  await withBrowser(async ({ page }) => {
    const person = new StudioPage(page)
    const runs: (string | null)[] = []
    page.on('request', request => {
      if (request.method() === 'POST' && new URL(request.url()).pathname === '/api/runs') runs.push(request.postData())
    })
    await person.open(studio.address)
    await page.locator('[data-ready=true]').waitFor()
    await page.keyboard.press('Alt+n')
    await person.choose('SQLite')
    await page.locator('.cm-content').click()
    await person.paste(longScript())
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Control+Enter')
    await page.locator('.grid-cell', { hasText: 'the end' }).waitFor()

    // Where it begins, behind a quote that opens and closes again, and at its end.
    await page.keyboard.press('Control+Home')
    await page.keyboard.type(`select 'it''s; the start' as word;`)
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Control+Enter')
    await page.locator('.grid-cell', { hasText: `it's; the start` }).waitFor()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Enter')
    await page.keyboard.type(`select 'typed ' || 'behind' as word`)
    await page.keyboard.press('Control+Enter')
    await page.locator('.grid-cell', { hasText: 'typed behind' }).waitFor()
    assert.ok(
      runs.every(body => body !== null && body.length < 500),
      'only the statement is sent, not the script',
    )

    await page.locator('.studio-saved[data-state=saved]').waitFor()
    await page.reload()
    await page.locator('[data-ready=true]').waitFor()
    await page.locator('.grid-cell', { hasText: 'typed behind' }).waitFor()
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(` union all select 'after the reload'`)
    await page.keyboard.press('Control+Enter')
    await page.locator('.grid-cell', { hasText: 'after the reload' }).waitFor()
  })
})
