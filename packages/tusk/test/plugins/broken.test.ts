import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import { Home } from '../../src/home/home.ts'
import { type Studio, startStudio } from '../../src/studio.ts'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** What each broken plugin is, and what people are told about it. */
const broken: Readonly<Record<string, { readonly files: Readonly<Record<string, string>>; readonly says: RegExp }>> = {
  'throws-at-import': { files: { 'index.js': "throw new Error('no coffee')" }, says: /no coffee/ },
  'hangs-at-import': { files: { 'index.js': 'await new Promise(() => undefined)' }, says: /Importing it took longer/ },
  'no-plugin': { files: { 'index.js': 'export const plugin = 1' }, says: /no plugin as its default export/ },
  'not-javascript': { files: { 'index.js': 'export default {' }, says: /Unexpected/ },
  'bad-id': { files: { 'index.js': "export default { id: 'Shop!' }" }, says: /“Shop!” is no id/ },
  'id-of-a-feature': {
    files: { 'index.js': "export default { id: 'sql' }" },
    says: /another plugin with the id “sql”/,
  },
  'twin-two': { files: { 'index.js': "export default { id: 'twin' }" }, says: /another plugin with the id “twin”/ },
  'wrong-range': { files: { 'index.js': "export default { id: 'old', requires: '<0.5' }" }, says: /needs Tusk <0\.5/ },
  'no-range': { files: { 'index.js': "export default { id: 'odd', requires: 'soon' }" }, says: /“soon” is no range/ },
  'throws-at-start': {
    files: { 'index.js': "export default { id: 'thrower', async start() { throw new TypeError('nope') } }" },
    says: /nope/,
  },
  'hangs-at-start': {
    files: { 'index.js': "export default { id: 'hanger', start: () => new Promise(() => undefined) }" },
    says: /Its start took longer/,
  },
  'statics-outside': {
    files: { 'index.js': "export default { id: 'outside', assets: new URL('../../', import.meta.url) }" },
    says: /assets lies outside of the package/,
  },
  'statics-absent': {
    files: { 'index.js': "export default { id: 'absent', assets: new URL('./no/', import.meta.url) }" },
    says: /does not exist/,
  },
  'broken-template': {
    files: {
      'index.js': "export default { id: 'template', templates: new URL('./t/', import.meta.url) }",
      't/page.html': '{% if %}',
    },
    says: /page\.html has an error/,
  },
  'no-permission': {
    files: { 'index.js': routes('open', "app.get('/p/open', () => 'hi')") },
    says: /names no permission/,
  },
  'foreign-permission': {
    files: {
      'index.js': routes('thief', "app.get('/p/thief', { config: { permission: 'plugin.other.edit' } }, () => 'hi')"),
    },
    says: /“plugin\.other\.edit”, which does not exist/,
  },
  'overrides-a-route': {
    files: {
      'index.js': routes('route-thief', "app.get('/api/settings', { config: { permission: 'public' } }, () => 'mine')"),
    },
    says: /GET \/api\/settings is not the plugin's to have/,
  },
  'takes-a-page': {
    files: {
      'index.js': "export default { id: 'page-thief', tab: { label: 'Settings', icon: 'x', href: '/settings' } }",
    },
    says: /\/settings is Tusk's own/,
  },
  'takes-a-command': {
    files: {
      'index.js':
        "export default { id: 'command-thief', commands: [{ name: 'studio', summary: '', run: async () => 0 }] }",
    },
    says: /a command “studio” already/,
  },
  'takes-an-engine': {
    files: { 'index.js': "export default { id: 'engine-thief', engines: [{ id: 'postgres' }] }" },
    says: /an engine “postgres” already/,
  },
  'bad-migration': {
    files: { 'index.js': "export default { id: 'migration', migrations: ['CREATE TABEL x'] }" },
    says: /migration\.db cannot be opened/,
  },
  'bad-schedule': {
    files: {
      'index.js':
        "export default { id: 'clock', jobs: [{ id: 'tick', label: 'Tick', schedule: 'now and then', run: async () => undefined }] }",
    },
    says: /schedule/i,
  },
}

const good: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'twin-one': { 'index.js': "export default { id: 'twin' }" },
  loops: {
    'index.js': `export default {
      id: 'loops',
      templates: new URL('./t/', import.meta.url),
      routes(app) {
        app.get('/p/loops', { config: { permission: 'authenticated' } }, (request, reply) => reply.page('plugins/loops/page.html'))
        app.get('/p/loops/macro', { config: { permission: 'authenticated' } }, (request, reply) => reply.page('plugins/loops/macro.html'))
        app.get('/p/loops/throws', { config: { permission: 'authenticated' } }, () => { throw new Error('secret inside') })
      },
    }`,
    't/page.html':
      '{% extends layout %}{% block main %}{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}{% endblock %}',
    't/components/forms.html': '{% macro button(text) %}stolen{% endmacro %}',
    't/macro.html':
      '{% extends layout %}{% from "components/forms.html" import button %}{% block main %}{{ button("Mine") }}{% endblock %}',
  },
  links: {
    'index.js': `export default {
      id: 'links',
      assets: new URL('./files/', import.meta.url),
      routes(app) {
        app.get('/api/plugins/links/count', { config: { permission: 'authenticated' }, schema: { summary: 'How many links', tags: ['runs'] } }, () => ({ count: 0 }))
        app.get('/p/links', { config: { permission: 'authenticated' } }, () => 'a page')
      },
    }`,
    'files/fine.txt': 'fine',
    'files/.hidden': 'hidden',
  },
  'check-throws': {
    'index.js': `export default {
      id: 'checked',
      tab: { label: 'Checked', icon: 'lock' },
      checkAccess() { throw new Error('what now') },
      routes(app) { app.get('/p/checked', { config: { permission: 'authenticated' } }, () => 'in') },
    }`,
  },
  'bad-stop': {
    'index.js':
      "export default { id: 'bad-stop', start: async () => ({ [Symbol.asyncDispose]() { throw new Error('stuck') } }) }",
  },
}

describe('a folder of broken plugins', () => {
  const ends: (() => void | Promise<void>)[] = []
  let studio: Studio
  let home: string

  before(async () => {
    const context = { after: (end: () => void | Promise<void>) => void ends.unshift(end) }
    home = temporaryDirectory(context)
    const folder = temporaryDirectory(context)
    const packages = [...Object.keys(good), ...Object.keys(broken)].map(name =>
      writePlugin(join(folder, name), good[name] ?? broken[name]?.files ?? {}, name),
    )
    writeFileSync(join(folder, 'outside.txt'), 'a secret')
    symlinkSync(join(folder, 'outside.txt'), join(folder, 'links', 'files', 'link.txt'))
    mkdirSync(join(folder, 'nothing-here'))
    studio = await startStudio({
      home: Home.open(home),
      host: '127.0.0.1',
      port: 0,
      samples: false,
      log: pino({ level: 'silent' }),
      plugins: { folders: [...packages, join(folder, 'nothing-here')], importMs: 400, startMs: 400 },
      commandNames: ['studio'],
    })
    ends.unshift(async () => studio[Symbol.asyncDispose]())
  })

  after(async () => {
    for (const end of ends) await end()
  })

  for (const [name, { says }] of Object.entries(broken))
    test(`${name}: is listed with the reason, and Tusk runs`, () => {
      const info = studio.tusk.plugins.list().find(one => one.packageName === name)
      assert.equal(info?.state, 'failed')
      assert.match(`${info?.error?.message} ${info?.error?.detail}`, says)
    })

  test('a folder that is no plugin says so', () => {
    const info = studio.tusk.plugins.get('nothing-here')
    assert.match(info.error?.message ?? '', /is not a Tusk plugin/)
  })

  test('the others run, and of two with one id the first', () => {
    const running = studio.tusk.plugins.list().filter(({ state }) => state === 'running')
    assert.deepEqual(running.map(({ packageName }) => packageName).sort(), Object.keys(good).sort())
  })

  test('no part of a plugin that failed is left', async () => {
    const { engines, exporters, steps } = studio.tusk
    assert.deepEqual([engines.length, steps.length], [3, 0])
    assert.ok(exporters.length > 3)
    for (const path of ['/p/open', '/p/thief', '/p/route-thief', '/static/plugins/outside/package.json'])
      assert.equal((await fetch(`${studio.address}${path}`)).status, 404, path)
    assert.equal(
      (await fetch(`${studio.address}/api/settings`)).headers.get('content-type'),
      'application/json; charset=utf-8',
    )
  })

  test('a template that goes on and on is an error of its page, and Tusk answers meanwhile', async () => {
    const [page, health] = await Promise.all([
      fetch(`${studio.address}/p/loops`),
      fetch(`${studio.address}/api/health`),
    ])
    assert.equal(page.status, 500)
    assert.equal(health.status, 200)
    assert.equal((await fetch(`${studio.address}/p/loops/macro`)).status, 200)
  })

  test('a macro with the name of one of Tusk’s own changes nothing', async () => {
    const html = await (await fetch(`${studio.address}/p/loops/macro`)).text()
    assert.match(html, /<button[^>]*>[^<]*Mine/)
    assert.doesNotMatch(html, /stolen/)
  })

  test('what a handler throws is logged and not shown', async () => {
    const answer = await fetch(`${studio.address}/p/loops/throws`)
    assert.equal(answer.status, 500)
    assert.doesNotMatch(await answer.text(), /secret inside/)
  })

  test('links and hidden files among the statics are not there', async () => {
    const status = async (path: string) => (await fetch(`${studio.address}/static/plugins/links/${path}`)).status
    assert.equal(await status('fine.txt'), 200)
    for (const path of ['link.txt', '.hidden', '..%2f..%2foutside.txt', '%2e%2e/package.json', 'no.txt'])
      assert.equal(await status(path), 404, path)
  })

  test('a check of access that throws refuses, and hides the tab', async () => {
    assert.equal((await fetch(`${studio.address}/p/checked`)).status, 403)
    assert.doesNotMatch(await (await fetch(`${studio.address}/settings`)).text(), /\/p\/checked/)
    const { state, trouble } = studio.tusk.plugins.get('checked')
    assert.deepEqual([state, trouble?.code, trouble?.detail], ['running', 'PLUGIN_FAILED', 'what now'])
    assert.match(await (await fetch(`${studio.address}/settings/plugins`)).text(), /Its check of access failed/)
  })

  test('the description of the API has what a plugin answers, as long as it runs', async () => {
    const paths = async (): Promise<string[]> => {
      const document = (await (await fetch(`${studio.address}/api/openapi.json`)).json()) as {
        paths: Record<string, Record<string, { tags: string[]; summary: string; 'x-permission': string }>>
      }
      const own = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/plugins/links'))
      return own.map(([path, { get }]) => `${path} ${get?.tags.join()} ${get?.summary} ${get?.['x-permission']}`)
    }
    const described = ['/api/plugins/links/count plugin links How many links authenticated']
    assert.deepEqual(await paths(), described)
    await studio.tusk.plugins.disable('links')
    assert.deepEqual(await paths(), [])
    await studio.tusk.plugins.enable('links')
    assert.deepEqual(await paths(), described)
    assert.match(await (await fetch(`${studio.address}/api/docs`)).text(), /How many links/)
  })

  test('a plugin can be switched off, and on again, while Tusk runs', async () => {
    const status = async () => (await fetch(`${studio.address}/static/plugins/links/fine.txt`)).status
    assert.equal((await studio.tusk.plugins.disable('links')).state, 'disabled')
    assert.equal(await status(), 404)
    assert.equal((await studio.tusk.plugins.enable('links')).state, 'running')
    assert.equal(await status(), 200)
  })

  test('a plugin whose stop throws goes all the same', async () => {
    assert.equal((await studio.tusk.plugins.disable('bad-stop')).state, 'disabled')
  })

  test('when the one with the same id is off, the other may run', async () => {
    await studio.tusk.plugins.disable('twin-one')
    assert.equal((await studio.tusk.plugins.enable('twin-two')).state, 'running')
    assert.equal((await studio.tusk.plugins.enable('twin-one')).state, 'failed')
  })
})

test('without plugins nothing of them is imported', async context => {
  const folder = writePlugin(temporaryDirectory(context), {
    'index.js': 'globalThis.wasImported = true; export default { id: "shop" }',
  })
  await using studio = await startStudio({
    home: Home.open(temporaryDirectory(context)),
    host: '127.0.0.1',
    port: 0,
    samples: false,
    log: pino({ level: 'silent' }),
    plugins: false,
  })
  assert.deepEqual(studio.tusk.plugins.list(), [])
  assert.equal('wasImported' in globalThis, false)
  assert.ok(folder.length > 0)
})

function routes(id: string, body: string): string {
  return `export default { id: '${id}', routes(app) { ${body} } }`
}
