import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserMissing, withBrowser } from '../support/browser.ts'
import { withStudio } from '../support/with-studio.ts'

test('in single mode nobody signs in: no login, no people, no audit, and no route that makes any', () =>
  withStudio({ arguments: ['--no-plugins'] }, async ({ studio }) => {
    const ask = (path: string, method = 'GET') =>
      fetch(studio.address + path, {
        method,
        redirect: 'manual',
        ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' }),
      })
    for (const path of [
      '/login',
      '/login/oidc',
      '/users',
      '/groups',
      '/audit',
      '/profile/tokens',
      '/api/users',
      '/api/audit',
    ])
      assert.equal((await ask(path)).status, 404, path)
    for (const path of ['/api/auth/login', '/api/users', '/api/groups', '/api/profile/tokens', '/api/profile/password'])
      assert.equal((await ask(path, 'POST')).status, 404, path)
    assert.equal((await ask('/')).status, 200)
    const status = (await (await ask('/api/auth/status')).json()) as { mode: string; permissions: string[] }
    assert.deepEqual([status.mode, status.permissions.length], ['single', 24])
  }))

test(
  'in a browser: the studio opens at once, and nothing on it offers to sign in or out',
  {
    skip: browserMissing ?? false,
  },
  () =>
    withStudio({ arguments: ['--no-plugins'] }, ({ studio }) =>
      withBrowser(async ({ page }) => {
        await page.goto(studio.address)
        await page.getByRole('link', { name: 'Settings' }).first().waitFor()
        assert.equal(new URL(page.url()).pathname, '/')
        for (const name of [/sign in/i, /sign out/i, /^users$/i, /profile/i])
          assert.equal(
            await page.getByRole('link', { name }).or(page.getByRole('button', { name })).count(),
            0,
            String(name),
          )
      }),
    ),
)
