import assert from 'node:assert/strict'
import { cpSync, existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Packed, pack } from '../../../../scripts/pack.ts'
import { createStyle } from '../../src/server/style.ts'
import { StudioClient } from '../support/studio-client.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { InstalledTusk } from './installed-tusk.ts'

/** All that the package may hold. */
const allowed = [
  /^package\.json$/,
  /^(README\.md|LICENSE)$/,
  /^bin\/tusk\.mjs$/,
  /^build\/web\/(manifest\.json|LICENSES\.txt)$/,
  /^build\/web\/assets\/[\w.-]+\.(js|css|woff2)$/,
  /^lib\/(?!.*\/web\/)[\w/-]+\.(js|d\.ts)$/,
  /^lib\/ui\/web\/[\w/-]+\.d\.ts$/,
  /^lib\/(ui|features\/[a-z]+)\/web\/class-names\.js$/,
  /^lib\/(ui\/(templates|components)|features\/[a-z]+\/templates)\/[\w/-]+\.html$/,
  /^lib\/ui\/styles\/[\w-]+\.css$/,
  /^lib\/cli\/plugins\/new-plugin\/[\w./-]+\.template$/,
  /^testing\/(contract|support)\/[\w/-]+\.(js|d\.ts)$/,
]

describe('the npm package', () => {
  const ends: (() => void | Promise<void>)[] = []
  let packed: Packed
  let installed: InstalledTusk

  before(async () => {
    const context = { after: (end: () => void) => void ends.push(end) }
    packed = pack(temporaryDirectory(context))
    installed = new InstalledTusk(temporaryDirectory(context))
    await installed.install(packed.tarball)
  })
  after(async () => {
    for (const end of ends) await end()
  })

  const own = () => join(installed.folder, 'node_modules', 'tuskdata')
  const files = () =>
    globSync('**/*', { cwd: own(), withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(own().length + 1))
      .sort()

  test('holds what it should, and nothing else', () => {
    const unexpected = files().filter(file => !allowed.some(pattern => pattern.test(file)))
    assert.deepEqual(unexpected, [])
    for (const needed of [
      'lib/cli/main.js',
      'lib/host-entry.js',
      'lib/results/reading-worker.js',
      'lib/plugins/index.d.ts',
    ])
      assert.ok(files().includes(needed), needed)
    assert.ok(statSync(packed.tarball).size < 3_000_000, `${statSync(packed.tarball).size} bytes`)
  })

  test('names no file of the workspace, and nothing that only building needs', () => {
    const manifest = JSON.parse(readFileSync(join(own(), 'package.json'), 'utf8')) as Record<string, unknown>
    for (const absent of ['devDependencies', 'workspaces', 'scripts', 'private'])
      assert.equal(manifest[absent], undefined)
    assert.equal(manifest.license, 'MIT')
    assert.equal(existsSync(join(installed.folder, 'node_modules', 'vite')), false)
    for (const file of files().filter(name => /\.(js|ts|json)$/.test(name) && !name.startsWith('build/'))) {
      const text = readFileSync(join(own(), file), 'utf8')
      assert.doesNotMatch(text, /sourceMappingURL/, file)
      assert.ok(!text.includes(fileURLToPath(new URL('../../../../', import.meta.url))), `${file} names the workspace`)
    }
  })

  test('is styled as the workspace is: no class is lost with the sources of the browser’s code', async context => {
    const sheet = async (ui: string, features: string): Promise<string> => {
      const { file } = await createStyle({
        sources: () => [ui, ...globSync(['*/templates', '*/web'], { cwd: features }).map(name => join(features, name))],
        cacheDirectory: temporaryDirectory(context),
      }).current()
      return readFileSync(file, 'utf8')
    }
    const source = fileURLToPath(new URL('../../src/', import.meta.url))
    const classes = (css: string): ReadonlySet<string> => new Set(css.match(/(?<=^\s*)\.[^\s{]+(?=.*\{)/gm))
    const here = classes(await sheet(join(source, 'ui'), join(source, 'features')))
    const there = classes(await sheet(join(own(), 'lib/ui'), join(own(), 'lib/features')))
    assert.ok(here.size > 100)
    assert.deepEqual(
      [...here].filter(name => !there.has(name)),
      [],
    )
  })

  test('has the command tusk', async () => {
    const { version } = JSON.parse(readFileSync(join(own(), 'package.json'), 'utf8')) as { version: string }
    assert.match((await installed.tusk('version')).out, new RegExp(version.replaceAll('.', '\\.')))
    const { code, out } = await installed.tusk('query', '--format', 'json', 'SELECT 42 AS answer')
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(out), [{ answer: 42 }])
  })

  test('opens the studio in an empty directory', { timeout: 120_000 }, async () => {
    const studio = await installed.studio()
    try {
      const client = new StudioClient(studio.address)
      assert.equal((await client.get<{ status: string }>('/api/health')).status, 'ok')
      const page = await (await client.fetch('/')).text()
      const addresses = [...page.matchAll(/(?:src|href)="(&#x2f;static[^"]+)"/g)].map(([, path]) =>
        (path ?? '').replaceAll('&#x2f;', '/'),
      )
      assert.ok(addresses.length >= 3)
      for (const path of addresses) assert.ok((await client.bytes(path)).length > 0, path)
      for (const connectionId of ['sample-sqlite', 'sample-duckdb']) {
        const resultId = await client.resultOf(connectionId, 'SELECT count(*) AS n FROM stores')
        assert.deepEqual(JSON.parse(String(await client.export(resultId, 'json'))), [{ n: 60 }])
      }
    } finally {
      assert.equal(await studio.stop(), 0)
    }
  })

  test('lets other packages import its contract, and only that', async () => {
    const look = `
      const [plugin, arrow, testing] = await Promise.all(['plugin', 'arrow', 'testing'].map(name => import('tuskdata/' + name)))
      console.log(typeof plugin.definePlugin, typeof arrow.BatchBuilder, typeof testing.engineSuite)
      await import('tuskdata/lib/tusk.js').catch(error => console.log(error.code))`
    const { execFileSync } = await import('node:child_process')
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', look], {
      cwd: installed.folder,
      encoding: 'utf8',
    })
    assert.equal(out, 'function function function\nERR_PACKAGE_PATH_NOT_EXPORTED\n')
  })

  test('lets an outsider build, test, pack and install a plugin', { timeout: 180_000 }, async () => {
    const plugin = join(installed.folder, 'plugin-hello')
    cpSync(fileURLToPath(new URL('../../../../examples/plugin-hello/', import.meta.url)), plugin, {
      recursive: true,
      filter: path => !/[/\\](node_modules|dist)$/.test(path),
    })
    const { devDependencies } = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    await installed.install(...Object.entries(devDependencies).map(([name, version]) => `${name}@${version}`))
    for (const args of [['test'], ['run', 'build'], ['pack', '--silent', '--pack-destination', installed.folder]]) {
      const { code, out, err } = await installed.npm(plugin, ...args)
      assert.equal(code, 0, `npm ${args.join(' ')}: ${out}${err}`)
    }
    const tarball = join(installed.folder, 'tusk-plugin-hello-1.0.0.tgz')
    const { code, err } = await installed.tusk('plugins', 'install', tarball, '--yes')
    assert.equal(code, 0, err)
    assert.match(err, /permission plugin\.hello\.write/)
    assert.match((await installed.tusk('plugins', 'list')).out, /✓ hello/)
    const studio = await installed.studio('--no-samples')
    try {
      assert.match(await (await fetch(`${studio.address}/hello`)).text(), /Hello, Ada\./)
    } finally {
      await studio.stop()
    }
  })

  test('makes plugins whose tests pass with what was installed', { timeout: 120_000 }, async () => {
    const made = await installed.tusk('plugins', 'new', 'my-notes')
    assert.equal(made.code, 0, made.err)
    const { code, out, err } = await installed.npm(join(installed.folder, 'my-notes'), 'test')
    assert.equal(code, 0, out + err)
  })
})
