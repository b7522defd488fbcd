import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { browserMissing } from '../support/browser.ts'
import { withLabPage } from './with-lab-page.ts'

suite('the shell in a browser', { skip: browserMissing }, () => {
  test('can be walked with the keyboard: skip link, brand, theme, tabs, the page', async () =>
    withLabPage(async ({ page, run }) => {
      const order = []
      for (let step = 0; step < 8; step++) {
        await page.keyboard.press('Tab')
        order.push(await run('lab.focusedName()'))
      }
      assert.deepEqual(order, [
        'Skip to the page',
        'Tusk, start page',
        'Switch to the light theme',
        'Lab',
        'Second',
        'API',
        'Side bar with names',
        'First',
      ])
      await page.goto(page.url())
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      assert.equal(await page.locator(':focus').textContent(), 'First')
      assert.equal(
        await page
          .locator('nav a[aria-current=page]')
          .textContent()
          .then(text => text?.trim()),
        'Lab',
      )
    }))

  test('theme and side bar are remembered, and are right before the first script', async () =>
    withLabPage(async ({ page, run, screenshot, allow }) => {
      const shown = () => run('[document.documentElement.dataset.theme, document.documentElement.dataset.sidebar]')
      assert.deepEqual(await shown(), ['dark', 'auto'])
      await page.getByRole('button', { name: 'Switch to the light theme' }).click()
      await page.getByRole('button', { name: 'Side bar with names' }).click()
      assert.deepEqual(await shown(), ['light', 'open'])
      allow(/Failed to load resource/)
      await page.route('**/*.js', route => route.abort())
      await page.reload()
      assert.deepEqual(await shown(), ['light', 'open'])
      await screenshot('shell-light-open')
    }))

  test('texts have a contrast of 4.5 or more in both themes', async () => {
    for (const colorScheme of ['dark', 'light'] as const)
      await withLabPage(async ({ run }) => {
        await run(`document.documentElement.dataset.theme = '${colorScheme}'`)
        const weak = await run('lab.weakContrasts()')
        assert.deepEqual(weak, [], colorScheme)
      })
  })

  test('fits a window of 1024 pixels', async () =>
    withLabPage(
      async ({ run }) => {
        assert.equal(await run('document.documentElement.scrollWidth <= innerWidth'), true)
        assert.equal(await run('document.querySelector(".shell-sidebar").clientWidth < 60'), true)
      },
      { viewport: { width: 1024, height: 700 } },
    ))
})

suite('islands', { skip: browserMissing }, () => {
  test('are mounted when they appear, updated when their props change, destroyed when they leave', async () =>
    withLabPage(async ({ page, run, until }) => {
      await run('void (window.stop = lab.startIslands())')
      const log = () => run('lab.log.splice(0)')
      const put = (html: string) => run(`lab.put(${JSON.stringify(html)})`)
      await put(`<div data-island="updating" data-props='{"text":"one"}'></div>`)
      await page.locator('[data-island-state=ready]').waitFor()
      assert.deepEqual(await log(), ['mount one'])
      await run('lab.props("two")')
      await page.getByText('two', { exact: true }).waitFor()
      assert.deepEqual(await log(), ['update two'])
      await run('void lab.move()')
      await put('')
      await until('lab.log.length > 0')
      assert.deepEqual(await log(), ['destroy'])
      await put(`<p><span data-island="plain" data-props='{"text":"a"}'></span></p>`)
      await until('lab.log.includes("mount a")')
      await run('lab.props("b")')
      await until('lab.log.includes("mount b")')
      assert.deepEqual(await log(), ['mount a', 'destroy a', 'mount b'])
      await run('stop()')
      assert.deepEqual(await log(), ['destroy b'])
    }))

  test('that fail say so in their place, and harm no other', async () =>
    withLabPage(async ({ page, run }) => {
      const html = `<div data-island="failing"></div><div data-island="unknown"></div><div data-island="updating" data-props='{"text":"fine"}'></div>`
      await run(`lab.put(${JSON.stringify(html)}); void lab.startIslands()`)
      await page.getByText('fine', { exact: true }).waitFor()
      const said = (name: string) => page.locator(`[data-island=${name}] [role=alert]`).textContent()
      assert.match((await said('failing')) ?? '', /could not be loaded.*cannot start/)
      assert.match((await said('unknown')) ?? '', /no island “unknown”/)
    }))
})

suite('parts for islands', { skip: browserMissing }, () => {
  test('toasts are said, go by themselves or when told, and do what their button says', async () =>
    withLabPage(async ({ page, run, screenshot }) => {
      await run(`
        lab.toast({ kind: 'success', title: 'Saved' })
        lab.toast({ title: '<b>Closed</b>', detail: 'Two lines', action: { label: 'Undo', run: () => lab.log.push('undone') } })
        lab.toast({ kind: 'error', title: 'It failed', durationMs: 0 })
        void lab.toast({ kind: 'warning', title: 'Short', durationMs: 1 })`)
      await page.getByRole('alert').getByText('It failed').waitFor()
      await page.getByRole('status').getByText('Saved').waitFor()
      await page.getByText('<b>Closed</b>').waitFor()
      await page.getByText('Short').waitFor({ state: 'detached' })
      await screenshot('toasts')
      await page.getByRole('button', { name: 'Undo' }).click()
      assert.deepEqual(await run('lab.log'), ['undone'])
      await page.locator('.toast-error').getByRole('button', { name: 'Close' }).click()
      await page.locator('.toast-error').waitFor({ state: 'detached' })
    }))

  test('an answer to htmx can ask for a toast', async () =>
    withLabPage(async ({ page, run }) => {
      await run(
        `void document.body.dispatchEvent(new CustomEvent('tusk:toast', { bubbles: true, detail: { kind: 'success', title: 'Done' } }))`,
      )
      await page.getByRole('status').getByText('Done').waitFor()
    }))

  test('dialogs answer, keep the focus, and give it back', async () =>
    withLabPage(async ({ page, run, screenshot }) => {
      await page.locator('#first').focus()
      let answer = run(
        `lab.confirm({ title: 'Delete it?', message: 'It is gone then.', confirmLabel: 'Delete', danger: true })`,
      )
      await page.getByRole('alertdialog', { name: 'Delete it?' }).waitFor()
      await screenshot('dialog')
      assert.equal(await run('lab.focusedName()'), 'Cancel')
      await page.keyboard.press('Escape')
      assert.equal(await answer, false)
      assert.equal(await run('lab.focusedName()'), 'First')

      answer = run(`lab.confirm({ title: 'Go on?' })`)
      await page.getByRole('dialog', { name: 'Go on?' }).waitFor()
      await page.keyboard.press('Enter')
      assert.equal(await answer, true)

      answer = run(
        `lab.prompt({ title: 'Rename', label: 'Name', value: 'old', check: value => (value === '' ? 'A name is needed.' : undefined) })`,
      )
      await page.getByRole('textbox', { name: 'Name' }).fill('')
      await page.keyboard.press('Enter')
      await page.getByText('A name is needed.').waitFor()
      await page.getByRole('textbox', { name: 'Name' }).fill('new "name"')
      await page.keyboard.press('Enter')
      assert.equal(await answer, 'new "name"')
    }))

  test('menus stay in the window, and are chosen from with arrows and letters', async () =>
    withLabPage(async ({ page, run, screenshot }) => {
      await page.locator('#first').focus()
      await run('lab.menu()')
      const menu = page.getByRole('menu', { name: 'Of orders' })
      await menu.waitFor()
      const box = await menu.boundingBox()
      assert.ok(box !== null && box.x + box.width <= 1280 && box.y + box.height <= 800)
      await screenshot('menu')
      const focused = () => page.locator(':focus .popup-menu-label').textContent()
      assert.equal(await focused(), 'First 100 rows')
      await page.keyboard.press('ArrowDown')
      assert.equal(await focused(), 'Copy name')
      await page.keyboard.press('End')
      assert.equal(await focused(), 'Drop')
      await page.keyboard.press('ArrowDown')
      assert.equal(await focused(), 'First 100 rows')
      await page.keyboard.type('copya')
      assert.equal(await focused(), 'Copy name')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      assert.deepEqual(await run('lab.log'), ['Copy as SELECT'])
      assert.equal(await run('lab.focusedName()'), 'First')
      await run('lab.menu()')
      await page.mouse.click(700, 400)
      await menu.waitFor({ state: 'detached' })
    }))

  test('a splitter is moved with keys and mouse, keeps its limits, and remembers', async () =>
    withLabPage(async ({ page, run, until }) => {
      await run('lab.splitter()')
      const handle = page.getByRole('separator', { name: 'Width of the tree' })
      const width = () => run('document.querySelector("#left").clientWidth')
      assert.equal(await width(), 200)
      await handle.focus()
      await page.keyboard.press('ArrowRight')
      assert.equal(await width(), 216)
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowRight')
      assert.equal(await width(), 400)
      assert.equal(await handle.getAttribute('aria-valuenow'), '400')
      const box = await handle.boundingBox()
      assert.ok(box !== null)
      await page.mouse.move(box.x, box.y + 20)
      await page.mouse.down()
      await page.mouse.move(box.x - 150, box.y + 20, { steps: 3 })
      await page.mouse.up()
      assert.equal(await width(), 250)
      await page.reload()
      await until('window.lab !== undefined')
      await run('lab.splitter()')
      assert.equal(await width(), 250)
    }))

  test('the API gives answers and typed failures; events come again after the connection broke', async () => {
    let connections = 0
    const routes = (app: FastifyInstance): void => {
      app.get('/api/lab/events', { config: { permission: 'public', crossSite: 'deny' } }, (_request, reply) => {
        const connection = ++connections
        return reply.events(async function* () {
          yield { event: 'run', data: { connection } }
          if (connection > 1) yield { event: 'end', data: null }
        })
      })
    }
    await withLabPage(
      async ({ run, allow }) => {
        allow(/status of 404/)
        assert.deepEqual(await run('lab.apiAnswers()'), ['ok', [404, 'NOT_FOUND']])
        const seen = ['open', 'run {"connection":1}', 'waiting', 'open', 'run {"connection":2}', 'end null']
        assert.deepEqual(await run('lab.events("/api/lab/events")'), seen)
        assert.deepEqual(await run('lab.events("/api/lab/none")'), ['NOT_FOUND'])
      },
      { routes },
    )
  })
})
