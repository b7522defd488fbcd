import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '@playwright/test'
import { BatchBuilder } from '../../src/arrow/index.ts'
import { needsBrowser } from '../support/browser.ts'
import { hostileBatch, hostileColumns } from '../support/hostile-values.ts'
import { GeneratedSource } from './support/generated-source.ts'
import { resultApi } from './support/result-api.ts'
import { withGridPage } from './support/with-grid-page.ts'

const rows = 10_000_000
const expected = new GeneratedSource({ rows })
const rowHeight = 26

/** Virtual pixels above the body, read off the rows on screen. */
const offset = `(() => {
  const top = document.querySelector('.grid-body').getBoundingClientRect().top
  const row = document.querySelector('.grid-row:not([hidden])')
  return (Number(row.ariaRowIndex) - 2) * ${rowHeight} - (row.getBoundingClientRect().top - top)
})()`
const active = `document.getElementById(document.querySelector('[role=grid]').getAttribute('aria-activedescendant'))`
const activeText = `${active}?.textContent`
const activeRow = `Number(${active}?.closest('[role=row]').ariaRowIndex) - 2`
const activeColumn = `Number(${active}?.ariaColIndex) - 2`

/** Cells on screen of a column of the page, by row. */
function cellsOf(place: number): string {
  return `Object.fromEntries([...document.querySelectorAll('.grid-row:not([hidden])')].map(row => [Number(row.ariaRowIndex) - 2,
    row.querySelector('.grid-cell:not([hidden])[aria-colindex="${place + 2}"]')?.textContent]))`
}

async function settled(page: Page, code: string): Promise<number> {
  let last = Number.NaN
  for (;;) {
    const value = await page.evaluate<number>(
      `new Promise(resolve => setTimeout(() => requestAnimationFrame(() => resolve(${code})), 120))`,
    )
    if (value === last) return value
    last = value
  }
}

async function menu(page: Page, column: string, item: string): Promise<void> {
  const header = page.locator(`.grid-column:has(.grid-column-name:text-is("${column}"))`)
  await header.hover()
  await header.locator('.grid-column-menu').click()
  await page.locator(`.popup-menu-item:has-text("${item}")`).click()
}

const clipboard = 'navigator.clipboard.readText()'

test('ten million rows: wheel, thumb, keys and the last row are exact', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run(`page.generate({ rows: ${rows} })`)
    await rowsAreThere()
    await run('page.grid.reveal(5_000_000)')
    const before = await settled(page, offset)
    await page.mouse.move(500, 400)
    for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 100)
    assert.equal((await settled(page, offset)) - before, 1000)
    for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, -100)
    assert.equal(await settled(page, offset), before)

    await run('page.grid.reveal(5_000_000); page.grid.focus()')
    for (let press = 0; press < 300; press++) await page.keyboard.press('ArrowDown')
    await until(`${activeRow} === 5_000_300`)
    await rowsAreThere()
    assert.equal(await run(activeText), expected.text(5_000_300, 0))

    const thumb = (part: number) =>
      run(
        `(() => { const s = document.querySelector('.grid-scroller'); s.scrollTop = (s.scrollHeight - s.clientHeight) * ${part} })()`,
      )
    await thumb(0.25)
    const quarter = (await settled(page, offset)) / rowHeight
    assert.ok(Math.abs(quarter - rows / 4) < 30_000, `a quarter of the way shows row ${quarter}`)
    await thumb(1)
    await settled(page, offset)
    await rowsAreThere()
    const last = await run<Record<number, string>>(cellsOf(0))
    assert.equal(last[rows - 1], expected.text(rows - 1, 0))
    await page.keyboard.press('Control+Home')
    await until(`${activeRow} === 0`)
    await page.keyboard.press('Control+End')
    await until(`${activeRow} === ${rows - 1}`)
    await rowsAreThere()
    assert.equal(await run(activeText), expected.text(rows - 1, 29) ?? 'NULL')
  })
})

test('a range of a thousand rows is copied exactly, also by mouse, and a larger one than the clipboard should get is not', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, rowsAreThere }) => {
    await run(`page.generate({ rows: ${rows} })`)
    await rowsAreThere()
    await run('page.grid.reveal(123_456, 1); page.grid.focus()')
    for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowRight')
    await run(`(() => { const g = document.querySelector('[role=grid]')
      for (let i = 0; i < 999; i++) g.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', shiftKey: true, bubbles: true })) })()`)
    await page.keyboard.press('Control+c')
    await page.locator('.grid-status:has-text("Copied 1,000 rows × 4 columns")').waitFor()
    const quote = (text: string) => (/["\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    const lines = Array.from({ length: 1000 }, (_, row) =>
      [1, 2, 3, 4].map(column => quote(expected.text(123_456 + row, column) ?? '')).join('\t'),
    )
    assert.equal(await run(clipboard), lines.join('\n'))

    await run('page.grid.reveal(0, 0)')
    await rowsAreThere()
    const box = async (row: number, place: number) =>
      (await page
        .locator(`.grid-row[aria-rowindex="${row + 2}"] .grid-cell[aria-colindex="${place + 2}"]:not([hidden])`)
        .boundingBox())!
    const [from, to] = [await box(1, 0), await box(3, 2)]
    await page.mouse.move(from.x + 5, from.y + 5)
    await page.mouse.down()
    await page.mouse.move(to.x + 5, to.y + 5, { steps: 5 })
    await page.mouse.up()
    await page.keyboard.press('Control+Shift+c')
    await page.locator('.grid-status:has-text("Copied 3 rows × 3 columns")').waitFor()
    const copied = await run<string>(clipboard)
    assert.equal(copied.split('\n')[0], 'id\tcustomer\tprice')
    assert.equal(copied.split('\n').length, 4)
    await page.locator('.grid-status-selection:has-text("3 × 3")').waitFor()

    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await page.locator('.grid-popover >> text=Export to a file').click()
    assert.equal(await run('page.exported'), 1)
  })
})

test('where the browser has no clipboard for pages, copying works the old way', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 1_000 })')
    await rowsAreThere()
    await run(
      `window.kept = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', { value: undefined }); page.grid.focus()`,
    )
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Control+c')
    await page.locator('.grid-status:has-text("Copied 2 rows × 1 column")').waitFor()
    await until(`kept.readText().then(text => text === '0\\n1')`)
  })
})

test('dragging beyond the edge scrolls and selects on', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 5_000 })')
    await rowsAreThere()
    await page.mouse.move(300, 100)
    await page.mouse.down()
    await page.mouse.move(350, 799, { steps: 5 })
    await until(`${offset} > 2000`)
    await page.mouse.up()
    const reached = await settled(page, offset)
    assert.ok(Number(await run(activeRow)) >= Math.floor(reached / rowHeight))
  })
})

test('sort, filter and their cancelling: what is shown is always of the view that is named', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run(`page.generate({ rows: ${rows} })`)
    await rowsAreThere()
    const header = page.locator('.grid-column:has(.grid-column-name:text-is("id"))')
    await header.click()
    await until(`page.source.view.sort.length === 1`)
    assert.equal(await header.getAttribute('aria-sort'), 'ascending')
    await header.click()
    await until(`page.source.view.sort[0]?.descending`)
    await rowsAreThere()
    assert.equal((await run<Record<number, string>>(cellsOf(0)))[0], String(rows - 1))
    assert.equal(await header.getAttribute('aria-sort'), 'descending')

    await page.locator('.grid-column:has(.grid-column-name:text-is("price"))').click({ modifiers: ['Shift'] })
    await until(`page.source.view.sort.length === 2`)

    await menu(page, 'customer', 'Filter…')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    await page.locator('.grid-chip:has-text("customer contains Ada")').waitFor()
    await page.locator('.grid-status:has-text("1,000,000 of 10,000,000 rows")').waitFor()
    assert.deepEqual(await run('page.source.view.filter'), [{ column: 1, operator: 'contains', values: ['Ada'] }])
    assert.equal(await run('document.activeElement.role'), 'grid')

    await run(`page.source.viewMode = 'hold'`)
    await page.locator('.grid-chips >> text=Clear all').click()
    await page.locator('.grid-pending:has-text("Filtering…")').waitFor()
    assert.ok(await run(`document.querySelector('.tusk-grid').classList.contains('is-stale')`))
    await page.locator('.grid-pending >> text=Cancel').click()
    await page.locator('.grid-chip:has-text("customer contains Ada")').waitFor()
    assert.equal(await run(`document.querySelector('.tusk-grid').classList.contains('is-stale')`), false)

    await run(`page.source.viewMode = 'fail'`)
    await menu(page, 'id', 'Do not sort')
    await page.locator('.grid-failure:has-text("is not a number")').waitFor()
    await run(`page.source.viewMode = 'ready'`)
    await page.locator('.grid-failure >> text=Try again').click()
    await until(`page.source.view.sort.length === 1`)
    assert.equal(await page.locator('.grid-failure').count(), 0)
  })
})

test('columns are resized, fitted, moved, pinned and hidden', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 1_000 })')
    await rowsAreThere()
    const header = (name: string) => page.locator(`.grid-column:has(.grid-column-name:text-is("${name}"))`)
    const names = () =>
      run<string[]>(`[...document.querySelectorAll('.grid-column')].sort((a, b) => a.ariaColIndex - b.ariaColIndex)
        .map(c => c.querySelector('.grid-column-name').textContent).slice(0, 4)`)
    await settled(page, `document.querySelector('.grid-column').offsetWidth`)
    const before = (await header('customer').boundingBox())!
    await page.mouse.move(before.x + before.width - 2, before.y + 10)
    await page.mouse.down()
    await page.mouse.move(before.x + before.width + 78, before.y + 10, { steps: 4 })
    await page.mouse.up()
    await until(`document.querySelectorAll('.grid-column')[1].offsetWidth === ${Math.round(before.width) + 80}`)
    await header('customer').locator('.grid-resize-handle').dblclick()
    await until(`document.querySelectorAll('.grid-column')[1].offsetWidth < ${Math.round(before.width) + 40}`)

    const price = (await header('price').boundingBox())!
    const id = (await header('id').boundingBox())!
    await page.mouse.move(price.x + 30, price.y + 10)
    await page.mouse.down()
    await page.mouse.move(id.x + 4, id.y + 10, { steps: 6 })
    await page.mouse.up()
    await until(`document.querySelector('.grid-row .grid-cell[aria-colindex="2"]').textContent.startsWith('-5000')`)
    assert.deepEqual(await names(), ['price', 'id', 'customer', 'created_at'])

    await menu(page, 'created_at', 'Pin left')
    await until(`document.querySelectorAll('.grid-header .grid-pinned .grid-column').length === 1`)
    assert.deepEqual(await names(), ['created_at', 'price', 'id', 'customer'])
    await run(`document.querySelector('.grid-scroller').scrollLeft = 900`)
    await settled(page, `document.querySelector('.grid-lane').getBoundingClientRect().left`)
    assert.equal(await header('created_at').isVisible(), true)
    await run(`document.querySelector('.grid-scroller').scrollLeft = 0`)
    await menu(page, 'id', 'Hide')
    await until(`document.querySelector('[role=grid]').ariaColCount === '30'`)
    assert.deepEqual(await names(), ['created_at', 'price', 'customer', 'active'])
  })
})

test('the value panel shows JSON, bytes and long text whole, and follows the active cell', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 1_000 }); page.source.longest = 3_000_000')
    await rowsAreThere()
    await run('page.grid.reveal(1, 5); page.grid.focus()')
    await page.keyboard.press('Enter')
    const text = page.locator('.grid-value-text')
    await page.locator('.grid-value-text:has-text("12345678901234567890.10")').waitFor()
    assert.match((await text.textContent()) ?? '', /\{\n {2}"id": 1,\n {2}"big": 12345678901234567890\.10,/)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.locator('.grid-value-text:has-text("00000000  00 01 de ad be ef")').waitFor()
    await run('page.grid.reveal(3, 1)')
    await page.locator('.grid-value-more:has-text("The first 1.0 MB of 3.0 MB")').waitFor()
    assert.equal(await run(`document.querySelector('.grid-value-text').textContent.length`), 1024 * 1024)
    await page.locator('.grid-value >> text=Show more').click()
    await until(`document.querySelector('.grid-value-text').textContent.length === 3000000`)
    await page.locator('.grid-value-tools [aria-label="Copy value"]').click()
    await until(`${clipboard}.then(text => text.length === 3000000)`)
    await run('page.grid.reveal(0, 0); page.grid.focus()')
    await page.locator('.grid-value-text:text-is("0")').waitFor()
    await run('page.grid.setView({ sort: [{ column: 0, descending: true }], filter: [] })')
    await page.locator('.grid-value-text:text-is("999")').waitFor()
    await page.keyboard.press('Escape')
    await text.waitFor({ state: 'hidden' })
  })
})

test('assistive technology gets a grid with its size, positions and the active cell', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 1_000_000 })')
    await rowsAreThere()
    await run('page.grid.reveal(500_000, 2); page.grid.focus()')
    await until(`${activeRow} === 500_000`)
    await rowsAreThere()
    const grid = page.getByRole('grid', { name: 'Test result' })
    assert.equal(await grid.getAttribute('aria-rowcount'), '1000001')
    assert.equal(await grid.getAttribute('aria-colcount'), '31')
    assert.equal(await grid.getAttribute('aria-multiselectable'), 'true')
    const cell = page.locator(`#${await grid.getAttribute('aria-activedescendant')}`)
    assert.equal(await cell.getAttribute('role'), 'gridcell')
    assert.equal(await cell.getAttribute('aria-colindex'), '4')
    assert.equal(await cell.getAttribute('aria-selected'), 'true')
    assert.equal(await grid.getByRole('row').filter({ has: cell }).getAttribute('aria-rowindex'), '500002')
    assert.ok((await grid.getByRole('columnheader').count()) > 5)
    assert.ok((await grid.getByRole('gridcell', { selected: true }).count()) === 1)
    await page.keyboard.press('Tab')
    assert.notEqual(await run('document.activeElement.role'), 'grid')
  })
})

test('1,600 columns: only those on screen are painted and read', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run('page.generate({ rows: 1_000_000, columns: 1600 })')
    await rowsAreThere()
    assert.ok(Number(await run('page.source.windowCount')) <= 4)
    await page.focus('[role=grid]')
    await page.keyboard.press('Control+End')
    await until(`${activeColumn} === 1599`)
    await rowsAreThere()
    const wide = new GeneratedSource({ rows: 1_000_000, columns: 1600 })
    assert.equal(await run(activeText), wide.text(999_999, 1599) ?? 'NULL')
    assert.ok(Number(await run(`document.querySelectorAll('.grid-cell').length`)) < 1_500)
  })
})

test('rows that come while one looks, failed blocks and empty results say what they are', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, rowsAreThere }) => {
    await run(`page.generate({ rows: 1_000, state: 'storing' }); page.source.grow(0, 'storing')`)
    await page.locator('.grid-message:has-text("Waiting for the first rows")').waitFor()
    await run(`page.source.grow(3, 'storing')`)
    await page.locator('.grid-status:has-text("3 rows so far")').waitFor()
    await rowsAreThere()
    await run(`page.source.grow(1000, 'complete')`)
    await page.locator('.grid-status:has-text("1,000 rows")').waitFor()
    await rowsAreThere()
    assert.ok(Object.keys(await run<object>(cellsOf(0))).length > 20)

    await run('page.source.failWindows = true')
    await page.focus('[role=grid]')
    await page.keyboard.press('Control+End')
    await page.locator('.grid-cell.is-failed').first().waitFor()
    await page.locator('.grid-failure:has-text("The rows could not be read.")').waitFor()
    await run('page.source.failWindows = false')
    await page.locator('.grid-cell.is-failed').first().click()
    await rowsAreThere()
    await page.locator('.grid-failure').waitFor({ state: 'hidden' })
    assert.equal(await page.locator('.grid-cell.is-failed:not([hidden])').count(), 0)

    await run(`page.generate({ rows: 0, info: 'CREATE TABLE', columns: 0 })`)
    await page.locator('.grid-message:has-text("CREATE TABLE")').waitFor()
    await run(`page.generate({ rows: 0 })`)
    await page.locator('.grid-message:has-text("No rows")').waitFor()
  })
})

test('a grid that was hidden for a while is where it was', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ page, run, until, rowsAreThere }) => {
    await run(`page.generate({ rows: ${rows} })`)
    await rowsAreThere()
    await run('page.grid.reveal(7_000_000, 8)')
    const before = await settled(page, offset)
    await run(`document.querySelector('#host').hidden = true`)
    await run('new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    await run(`document.querySelector('#host').hidden = false`)
    await until(`${activeRow} === 7_000_000 && ${activeColumn} === 8`)
    assert.equal(await settled(page, offset), before)
  })
})

test('a grid that is gone listens to nothing and asks for nothing', async context => {
  if (!needsBrowser(context)) return
  await withGridPage(async ({ run, until }) => {
    await run('page.generate({ rows: 1_000_000, delay: 60_000 })')
    await until('page.source.windowCount > 0')
    await run('page.grid.destroy()')
    assert.equal(await run('page.source.listenerCount'), 0)
    assert.ok(Number(await run('page.source.abortedCount')) > 0)
    assert.equal(await run(`document.querySelector('#host').childElementCount`), 0)
  })
})

test('stored results over HTTP: every hostile value has its exact text in grid and copy', async context => {
  if (!needsBrowser(context)) return
  const batch = hostileBatch()
  const { api } = resultApi(batch)
  await withGridPage(
    async ({ page, run, until, rowsAreThere }) => {
      await run(`page.open('r1', ${batch.rowCount})`)
      await rowsAreThere()
      await page.focus('[role=grid]')
      await page.keyboard.press('Control+a')
      await page.keyboard.press('Control+c')
      await page.locator('.grid-status:has-text("Copied")').waitFor()
      const quote = (text: string) => (/["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
      const lines = Array.from({ length: batch.rowCount }, (_, row) =>
        hostileColumns.map(({ cells }) => quote(cells[row]?.text ?? '')).join('\t'),
      )
      assert.equal(await run(clipboard), lines.join('\n'))
      for (const [place, { field, cells }] of hostileColumns.entries()) {
        await run(`page.grid.reveal(0, ${place})`)
        await until(`${activeColumn} === ${place}`)
        await rowsAreThere()
        const shown = await run<Record<number, string>>(cellsOf(place))
        for (const [row, cell] of cells.entries()) {
          const isPlain = cell.text !== null && field.type.kind !== 'binary' && /^[!-~]{1,300}$/.test(cell.text)
          if (cell.text === null) assert.equal(shown[row], 'NULL')
          else if (isPlain && shown[row] !== undefined) assert.equal(shown[row], cell.text, `${field.name}, row ${row}`)
        }
      }
    },
    { api },
  )
})

test('stored results over HTTP: long values come cut and marked, and whole when looked at or copied; sorting asks for a view', async context => {
  if (!needsBrowser(context)) return
  const builder = new BatchBuilder({
    fields: [
      { name: 'id', type: { kind: 'int', bits: 32, signed: true }, nullable: false },
      { name: 'body', type: { kind: 'utf8' }, nullable: true },
    ],
  })
  const long = 'ü'.repeat(2_000_000)
  for (let row = 0; row < 500; row++) builder.appendRow([row, row === 2 ? long : `text ${row}`])
  const { api, requests } = resultApi(builder.finish())
  await withGridPage(
    async ({ page, run, until, rowsAreThere }) => {
      await run(`page.open('r1', 500)`)
      await rowsAreThere()
      await page.locator('.grid-cell .grid-size:text-is("4.0 MB")').waitFor()
      assert.ok(requests.some(request => request.includes('/rows?offset=0&limit=200&cut=1024')))
      await run('page.grid.reveal(2, 1); page.grid.focus()')
      await page.keyboard.press('Enter')
      await page.locator('.grid-value-more:has-text("The first 1.0 MB of 4.0 MB")').waitFor()
      assert.equal(await run(`document.querySelector('.grid-value-text').textContent`), long.slice(0, 512 * 1024))
      await run('page.grid.focus()')
      await page.keyboard.press('Control+c')
      await until(`${clipboard}.then(text => text === 'ü'.repeat(2_000_000))`)
      await page.locator('.grid-column:has(.grid-column-name:text-is("id"))').click()
      await until(`page.result.viewId === 'v1'`)
      await rowsAreThere()
      assert.ok(requests.includes('POST /api/results/r1/views'))
      assert.ok(requests.some(request => request.includes('view=v1')))
    },
    { api },
  )
})
