import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from '@playwright/test'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import type { WireConnection } from '../../../src/wire.ts'
import { run } from '../../contract/index.ts'
import { browserMissing, withBrowser } from '../../support/browser.ts'
import { type MultiStudio, startMultiStudio, testPassword } from '../../support/multi-studio.ts'
import { skipWithoutPostgres, startTestPostgres } from '../../support/postgres.ts'
import { StudioPage } from '../../support/studio-page.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

for (const colorScheme of ['dark', 'light'] as const)
  test(`people sign in to a database themselves and see as which role they work, ${colorScheme}`, {
    skip: browserMissing ?? skipWithoutPostgres(15),
  }, async context => {
    const postgres = await startTestPostgres(15, { password: 'super' })
    context.after(() => postgres.stop())
    const { host, port } = postgres
    {
      await using admin = await postgresEngine.open({ host, port, user: 'postgres', password: 'super' })
      for (const sql of [
        `CREATE ROLE ada LOGIN PASSWORD 'ada-s3cret'`,
        'CREATE ROLE "the <b>role</b>"',
        'GRANT "the <b>role</b>" TO ada',
      ])
        await run(admin, sql)
    }
    const home = temporaryDirectory(context)
    const studio = await startMultiStudio(context, { home, arguments: ['--no-samples', '--no-plugins'] })
    await withBrowser(
      async ({ page, screenshot, allow }) => {
        allow(/status of (403|502)/)
        await page.addInitScript(`localStorage.setItem('tusk:theme', '${colorScheme}')`)
        const person = await signedIn(page, studio)
        await page.getByRole('button', { name: 'New connection' }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('radio', { name: 'PostgreSQL' }).click()
        await dialog.getByLabel('Name', { exact: false }).first().fill('Shop')
        await dialog.locator('#field-host').fill(host)
        await dialog.locator('#field-port').fill(String(port))
        await dialog.locator('#field-database').fill('postgres')
        await dialog.locator('#field-password').waitFor()
        await dialog.getByLabel('Each person signs in').check()
        await dialog.locator('#field-password').waitFor({ state: 'hidden' })
        await dialog.locator('#field-user').waitFor({ state: 'hidden' })
        await dialog.getByLabel('Run statements as the database role of the person').check()
        await dialog.getByLabel('Run statements as the database role of the person').scrollIntoViewIfNeeded()
        await screenshot(`personal-connection-dialog-${colorScheme}`)
        await dialog.getByRole('button', { name: 'Add connection' }).click()
        await page.locator('.studio-connection', { hasText: 'Shop' }).getByText('sign in').waitFor()
        await page.locator('.studio-role', { hasText: 'as role engineer' }).waitFor()

        await page.getByRole('button', { name: 'Actions of Shop' }).click()
        await page.getByRole('menuitem', { name: 'Database roles' }).click()
        await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
        await page.getByRole('textbox', { name: 'Person' }).fill('engineer')
        await page.getByRole('textbox', { name: 'Database role' }).fill('the <b>role</b>')
        await screenshot(`roles-dialog-${colorScheme}`)
        await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
        await page.locator('.studio-role', { hasText: 'as role the <b>role</b>' }).waitFor()

        await person.write('SELECT current_user::text, session_user::text')
        await person.run()
        const ask = page.getByRole('dialog', { name: 'Sign in to \u201cShop\u201d' })
        await ask.getByLabel('User').fill('ada')
        await ask.getByLabel('Password').fill('wrong')
        await page.keyboard.press('Enter')
        await ask.getByText('The server refused "ada".').waitFor()
        await screenshot(`sign-in-dialog-${colorScheme}`)
        await ask.getByLabel('Password').fill('ada-s3cret')
        await page.keyboard.press('Enter')
        await ask.waitFor({ state: 'hidden' })
        // What was asked for is run now.
        await person.outcome('1 row')
        assert.deepEqual([await person.cell(0, 0), await person.cell(0, 1)], ['the <b>role</b>', 'ada'])
        await page
          .locator('.studio-connection', { hasText: 'Shop' })
          .getByText('sign in')
          .waitFor({ state: 'detached' })
        await screenshot(`as-role-${colorScheme}`)

        await page.goto(`${studio.address}/profile`)
        const row = page.locator('tr', { hasText: 'Shop' })
        await row.waitFor()
        await screenshot(`profile-sign-ins-${colorScheme}`)
        await row.getByRole('button', { name: 'Forget' }).click()
        await page.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).click()
        await row.getByText('not given').waitFor()
        const as = await studio.signIn('engineer')
        const { connections } = (await (await studio.ask('/api/connections', { as })).json()) as {
          connections: WireConnection[]
        }
        assert.deepEqual(
          connections.map(({ signedIn }) => signedIn),
          [false],
        )
      },
      { colorScheme },
    )
  })

async function signedIn(page: Page, studio: MultiStudio): Promise<StudioPage> {
  await page.goto(`${studio.address}/login?next=%2Fprofile`)
  await page.getByLabel('Name').fill('engineer')
  await page.getByLabel('Password').fill(testPassword)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/profile')
  await page.goto(studio.address)
  await page.locator('.cm-content').waitFor()
  return new StudioPage(page)
}
