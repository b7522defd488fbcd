import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { FileChooser, Page } from '@playwright/test'
import { browserMissing } from '../../support/browser.ts'
import { withComponentPage } from '../../support/component-page.ts'

const imports = `{% from "components/forms.html" import button, text_input, file_drop %}
{% from "components/feedback.html" import modal, confirm, confirmation_dialog, alert, toast %}
{% from "components/layout.html" import menu, collapsible, tree, tree_row %}
{% from "components/htmx.html" import htmx_tabs, htmx_form, htmx_table %}
{% from "components/table.html" import simple_table %}`

let asked = 0

suite('components by keyboard', { skip: browserMissing ?? false }, () => {
  test('a modal takes the focus, keeps it, closes with Escape and gives it back', () =>
    withComponentPage(
      {
        main: `${imports}{{ button("Create", attrs={"command": "show-modal", "commandfor": "create"}) }}<a href="/made" id="below">Below</a>
        {% call modal(id="create", title="Create item", footer=button("Save")) %}{{ text_input("name", label="Name") }}{% endcall %}`,
      },
      async ({ page }) => {
        await ready(page, 'modal')
        const opener = page.getByRole('button', { name: 'Create' })
        await opener.focus()
        await page.keyboard.press('Enter')
        const dialog = page.getByRole('dialog', { name: 'Create item' })
        await dialog.waitFor()
        for (let step = 0; step < 6; step++) {
          await page.keyboard.press(step < 3 ? 'Tab' : 'Shift+Tab')
          assert.notEqual(await focused(page), 'below', 'the page below cannot be reached')
        }
        await dialog.getByLabel('Name').fill('x')
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'hidden' })
        await focus(page, opener)
        await page.evaluate(`dispatchEvent(new CustomEvent('open-create'))`)
        await dialog.waitFor()
        await dialog.getByRole('button', { name: 'Close' }).press('Space')
        await dialog.waitFor({ state: 'hidden' })
      },
    ))

  test('tabs and menus inside of a modal answer to their keys; Escape closes the menu first', () =>
    withComponentPage(
      {
        main: `${imports}{{ button("Open", attrs={"command": "show-modal", "commandfor": "box"}) }}
        {% call modal(id="box", title="Box") %}{% call htmx_tabs([{"label": "One", "url": "/made/tab"}, {"label": "Two", "url": "/made/tab"}], id="inner") %}first{% endcall %}
        {{ menu("More", [{"label": "Rename"}, {"label": "Delete"}]) }}{% endcall %}`,
        routes: app => {
          app.get('/made/tab', { config: { permission: 'authenticated' }, schema: { hide: true } }, (_request, reply) =>
            reply.type('text/html').send('<p>second</p>'),
          )
        },
      },
      async ({ page }) => {
        await ready(page, 'modal')
        await page.getByRole('button', { name: 'Open' }).click()
        const dialog = page.getByRole('dialog', { name: 'Box' })
        await page.getByRole('tab', { name: 'One' }).press('ArrowRight')
        await page.getByText('second').waitFor()
        await dialog.getByText('More').press('Enter')
        await page.keyboard.press('ArrowDown')
        await focus(page, page.getByRole('button', { name: 'Rename' }))
        await page.keyboard.press('Escape')
        await page.getByRole('button', { name: 'Rename' }).waitFor({ state: 'hidden' })
        assert.equal(await dialog.isVisible(), true, 'Escape closed the menu only')
        await page.keyboard.press('Escape')
        await dialog.waitFor({ state: 'hidden' })
      },
    ))

  test('confirm asks with the focus at the no; Escape does nothing, yes does it', () =>
    withComponentPage(
      {
        main: `${imports}<div x-data="{ times: 0 }" x-on:item-deleted="times++"><output x-text="times"></output>
        {{ confirm("Delete", "Delete this item?", message="It cannot be brought back.", danger=true, attrs={"data-dispatch": "item-deleted"}) }}</div>`,
      },
      async ({ page }) => {
        const times = page.locator('output')
        await times.getByText('0').waitFor()
        const opener = page.getByRole('button', { name: 'Delete' })
        await opener.press('Enter')
        const question = page.getByRole('alertdialog', { name: 'Delete this item?' })
        await focus(page, question.getByRole('button', { name: 'Cancel' }))
        await page.keyboard.press('Escape')
        await question.waitFor({ state: 'hidden' })
        await focus(page, opener)
        assert.equal(await times.textContent(), '0')
        await page.keyboard.press('Enter')
        await question.waitFor()
        await page.keyboard.press('Tab')
        await page.keyboard.press('Enter')
        await times.getByText('1').waitFor()
        await focus(page, opener)
      },
    ))

  test('confirmation_dialog is described by its message and tells the yes once', () =>
    withComponentPage(
      {
        main: `${imports}<div x-data="{ times: 0 }" x-on:confirm-wipe.window="times++"><output x-text="times"></output></div>
        {{ button("Wipe …", attrs={"command": "show-modal", "commandfor": "wipe"}) }}{{ confirmation_dialog("wipe", "Wipe all?", "All of it is gone.", confirm_text="Wipe", danger=true) }}`,
      },
      async ({ page }) => {
        await ready(page, 'modal')
        await page.locator('output').getByText('0').waitFor()
        await page.getByRole('button', { name: 'Wipe …' }).press('Enter')
        const question = page.getByRole('alertdialog', { name: 'Wipe all?' })
        await focus(page, question.getByRole('button', { name: 'Cancel' }))
        assert.equal(await question.getAttribute('aria-describedby'), 'wipe-message')
        await question.getByRole('button', { name: 'Wipe' }).press('Enter')
        await page.locator('output').getByText('1').waitFor()
        await question.waitFor({ state: 'hidden' })
        await focus(page, page.getByRole('button', { name: 'Wipe …' }))
      },
    ))

  test('tabs: one is in the order of Tab, arrows, Home and End choose, the panel is named by its tab', () =>
    withComponentPage(
      {
        main: `${imports}{{ htmx_tabs([{"label": "One", "url": "/made/tab?n=1"}, {"label": "Two", "url": "/made/tab?n=2"}, {"label": "Three", "url": "/made/tab?n=3", "active": true}], id="demo", label="Demo") }}`,
        routes: app => {
          app.get('/made/tab', { config: { permission: 'authenticated' }, schema: { hide: true } }, (request, reply) =>
            reply.type('text/html').send(`<p>panel ${request.url.slice(-1)}</p>`),
          )
        },
      },
      async ({ page }) => {
        await page.getByText('panel 3').waitFor()
        await page.getByRole('tabpanel', { name: 'Three' }).waitFor()
        const tab = (name: string) => page.getByRole('tab', { name })
        await tab('Three').focus()
        for (const [key, name, panel] of [
          ['ArrowRight', 'One', 1],
          ['ArrowLeft', 'Three', 3],
          ['Home', 'One', 1],
          ['ArrowRight', 'Two', 2],
          ['End', 'Three', 3],
        ] as const) {
          await page.keyboard.press(key)
          await page.getByText(`panel ${panel}`).waitFor()
          await focus(page, tab(name))
          await page.getByRole('tabpanel', { name }).waitFor()
          assert.equal(await page.locator('[role=tab][aria-selected=true]').count(), 1)
          assert.equal(await page.locator('[role=tab][tabindex="0"]').textContent(), name)
        }
        await page.keyboard.press('Tab')
        await focus(page, page.getByRole('tabpanel'))
      },
    ))

  test('a menu opens, moves past what is disabled, closes with Escape and when the focus leaves it', () =>
    withComponentPage(
      {
        main: `${imports}{{ menu("More", [{"label": "Rename"}, {"label": "Never", "disabled": true}, "separator", {"label": "Delete", "danger": true}]) }}{{ button("After") }}`,
      },
      async ({ page }) => {
        const summary = page.locator('summary', { hasText: 'More' })
        const item = (name: string) => page.getByRole('button', { name })
        await summary.press('ArrowDown')
        await focus(page, item('Rename'))
        await page.keyboard.press('ArrowDown')
        await focus(page, item('Delete'))
        await page.keyboard.press('ArrowDown')
        await focus(page, item('Rename'))
        await page.keyboard.press('End')
        await focus(page, item('Delete'))
        await page.keyboard.press('Escape')
        await item('Delete').waitFor({ state: 'hidden' })
        await focus(page, summary)
        await page.keyboard.press('Enter')
        await item('Delete').waitFor()
        await item('Delete').focus()
        await page.keyboard.press('Tab')
        await item('Delete').waitFor({ state: 'hidden' })
        await focus(page, item('After'))
      },
    ))

  test('a collapsible folds by Enter and Space, and says whether it is open', () =>
    withComponentPage(
      { main: `${imports}{% call collapsible("Log", expanded=false) %}<p>3 statements</p>{% endcall %}` },
      async ({ page }) => {
        const text = page.getByText('3 statements')
        await page.locator('summary', { hasText: 'Log' }).focus()
        await page.keyboard.press('Enter')
        await text.waitFor()
        await page.keyboard.press('Space')
        await text.waitFor({ state: 'hidden' })
        assert.equal(await page.locator('details').getAttribute('open'), null)
      },
    ))

  test('a toast is said without taking the focus, can be reached, and Escape closes it', () =>
    withComponentPage(
      {
        main: `${imports}{{ button("Say", attrs={"data-toast": "Could not save.", "data-toast-variant": "error"}) }}`,
      },
      async ({ page }) => {
        const say = page.getByRole('button', { name: 'Say' })
        await say.press('Enter')
        const said = page.getByRole('alert').filter({ hasText: 'Could not save.' })
        await said.waitFor()
        await focus(page, say)
        await said.getByRole('button', { name: 'Close' }).focus()
        await page.keyboard.press('Escape')
        await said.waitFor({ state: 'detached' })
        await focus(page, say)
      },
    ))

  test('a file field is reached by Tab, opens with Space, lists what was chosen and takes it back', () =>
    withComponentPage(
      {
        main: `${imports}{{ button("Before") }}{{ file_drop("upload", label="Data files", accept=".csv", multiple=true, max_bytes=10, help="CSV") }}`,
      },
      async ({ page }) => {
        // Long before it is needed: Chromium hears a moment later that its own window is not wanted.
        const { promise: opened, resolve } = Promise.withResolvers<FileChooser>()
        page.on('filechooser', resolve)
        await ready(page, 'file-drop')
        const field = page.getByLabel('Data files')
        await page.getByRole('button', { name: 'Before' }).focus()
        await page.keyboard.press('Tab')
        await focus(page, field)
        await page.keyboard.press('Space')
        await (await opened).setFiles([
          { name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('x\n1\n') },
          { name: 'big.csv', mimeType: 'text/csv', buffer: Buffer.from('x\n1\n2\n3\n4\n5\n6\n') },
          { name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('x') },
        ])
        const remove = page.getByRole('button', { name: 'Remove a.csv' })
        await remove.waitFor()
        await page.getByText('big.csv is not taken.').waitFor()
        await page.getByText('b.txt is not taken.').waitFor()
        assert.equal(await page.locator('.file-list li').count(), 1)
        await remove.press('Enter')
        await remove.waitFor({ state: 'detached' })
        await focus(page, field)
      },
    ))

  test('the headers of a table sort on the server, keep the focus and say the order', () =>
    withComponentPage(
      {
        main: `${imports}<div id="pets">{{ simple_table([{"label": "Name", "sort": "name"}, "Note"], [["Ada", ""], ["Bob", ""]], sorted="name", sort_url="/made/pets?kind=cat", target="#pets") }}</div>`,
        routes: app => {
          app.get('/made/pets', { config: { permission: 'authenticated' }, schema: { hide: true } }, (request, reply) =>
            reply
              .type('text/html')
              .send(
                request.url === '/made/pets?kind=cat&sort=-name'
                  ? `<table><thead><tr><th aria-sort="descending"><a id="pets-sort-name" href="/made">Name</a></th></tr></thead><tbody><tr><td>Bob</td></tr><tr><td>Ada</td></tr></tbody></table>`
                  : request.url,
              ),
          )
        },
      },
      async ({ page }) => {
        const header = page.getByRole('columnheader', { name: 'Name' })
        assert.equal(await header.getAttribute('aria-sort'), 'ascending')
        assert.equal(await page.getByRole('columnheader', { name: 'Note' }).getAttribute('aria-sort'), null)
        await page.getByRole('link', { name: 'Name' }).focus()
        await page.keyboard.press('Enter')
        await page.locator('th[aria-sort=descending]').waitFor()
        await page.locator('tbody tr:first-child', { hasText: 'Bob' }).waitFor()
        await focus(page, page.getByRole('link', { name: 'Name' }))
      },
    ))

  test('a table that fetches its rows fetches them in the order of the header that was pressed, also the next time', () =>
    withComponentPage(
      {
        main: `${imports}{{ htmx_table("/made/rows", [{"label": "Name", "sort": "name"}, {"label": "Rows", "numeric": true, "sort": "rows"}], id="rows", trigger="load, refresh from:body", sorted="name") }}`,
        routes: app => {
          app.get('/made/rows', { config: { permission: 'authenticated' }, schema: { hide: true } }, (request, reply) =>
            reply.type('text/html').send(`<tr><td>asked ${request.url} ${++asked}</td><td></td></tr>`),
          )
        },
      },
      async ({ page }) => {
        const header = (name: string, order: string) => page.locator(`th[aria-sort=${order}]`, { hasText: name })
        await page.getByText('asked /made/rows?sort=name 1').waitFor()
        await header('Name', 'ascending').waitFor()
        await page.getByRole('button', { name: 'Rows' }).press('Enter')
        await page.getByText('asked /made/rows?sort=rows 2').waitFor()
        await header('Rows', 'ascending').waitFor()
        await header('Name', 'none').waitFor()
        await page.keyboard.press('Space')
        await page.getByText('asked /made/rows?sort=-rows 3').waitFor()
        await header('Rows', 'descending').waitFor()
        await focus(page, page.getByRole('button', { name: 'Rows' }))
        await page.evaluate(`document.body.dispatchEvent(new CustomEvent('refresh'))`)
        await page.getByText('asked /made/rows?sort=-rows 4').waitFor()
      },
    ))

  test('a field with an error is invalid and described by what is wrong', () =>
    withComponentPage(
      {
        main: `${imports}{{ text_input("port", label="Port", value="70000", error="A port is a number up to 65535.") }}{{ text_input("host", label="Host", required=true, help="Name or address.") }}`,
      },
      async ({ page }) => {
        const port = page.getByRole('textbox', { name: 'Port' })
        assert.equal(await port.getAttribute('aria-invalid'), 'true')
        await page.getByRole('alert').filter({ hasText: 'up to 65535' }).waitFor()
        assert.equal(await described(page, '#port'), 'A port is a number up to 65535.')
        assert.equal(await described(page, '#host'), 'Name or address.')
        assert.equal(await page.getByRole('textbox', { name: 'Host' }).getAttribute('required'), '')
      },
    ))

  test('a tree is one stop of Tab; arrows, Home and End move inside', () =>
    withComponentPage(
      {
        main: `${imports}{{ button("Before") }}{% call tree("Files") %}{{ tree_row("public", expanded=true) }}{{ tree_row("orders", level=2, selected=true) }}{{ tree_row("customers", level=2) }}{% endcall %}{{ button("After") }}`,
      },
      async ({ page }) => {
        const row = (name: string) => page.getByRole('treeitem', { name })
        await page.getByRole('button', { name: 'Before' }).focus()
        await page.keyboard.press('Tab')
        await focus(page, row('orders'))
        await page.keyboard.press('ArrowDown')
        await focus(page, row('customers'))
        await page.keyboard.press('Home')
        await focus(page, row('public'))
        await page.keyboard.press('Tab')
        await focus(page, page.getByRole('button', { name: 'After' }))
        await page.keyboard.press('Shift+Tab')
        await focus(page, row('public'))
      },
    ))
})

/** Waits until the small islands of the page answer. */
async function ready(page: Page, island: string): Promise<void> {
  await page.locator(`[data-island=${island}][data-island-state=ready]`).first().waitFor({ state: 'attached' })
}

async function focus(page: Page, element: ReturnType<Page['locator']>): Promise<void> {
  const handle = await element.elementHandle()
  await page.waitForFunction(one => one === document.activeElement, handle)
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.id')
}

function described(page: Page, selector: string): Promise<string | null> {
  return page.locator(selector).evaluate(element => {
    const note = element.getAttribute('aria-describedby')
    return note === null ? null : (element.ownerDocument.getElementById(note)?.textContent ?? null)
  })
}
