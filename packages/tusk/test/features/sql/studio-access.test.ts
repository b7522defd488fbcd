import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from '@playwright/test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { type StudioProcess, startStudioProcess } from '../../support/studio-process.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const skip = browserMissing ?? false
const closing: (() => void | Promise<void>)[] = []
const untilTheEnd = { after: (end: () => void | Promise<void>) => void closing.push(end) }
let studio: StudioProcess

before(async () => {
  if (skip === false) studio = await startStudioProcess(untilTheEnd, { home: temporaryDirectory(untilTheEnd) })
})

after(async () => {
  for (const end of closing.reverse()) await end()
})

/** Two results of one script on the screen, the schema loaded. */
async function pageWithRows(page: Page): Promise<StudioPage> {
  const person = new StudioPage(page)
  await person.open(studio.address)
  await page.locator('[data-ready=true]').waitFor()
  await page.keyboard.press('Alt+n')
  await person.choose('SQLite')
  await page.locator('[role=tree]', { hasText: 'order_items' }).waitFor()
  await person.write('select 1 as one;\nselect id, name from customers order by id limit 50')
  await page.keyboard.press('Shift+Control+Enter')
  await page.locator('.studio-result-tab[data-shown="1"]').click()
  await person.cell(0, 1)
  await page.locator('.studio-saved[data-state=saved]').waitFor()
  return person
}

/** Runs in the page: what is seen and could be used, each with a mark of its own; what belongs to a group of one Tab stop has `grouped`. */
const markControls = `(() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]')]
  const seen = all.filter(control => !control.disabled && control.checkVisibility({ visibilityProperty: true }) && control.getBoundingClientRect().width > 0)
  const group = '[role=tablist], [role=listbox], [role=tree], [role=grid], [role=menu], [role=radiogroup]'
  return seen.map((control, at) => {
    control.dataset.control = String(at)
    return { at: String(at), grouped: control.tabIndex < 0 && control.closest(group) !== null, stop: control.tabIndex >= 0,
      what: [control.tagName, control.className, control.ariaLabel ?? control.textContent.slice(0, 30)].join(' ').trim() }
  })
})()`

interface Control {
  readonly at: string
  readonly grouped: boolean
  readonly stop: boolean
  readonly what: string
}

/** Presses Tab until the focus is where it began; the editor takes Tab for itself until Escape. */
async function goRound(page: Page, visit: () => Promise<void>): Promise<ReadonlySet<string>> {
  const visited = new Set<string>()
  for (let press = 0; press < 200; press++) {
    if (await page.evaluate(`document.activeElement?.classList.contains('cm-content')`))
      await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    const at = await page.evaluate<string | undefined>(`document.activeElement?.dataset.control`)
    if (at === undefined) continue
    if (visited.has(at) && visited.size > 1 && at === [...visited][0]) return visited
    visited.add(at)
    await visit()
  }
  return visited
}

test('every control of the page is reached by Tab, and the focus is seen on each', { skip }, () =>
  withBrowser(async ({ page }) => {
    await pageWithRows(page)
    const controls = (await page.evaluate(markControls)) as readonly Control[]
    const unseen: string[] = []
    const visited = await goRound(page, async () => {
      const hidden = await page.evaluate<string | undefined>(`(() => {
        const control = document.activeElement
        const inner = control.getAttribute('aria-activedescendant') ?? ''
        const shown = [control, document.getElementById(inner), control.querySelector('[aria-selected=true]')].filter(Boolean)
        const isMarked = shown.some(part => getComputedStyle(part).outlineStyle !== 'none' || getComputedStyle(part).boxShadow !== 'none')
          || getComputedStyle(control, '::after').backgroundColor !== 'rgba(0, 0, 0, 0)' && control.role === 'separator'
          || control.classList.contains('cm-content')
        return isMarked ? undefined : control.className
      })()`)
      if (hidden !== undefined && hidden !== null) unseen.push(hidden)
    })
    assert.deepEqual(
      controls.filter(({ stop, at }) => stop && !visited.has(at)).map(({ what }) => what),
      [],
      'not reached',
    )
    assert.deepEqual(unseen, [], 'the focus is not seen')
    const left = controls.filter(
      ({ stop, grouped, what }) => !stop && !grouped && /^(BUTTON|A|INPUT|SELECT|TEXTAREA|SUMMARY) /.test(what),
    )
    assert.deepEqual(left, [], 'neither a Tab stop nor part of a group that has keys')
  }),
)

test('what has no Tab stop of its own has a key: tabs, connections, schema, results, columns and cells', { skip }, () =>
  withBrowser(async ({ page }) => {
    const person = await pageWithRows(page)
    const menuOpens = async (label: string) => {
      await page.locator('[role=menu]').waitFor()
      assert.ok((await page.locator('[role=menu] [role^=menuitem]').count()) > 2, label)
      await page.keyboard.press('Escape')
      await page.locator('[role=menu]').waitFor({ state: 'detached' })
    }
    await person.focusGrid()
    await page.keyboard.press('Alt+ArrowDown')
    await menuOpens('menu of a column')
    await person.until(`document.activeElement.role === 'grid'`)
    await page.keyboard.press('Shift+F10')
    await menuOpens('menu of a cell')
    await page.keyboard.press('Alt+Shift+ArrowRight')

    await page.locator('.studio-tree').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+F10')
    await menuOpens('menu of a table')

    await page.locator('.studio-connection[aria-selected=true]').focus()
    await page.keyboard.press('Shift+F10')
    await menuOpens('menu of a connection')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.studio-connection[aria-selected=true]', { hasText: 'DuckDB' }).waitFor()

    await page.locator('.studio-result-tab[aria-selected=true]').focus()
    await page.keyboard.press('ArrowLeft')
    await page.locator('.studio-result-tab[data-shown="0"][aria-selected=true]').waitFor()
    assert.equal(await page.evaluate(`document.activeElement.dataset.shown`), '0')

    const title = (await page.locator('.studio-tab[aria-selected=true]').textContent()) ?? ''
    await page.locator('.studio-tab[aria-selected=true]').focus()
    await page.keyboard.press('ArrowLeft')
    await person.until(
      `document.querySelector('.studio-tab[aria-selected=true]').textContent !== ${JSON.stringify(title)}`,
    )
    await page.keyboard.press('ArrowRight')
    await person.until(
      `document.querySelector('.studio-tab[aria-selected=true]').textContent === ${JSON.stringify(title)}`,
    )
    await page.keyboard.press('Alt+w')
    await page.locator('.toast-card', { hasText: 'closed' }).waitFor()
  }),
)

test('with forced colours lines and system colours show what is chosen and where the focus is', { skip }, () =>
  withBrowser(async ({ page, screenshot }) => {
    await page.emulateMedia({ forcedColors: 'active' })
    const person = await pageWithRows(page)
    const outline = async (selector: string) => {
      const look = (await page.evaluate(`(() => { const { outlineStyle, outlineWidth, outlineColor, backgroundColor } =
        getComputedStyle(document.querySelector(${JSON.stringify(selector)}))
        return { style: outlineStyle, width: Number.parseFloat(outlineWidth), color: outlineColor, backgroundColor } })()`)) as {
        readonly style: string
        readonly width: number
        readonly backgroundColor: string
      }
      return look
    }
    const isMarked = async (chosen: string, other: string) => {
      const [on, off] = [await outline(chosen), await outline(other)]
      assert.ok(on.style !== 'none' && on.width >= 2, `${chosen}: ${JSON.stringify(on)}`)
      assert.equal(off.style, 'none', `${other}: ${JSON.stringify(off)}`)
    }
    await isMarked('.studio-tab[aria-selected=true]', '.studio-tab[aria-selected=false]')
    await isMarked('.shell-tab[aria-current=page]', '.shell-tab:not([aria-current])')
    await isMarked('.studio-connection[aria-selected=true]', '.studio-connection[aria-selected=false]')
    await isMarked('.studio-result-tab[aria-selected=true]', '.studio-result-tab[aria-selected=false]')
    await isMarked('.studio-faces [aria-pressed=true]', '.studio-faces [aria-pressed=false]')

    const system = (color: string) =>
      page.evaluate<string>(`(() => { const probe = document.body.appendChild(document.createElement('i'))
        probe.style.backgroundColor = '${color}'; const found = getComputedStyle(probe).backgroundColor; probe.remove(); return found })()`)
    await person.focusGrid()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowRight')
    await page.locator('.grid-status-selection', { hasText: '2 × 2' }).waitFor()
    await isMarked('.grid-cell.is-active', '.grid-cell.is-selected:not(.is-active)')
    assert.equal((await outline('.grid-cell.is-selected:not(.is-active)')).backgroundColor, await system('Highlight'))
    assert.notEqual(
      (await outline('.grid-cell:not(.is-selected):not([hidden])')).backgroundColor,
      await system('Highlight'),
    )

    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+a')
    await page.locator('.cm-selectionBackground').first().waitFor()
    assert.equal((await outline('.cm-selectionBackground')).backgroundColor, await system('Highlight'))
    await page.evaluate(markControls)
    await goRound(page, async () => {
      const place = `[data-control="${await page.evaluate('document.activeElement.dataset.control')}"]`
      if (
        await page.evaluate(
          `['cm-content', 'studio-tree', 'grid-viewport'].some(name => document.querySelector('${place}').classList.contains(name))`,
        )
      )
        return
      const look = await outline(place)
      assert.ok(
        look.style !== 'none' && look.width >= 2,
        `${place} ${await page.evaluate('document.activeElement.className')}`,
      )
    })
    await screenshot('studio-forced-colors-chosen')
  }),
)
