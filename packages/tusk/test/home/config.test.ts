import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TuskError } from '../../src/errors.ts'
import { readConfig, settingKey, writeSetting } from '../../src/home/config.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('an absent file is all defaults', t => {
  const config = readConfig(join(temporaryDirectory(t), 'config.toml'))
  assert.equal(config['server.port'], 8000)
  assert.equal(config['auth.mode'], 'single')
})

test('a setting is written, read back and removed; the rest of the file stays', async t => {
  const file = join(temporaryDirectory(t), 'config.toml')
  writeFileSync(file, '[ui]\ntheme = "light"\n')
  assert.equal((await writeSetting(file, 'server.port', '9001'))['server.port'], 9001)
  assert.equal(readConfig(file)['ui.theme'], 'light')
  await writeSetting(file, 'server.port', '')
  assert.equal(readConfig(file)['server.port'], 8000)
  assert.equal(statSync(file).mode & 0o777, 0o600)
})

for (const [what, toml] of [
  ['broken TOML', 'server = ['],
  ['an unknown section', '[sever]\nport = 1\n'],
  ['an unknown key', '[server]\nprot = 1\n'],
  ['a value of the wrong type', '[server]\nport = "eight"\n'],
  ['a value out of range', '[server]\nport = 70000\n'],
  ['an unknown mode of login', '[auth]\nmode = "open"\n'],
] as const)
  test(`${what} stops the start and is not overwritten`, async t => {
    const file = join(temporaryDirectory(t), 'config.toml')
    writeFileSync(file, toml)
    assert.throws(
      () => readConfig(file),
      (error: unknown) => error instanceof TuskError && error.code === 'CONFIG_INVALID',
    )
    await assert.rejects(writeSetting(file, 'ui.theme', 'dark'))
    assert.equal(readFileSync(file, 'utf8'), toml)
  })

test('a wrong value is refused before the file is touched', async t => {
  const file = join(temporaryDirectory(t), 'config.toml')
  await assert.rejects(writeSetting(file, 'server.port', 'abc'), /whole number/)
  await assert.rejects(writeSetting(file, 'ui.theme', 'purple'), /dark, light, system/)
  assert.equal(statSync(file, { throwIfNoEntry: false }), undefined)
})

test('names of the older Tusk are understood, others are refused with the list', () => {
  assert.equal(settingKey('pg_bin_path'), 'postgresql.bin_path')
  assert.equal(settingKey('server.port'), 'server.port')
  assert.throws(() => settingKey('toString'), /no setting/)
})
