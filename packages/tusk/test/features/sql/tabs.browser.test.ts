import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '@playwright/test'
import type { WireTab } from '../../../src/wire.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { withStudio } from '../../support/with-studio.ts'

const titles = (page: Page): Promise<string[]> => page.locator('.studio-tab-title').allTextContents()

for (const colorScheme of ['dark', 'light'] as const)
  test(
    `tabs are pinned, duplicated and closed in groups; one that differs from its saved query says so and asks, ${colorScheme}`,
    {
      skip: browserMissing ?? false,
      timeout: 120_000,
    },
    () =>
      withStudio({}, async ({ client, studio }) => {
        const connection = await client.connect('sqlite', { path: ':memory:' })
        for (const [position, title] of ['One', 'Two', 'Three'].entries())
          await client.post<WireTab>('/api/tabs', {
            title,
            connectionId: connection,
            sql: `select ${position}`,
            position,
          })
        await client.post('/api/saved-queries', { kind: 'query', name: 'Report', parent: null, sql: 'select 42' })
        await withBrowser(
          async ({ page, screenshot }) => {
            await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
            const person = new StudioPage(page)
            await person.open(`${studio.address}/`)
            await page.locator('[data-ready=true]').waitFor()
            const menu = async (tab: string, item: string): Promise<void> => {
              await page.locator(`.studio-tab:has(.studio-tab-title:text-is("${tab}"))`).click({ button: 'right' })
              await page.getByRole('menuitem', { name: item, exact: true }).click()
            }
            await menu('Three', 'Pin')
            assert.deepEqual(await titles(page), ['Three', 'One', 'Two'])
            await menu('One', 'Duplicate')
            await page.locator('.studio-tab').nth(3).waitFor()
            await page.locator('.studio-saved[data-state=saved]').waitFor()
            await page.reload()
            await page.locator('.studio-tab').nth(3).waitFor()
            assert.equal((await titles(page))[0], 'Three')
            assert.deepEqual(await titles(page), ['Three', 'One', 'One (copy)', 'Two'])
            await menu('One (copy)', 'Close those to the right')
            await page.locator('.studio-tab').nth(3).waitFor({ state: 'detached' })
            await menu('One', 'Close others')
            await page.locator('.studio-tab').nth(2).waitFor({ state: 'detached' })
            assert.deepEqual(await titles(page), ['Three', 'One'])

            await page.getByRole('treeitem', { name: 'Report' }).dblclick()
            await page.getByRole('tab', { name: 'Report' }).waitFor()
            await person.write('select 43')
            await page.getByRole('img', { name: 'Changed since it was saved' }).waitFor()
            await screenshot(`tabs-changed-${colorScheme}`)
            const dialog = page.getByRole('alertdialog', { name: '“Report” was changed since it was saved' })
            await page.keyboard.press('Alt+w')
            await dialog.waitFor()
            await page.keyboard.press('Escape')
            await dialog.waitFor({ state: 'detached' })
            assert.deepEqual(await titles(page), ['Three', 'One', 'Report'])
            // Typed and closed at once, before any pause.
            await person.write('select 44')
            await page.keyboard.press('Alt+w')
            await dialog.getByRole('button', { name: 'Save', exact: true }).click()
            await page.getByRole('tab', { name: 'Report' }).waitFor({ state: 'detached' })
            const { items } = await client.get<{ items: { id: string }[] }>('/api/saved-queries')
            assert.equal((await client.get<{ sql: string }>(`/api/saved-queries/${items[0]?.id}`)).sql, 'select 44')

            // As saved, it closes without a question.
            await page.getByRole('treeitem', { name: 'Report' }).dblclick()
            await page.getByRole('tab', { name: 'Report' }).waitFor()
            await page.keyboard.press('Alt+w')
            await page.getByRole('tab', { name: 'Report' }).waitFor({ state: 'detached' })
            assert.equal(await dialog.count(), 0)
          },
          { colorScheme },
        )
      }),
  )

test(
  'a browser can install Tusk as an app, where Ctrl+T, Ctrl+W and Ctrl+Tab are tabs of Tusk',
  { skip: browserMissing ?? false },
  () =>
    withStudio({}, async ({ client, studio }) => {
      await client.connect('sqlite', { path: ':memory:' })
      await withBrowser(async ({ page, context }) => {
        const person = new StudioPage(page)
        await person.open(`${studio.address}/`)
        await page.locator('[data-ready=true]').waitFor()
        // What the browser itself makes of the manifest, with its policy.
        const devtools = await context.newCDPSession(page)
        const { errors, data, url } = await devtools.send('Page.getAppManifest')
        assert.deepEqual(errors, [])
        assert.equal(url, `${studio.address}/manifest.webmanifest`)
        const { icons } = JSON.parse(data ?? '') as { icons: { src: string }[] }
        const icon = await client.fetch(icons[0]?.src ?? '')
        assert.equal(icon.headers.get('content-type'), 'image/svg+xml')
        const installability = await devtools.send('Page.getInstallabilityErrors')
        // The profile of a test is one that nothing can be installed in; there is no other reason against it.
        assert.deepEqual(
          installability.installabilityErrors.map(({ errorId }) => errorId),
          ['in-incognito'],
        )
        const count = page.locator('.studio-tab')
        const before = await count.count()
        await page.keyboard.press('Control+t')
        await count.nth(before).waitFor()
        const title = await page.locator('[role=tab][aria-selected=true] .studio-tab-title').textContent()
        await page.keyboard.press('Control+Tab')
        await page.locator(`[role=tab][aria-selected=true] .studio-tab-title:not(:text-is("${title}"))`).waitFor()
        await page.keyboard.press('Control+Shift+Tab')
        await page.locator(`[role=tab][aria-selected=true] .studio-tab-title:text-is("${title}")`).waitFor()
        await page.keyboard.press('Control+w')
        await count.nth(before).waitFor({ state: 'detached' })
      })
    }),
)
