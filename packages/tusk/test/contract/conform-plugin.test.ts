import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const suite = new URL('./index.ts', import.meta.url).href

/** Runs the suite over a plugin, as its author would: what it printed. */
async function conform(
  context: { after(fn: () => void): void },
  plugin: string,
  options: object,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const folder = writePlugin(join(temporaryDirectory(context), 'shop'), {
    'index.js': plugin,
    'package.json': JSON.stringify({
      name: 'shop',
      version: '1.0.0',
      license: 'MIT',
      type: 'module',
      tusk: { plugin: './index.js' },
    }),
    'conform.test.js': `import { conformPlugin } from '${suite}'
      conformPlugin(import.meta.dirname, ${JSON.stringify(options)})`,
  })
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', join(folder, 'conform.test.js')], {
    env: environment,
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

const shop = (more: string): string => `
import { sqliteEngine } from 'tuskdata/engines'
import { closed, Type } from 'tuskdata/schema'
export default {
  id: 'shop',
  permissions: [{ permission: 'plugin.shop.write', description: 'Change the shop.' }],
  engines: [{
    ...sqliteEngine,
    id: 'shop-file',
    async open(config, options) {
      ${more}
      return sqliteEngine.open(config, options)
    },
  }],
  routes(app) {
    const config = { permission: 'plugin.shop.write' }
    const schema = { params: closed({ id: Type.Integer() }) }
    app.delete('/api/plugins/shop/items/:id', { config, schema }, (request, reply) =>
      request.params.id === 7 ? { gone: true } : reply.code(404).send({ error: {} }))
  },
}
`
const engines = { 'shop-file': { path: ':memory:' } }

test('a plugin that keeps the contract passes, with requests of its own', async context => {
  const requests = { 'DELETE /api/plugins/shop/items/:id': { path: '/api/plugins/shop/items/7' } }
  const { code, text } = await conform(context, shop(''), { engines, requests })
  assert.equal(code, 0, text)
})

test('a request that fails although it is allowed, and one for no route, are told', async context => {
  const fails = { 'DELETE /api/plugins/shop/items/:id': { path: '/api/plugins/shop/items/8' } }
  assert.match((await conform(context, shop(''), { requests: fails })).text, /items\/:id answers 404/)
  const unknown = { 'POST /api/plugins/shop/items': {} }
  assert.match((await conform(context, shop(''), { requests: unknown })).text, /there is no route POST/)
})

test('an engine that asks the network, in the process that owns the database, is found out', async context => {
  const asks = `await fetch('http://telemetry.example/').catch(() => undefined)`
  const inHost = `if (process.send !== undefined && process.env.TUSK_HOME === undefined) ${asks}`
  const { code, text } = await conform(context, shop(inHost), { engines })
  assert.equal(code, 1)
  assert.match(text, /not ok \d+ - it has not asked for the network[\s\S]*telemetry\.example/)
})
