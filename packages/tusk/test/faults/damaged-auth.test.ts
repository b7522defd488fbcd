import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { after, suite, test } from 'node:test'
import { Home } from '../../src/home/home.ts'
import { prepareMultiMode } from '../support/multi-studio.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tusk } from '../support/tusk-command.ts'
import { damages } from './damage.ts'

suite('a Tusk of several people whose auth.db cannot be used', () => {
  async function prepared(): Promise<Home> {
    const home = Home.open(temporaryDirectory({ after }))
    await prepareMultiMode(home)
    using database = new DatabaseSync(home.path('auth.db'))
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return home
  }
  const start = (home: Home) =>
    tusk(home.directory, ['studio', '--port', '0', '--no-open', '--no-samples'], {
      during: child => void child.stdout?.once('data', () => child.kill('SIGTERM')),
    })

  for (const [name, damage] of [
    ['garbage', damages.garbage],
    ['half', damages.half],
  ] as const)
    test(`${name} of it stops the start, never opens it to everybody, and the file stays as it is`, async () => {
      const home = await prepared()
      const file = home.path('auth.db')
      damage(file)
      const before = readFileSync(file)
      const { code, out, err } = await start(home)
      assert.equal(code, 1, err)
      assert.doesNotMatch(out, /Tusk is at/)
      assert.ok(err.includes(file), err)
      assert.match(err, /move the file away|restore it/i)
      assert.deepEqual(readFileSync(file), before)
    })

  test('of a newer Tusk: it says so, and the file stays as it is', async () => {
    const home = await prepared()
    {
      using database = new DatabaseSync(home.path('auth.db'))
      database.exec('PRAGMA user_version = 99')
    }
    const { code, out, err } = await start(home)
    assert.deepEqual([code, /Tusk is at/.test(out)], [1, false])
    assert.match(err, /written by a newer Tusk/)
    assert.equal((await tusk(home.directory, ['users', 'list'])).code, 1)
    using database = new DatabaseSync(home.path('auth.db'))
    assert.deepEqual({ ...database.prepare('PRAGMA user_version').get() }, { user_version: 99 })
  })

  test('empty or gone: nobody could sign in, so it does not start, and says how to make an administrator', async () => {
    const home = await prepared()
    writeFileSync(home.path('auth.db'), '')
    const { code, out, err } = await start(home)
    assert.deepEqual([code, /Tusk is at/.test(out)], [1, false])
    assert.match(err, /no administrator.*tusk auth init/s)
  })

  test('a mode that is none does not start either', async () => {
    const home = await prepared()
    writeFileSync(home.path('config.toml'), '[auth]\nmode = "mutli"\n')
    const { code, out, err } = await start(home)
    assert.deepEqual([code, /Tusk is at/.test(out)], [1, false])
    assert.match(err, /auth\.mode must be one of: single, multi/)
  })
})
