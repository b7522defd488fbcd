import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { componentsFeature } from '../../../src/features/components/feature.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { poorContrasts } from '../../support/contrast.ts'
import { startTestServer } from '../../support/test-server.ts'

suite('contrast of the components', { skip: browserMissing ?? false }, () => {
  for (const colorScheme of ['dark', 'light'] as const)
    test(`${colorScheme}: every text of every example and of the gallery can be read`, async () => {
      await using server = await startTestServer([componentsFeature])
      await withBrowser(
        async ({ page }) => {
          await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
          await page.goto(`${server.address}/components`)
          await page.locator('[data-component=sql_block] code span').first().waitFor()
          await page.evaluate(unfold)
          assert.deepEqual(await poorContrasts(page, 'body'), [])
        },
        { colorScheme },
      )
    })
})

/** What is folded is looked at too; dialogs stand where they are written. */
const unfold = `(() => {
  for (const details of document.querySelectorAll('details')) details.open = true
  for (const dialog of document.querySelectorAll('dialog')) dialog.show()
})()`
