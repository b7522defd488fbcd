import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[]
}

/**
 * What axe finds on the page, of WCAG 2 A and AA; fails with the places. The library is evaluated in the page's own world, where the policy of the page
 * lets no script in by a tag.
 */
export async function checkAccessibility(page: Page, within?: string): Promise<void> {
  await page.evaluate(`${await readFile(source, 'utf8')}; void 0`)
  const violations = (await page.evaluate(`axe.run(${within === undefined ? 'document' : JSON.stringify(within)}, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] }).then(result => result.violations)`)) as readonly Violation[]
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}): ${nodes.map(node => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join('; ')}`,
  )
  assert.deepEqual(found, [])
}
