import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

const skip = browserMissing ?? false

test('names in the editor: what they are under the mouse, and where they lead', { skip }, () =>
  withStudio({}, async ({ home, studio, client }) => {
    const file = join(home, 'shop.db')
    const database = new DatabaseSync(file)
    database.exec(`CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), total REAL)`)
    database.close()
    await client.post('/api/connections', { name: 'Shop', engine: 'sqlite', config: { path: file } })
    await withBrowser(async ({ page }) => {
      const person = new StudioPage(page)
      await person.open(studio.address)
      await page.locator('[data-ready=true]').waitFor()
      await person.choose('Shop')
      const row = (name: string) => page.locator('[role=treeitem]:not([hidden])', { hasText: name })
      await row('orders').first().waitFor()
      await person.write('SELECT o.customer_id\nFROM orders AS o;')
      const line = page.locator('.cm-line')

      // The columns that completion knows come a moment after the tables.
      const card = page.locator('.cm-object-card')
      await person.hoverUntil(line.first(), { x: 110, y: 8 }, card)
      await card.getByText('→ main.customers.id').waitFor()
      assert.match((await card.textContent()) ?? '', /^customer_idINTEGER.*main\.orders.*may be NULL/)
      await page.mouse.move(5, 5)

      // Ctrl+click: the table is shown in the tree.
      await line.nth(1).click({ position: { x: 50, y: 8 }, modifiers: ['Control'] })
      await page.locator('[role=treeitem][aria-selected=true]', { hasText: 'orders' }).waitFor()
      await row('total').waitFor()
      assert.equal(await page.locator('.cm-cursor').count(), 1)

      // Ctrl+B: the column at the cursor.
      await person.write('SELECT total FROM orders')
      await page.keyboard.press('Home')
      for (let step = 0; step < 9; step++) await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Control+b')
      await page.locator('[role=treeitem][aria-selected=true]', { hasText: 'total' }).waitFor()
    })
  }),
)
