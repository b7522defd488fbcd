import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { localActor } from '../../../src/auth/actor.ts'
import { openAuth } from '../../../src/auth/open-auth.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

for (const colorScheme of ['dark', 'light'] as const)
  test(`a person is told where COPY wrote and why a result was cut, finds the file, downloads and deletes it, ${colorScheme}`, {
    skip: browserMissing ?? false,
  }, async context => {
    const home = temporaryDirectory(context)
    const studio = await startMultiStudio(context, { home, arguments: ['--no-samples', '--no-plugins'] })
    {
      using auth = openAuth(`${home}/auth.db`)
      const group = auth.groups.byName('Data Engineers')
      if (group === undefined) throw new Error('the group is gone')
      auth.groups.update(localActor, group.id, { ...group, limits: { resultMegabytes: 1 } })
    }
    const json = { name: 'Scratch', engine: 'duckdb', config: { path: ':memory:' } }
    assert.equal((await studio.ask('/api/connections', { as: await studio.signIn('engineer'), json })).status, 201)
    await withBrowser(
      async ({ page, screenshot }) => {
        await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
        await page.goto(`${studio.address}/login?next=%2Fprofile`)
        await page.getByLabel('Name').fill('engineer')
        await page.getByLabel('Password').fill(testPassword)
        await page.keyboard.press('Enter')
        await page.waitForURL('**/profile')
        const person = new StudioPage(page)
        await person.open(`${studio.address}/`)
        await person.choose('Scratch')
        await person.write(`COPY (SELECT 42 AS answer) TO 'life <b>&.csv'`)
        await person.run()
        await person.outcome(/1 row/)
        await page.getByRole('button', { name: /^Messages/ }).click()
        await page.getByText('\u201clife <b>&.csv\u201d is among your exported files.').waitFor()

        await person.write(`SELECT range AS n, repeat('x', 100) AS text FROM range(100000)`)
        await person.run()
        await person.outcome('truncated')
        await page.getByRole('button', { name: /^Messages/ }).click()
        await page.getByText(/^Only the first [\d,]+ rows are stored, as the limit of 1 MB a result says\.$/).waitFor()
        await screenshot(`truncated-messages-${colorScheme}`)

        await page.goto(`${studio.address}/profile`)
        await page.getByRole('link', { name: 'Exported files' }).click()
        const row = page.locator('tr', { hasText: 'life <b>&.csv' })
        await row.getByText('10 bytes').waitFor()
        await screenshot(`exported-files-${colorScheme}`)
        const coming = page.waitForEvent('download')
        await row.getByRole('link', { name: 'Download' }).click()
        const download = await coming
        assert.equal(download.suggestedFilename(), 'life _b_&.csv')
        assert.equal(readFileSync(await download.path(), 'utf8'), 'answer\n42\n')
        await row.getByRole('button', { name: 'Delete' }).click()
        await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
        await page.getByText('No files yet.').waitFor()
        await screenshot(`no-exported-files-${colorScheme}`)
      },
      { colorScheme },
    )
  })
