import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tusk as command } from '../support/tusk-command.ts'

// No network and nothing in npm's cache: what lies on this disk needs neither.
process.env.npm_config_registry = 'http://127.0.0.1:9/'
process.env.npm_config_cache = temporaryDirectory({ after })

const greeter = {
  'package.json': JSON.stringify({
    name: 'tusk-greeter',
    version: '2.0.1',
    description: 'Says hello.',
    type: 'module',
    tusk: { plugin: './index.js' },
  }),
  'index.js': `
import { definePlugin, TuskError } from 'tuskdata/plugin'
export default definePlugin({
  id: 'greeter',
  name: 'Greeter',
  version: '2.0.1',
  migrations: ['CREATE TABLE greeted (name TEXT)'],
  permissions: [{ permission: 'plugin.greeter.greet', description: 'Greet people.' }],
  commands: [{
    name: 'greet',
    summary: 'Greets somebody',
    usage: ['NAME [--loud]'],
    options: { loud: { type: 'boolean', help: 'in capitals' } },
    async run({ values, positionals: [name], tusk }) {
      if (name === undefined) throw new TuskError('USAGE', 'Whom?')
      tusk.storage.run('INSERT INTO greeted VALUES (?)', name)
      const text = 'hello ' + name + ' ' + tusk.storage.all('SELECT * FROM greeted').length
      process.stdout.write((values.loud ? text.toUpperCase() : text) + '\\n')
      return 7
    },
  }],
})`,
}

test('a plugin is installed from a tarball, used, switched off and removed', async context => {
  const home = temporaryDirectory(context)
  const folder = writePlugin(join(temporaryDirectory(context), 'greeter'), greeter)
  const packed = temporaryDirectory(context)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', packed], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const tusk = (...args: string[]) => command(home, args)

  const refused = await tusk('plugins', 'install', join(packed, 'tusk-greeter-2.0.1.tgz'))
  assert.equal(refused.code, 2, 'nobody can answer the question')
  assert.match(refused.err, /plugin\.greeter\.greet: Greet people\./)
  assert.deepEqual(JSON.parse((await tusk('plugins', 'list', '--json')).out), [])

  const installed = await tusk('plugins', 'install', join(packed, 'tusk-greeter-2.0.1.tgz'), '--yes')
  assert.equal(installed.code, 0, installed.err)
  assert.match((await tusk('plugins')).out, /✓ greeter +enabled +2\.0\.1 +Says hello\./)
  assert.match((await tusk('plugins', 'info', 'greeter')).out, /command tusk greet/)

  const greeted = await tusk('greet', 'Ada', '--loud')
  assert.deepEqual([greeted.code, greeted.out], [7, 'HELLO ADA 1\n'], greeted.err)
  assert.match((await tusk('greet', '--help')).out, /--loud +in capitals[\s\S]*plugin Greeter/)
  assert.equal((await tusk('greet')).code, 2)
  assert.equal((await tusk('greet', '--quietly')).code, 2)

  assert.equal((await tusk('plugins', 'disable', 'greeter')).code, 0)
  assert.equal((await tusk('greet', 'Ada')).code, 2)
  assert.equal((await tusk('plugins', 'enable', 'greeter')).code, 0)
  assert.equal((await tusk('greet', 'Bob')).out, 'hello Bob 2\n')

  assert.equal((await tusk('plugins', 'doctor')).code, 0)
  assert.equal((await tusk('plugins', 'remove', 'greeter', '--yes')).code, 0)
  assert.deepEqual(JSON.parse((await tusk('plugins', 'list', '--json')).out), [])
  assert.ok(existsSync(join(home, 'plugins', 'greeter.db')), 'its data stays')
})

test('a plugin is installed from a folder, and stays when the folder and the tarball of another go', async context => {
  const home = temporaryDirectory(context)
  const work = temporaryDirectory(context)
  const folder = writePlugin(join(work, 'greeter'), greeter)
  const other = writePlugin(join(work, 'other'), { 'index.js': "export default { id: 'other' }" }, 'tusk-other')
  execFileSync('npm', ['pack', '--silent', '--pack-destination', work], { cwd: other, stdio: 'ignore' })
  const install = async (what: string) => {
    const { code, err } = await command(home, ['plugins', 'install', join(work, what), '--yes'])
    assert.equal(code, 0, err)
  }
  await install('tusk-other-1.2.3.tgz')
  rmSync(join(work, 'tusk-other-1.2.3.tgz'))
  await install('greeter')
  rmSync(folder, { recursive: true })
  assert.equal((await command(home, ['greet', 'Ada'])).out, 'hello Ada 1\n')
  assert.match((await command(home, ['plugins', 'doctor'])).out, /✓ greeter[\s\S]*✓ other/)
  assert.equal((await command(home, ['plugins', 'remove', 'other', '--yes'])).code, 0)
  assert.equal((await command(home, ['greet', 'Bob'])).out, 'hello Bob 2\n')
})

test('what is no plugin is refused before it is installed', async context => {
  const home = temporaryDirectory(context)
  const plain = writePlugin(join(temporaryDirectory(context), 'plain'), {
    'package.json': JSON.stringify({ name: 'plain', version: '1.0.0' }),
  })
  for (const [what, says] of [
    [plain, /is not a Tusk plugin/],
    ['./nothing.tgz', /There is no /],
    ['--registry=http://example.test', /./],
    ['a b', /no name of a package/],
    ['git+ssh://example.test/x', /no name of a package/],
  ] as const) {
    const { code, err } = await command(home, ['plugins', 'install', what, '--yes'])
    assert.notEqual(code, 0, what)
    assert.match(err, says)
  }
  assert.ok(!existsSync(join(home, 'plugins', 'node_modules')))
})

test('the doctor names what is wrong with a folder', async context => {
  const home = temporaryDirectory(context)
  const folder = writePlugin(
    join(temporaryDirectory(context), 'ill'),
    { 'index.js': "throw new Error('fever')" },
    'ill',
  )
  const { code, out } = await command(home, ['plugins', 'doctor', folder])
  assert.equal(code, 1)
  assert.match(out, /✗ ill [\s\S]*fever/)
})
