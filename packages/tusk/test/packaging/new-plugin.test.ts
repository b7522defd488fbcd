import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const tusk = fileURLToPath(new URL('../../bin/tusk.mjs', import.meta.url))

/** Runs a program in a folder; without the marks that this test run leaves in the environment. */
async function run(folder: string, program: string, ...args: readonly string[]) {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, INIT_CWD: ___, TUSK_STARTED_IN: ____, ...rest } = process.env
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...rest, PATH: `${dirname(process.execPath)}:${rest.PATH}`, TUSK_HOME: join(folder, '.state') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  await once(child, 'close')
  return { code: child.exitCode, text }
}

test('tusk plugins new writes a plugin whose tests pass and whose build is a plugin', {
  timeout: 120_000,
}, async context => {
  const folder = temporaryDirectory(context)
  const made = await run(folder, process.execPath, tusk, 'plugins', 'new', 'my-notes')
  assert.equal(made.code, 0, made.text)
  assert.match(made.text, /cd my-notes\n {2}npm test\n/)
  const plugin = join(folder, 'my-notes')
  const files = globSync('{*,{src,templates,assets,test}/**}', { cwd: plugin, exclude: ['node_modules'] })
  for (const needed of ['package.json', 'README.md', 'src/routes.ts', 'templates/page.html', 'assets/clock.island.js'])
    assert.ok(files.includes(needed), needed)
  for (const file of files.filter(name => /\.\w+$/.test(name)))
    assert.doesNotMatch(readFileSync(join(plugin, file), 'utf8'), /\{\{(id|name|schema|range|tusk)\}\}/, file)

  const tested = await run(plugin, 'npm', 'test')
  assert.equal(tested.code, 0, tested.text)
  const types = await run(plugin, 'npm', 'run', 'check')
  assert.equal(types.code, 0, types.text)
  const island = join(plugin, 'assets/clock.island.js')
  writeFileSync(island, `${readFileSync(island, 'utf8')}\nmount(document.body, { seconds: 'many' })\n`)
  assert.match((await run(plugin, 'npm', 'run', 'check')).text, /'string' is not assignable to type 'boolean'/)
  const built = await run(plugin, 'npm', 'run', 'build')
  assert.equal(built.code, 0, built.text)
  assert.ok(existsSync(join(plugin, 'dist/index.js')))
})

test('tusk plugins new refuses what is there, and names that are none', async context => {
  const folder = temporaryDirectory(context)
  await run(folder, process.execPath, tusk, 'plugins', 'new', 'twice')
  const again = await run(folder, process.execPath, tusk, 'plugins', 'new', 'twice')
  assert.deepEqual([again.code, /exists already/.test(again.text)], [2, true])
  for (const name of ['Shop!', 'x', 'studio']) {
    const { code, text } = await run(folder, process.execPath, tusk, 'plugins', 'new', name)
    assert.equal(code, 2, text)
    assert.equal(existsSync(join(folder, name)), false)
  }
})
