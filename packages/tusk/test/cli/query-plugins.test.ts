import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, test } from 'node:test'
import { writePlugin } from '../support/plugin-folder.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { tusk } from '../support/tusk-command.ts'

const shop = `
import { BatchBuilder } from 'tuskdata/arrow'
import { sqliteEngine } from 'tuskdata/engines'
const schema = { fields: [{ name: 'rate', type: { kind: 'int', bits: 32, signed: true }, nullable: false }] }
export default {
  id: 'my-shop',
  migrations: ['CREATE TABLE items (name TEXT, price REAL)', "INSERT INTO items VALUES ('pen', 1.5), ('book', 12)"],
  config: [{ key: 'rate', label: 'Rate', kind: 'number', default: 3 }],
  datasets: [
    { name: 'items', table: 'items' },
    {
      name: 'rates',
      async read({ tusk }) {
        const builder = new BatchBuilder(schema)
        builder.appendRow([Number(tusk.config.values.rate)])
        return { schema, batches: [builder.finish()] }
      },
    },
    { name: 'broken', async read() { throw new Error('the shop is closed') } },
  ],
  engines: [{
    ...sqliteEngine,
    id: 'shop-file',
    label: 'Shop file',
    parseUrl: url => (url.startsWith('shop:') ? { path: url.slice(5) } : undefined),
  }],
  exporters: [{
    format: 'shouts',
    label: 'Shouts',
    extension: 'txt',
    mimeType: 'text/plain',
    options: [{ key: 'mark', label: 'Mark', kind: 'choice', default: '!', choices: ['!', '?'] }],
    async *write(schema, batches, { mark = '!' }) {
      yield new TextEncoder().encode(schema.fields.map(({ name }) => name.toUpperCase() + mark).join('') + '\\n')
      for await (const batch of batches) yield new TextEncoder().encode(batch.rowCount + ' rows!\\n')
    },
  }],
  async start() { throw new Error('a command starts no plugin') },
}
`

describe('tusk query with plugins', () => {
  const home = temporaryDirectory({ after })
  const folder = writePlugin(join(temporaryDirectory({ after }), 'shop'), { 'index.js': shop }, 'shop')
  const file = join(home, 'shop.sqlite')
  const query = (...args: string[]) => tusk(home, ['query', '--plugin', folder, '--format', 'ndjson', ...args])

  before(() => {
    const database = new DatabaseSync(file)
    database.exec("CREATE TABLE sold (name TEXT); INSERT INTO sold VALUES ('pen')")
    database.close()
  })

  test('a dataset is a table, also when the plugin has never run', async () => {
    assert.ok(!existsSync(join(home, 'plugins', 'my-shop.db')))
    const { out, err } = await query('SELECT name, price * rate AS p FROM plugin_my_shop.items, plugin_my_shop.rates')
    assert.equal(out, '{"name":"pen","p":4.5}\n{"name":"book","p":36}\n', err)
    writeFileSync(join(home, 'plugins', 'my-shop.toml'), 'rate = 5\n')
    const several = await query('CREATE TABLE t AS SELECT * FROM plugin_my_shop.rates; SELECT rate FROM t')
    assert.equal(several.out, '{"rate":5}\n', several.err)
  })

  test('a dataset that cannot be read fails its statement only', async () => {
    const { code, out, err } = await query('--keep-going', 'FROM plugin_my_shop.broken; SELECT 2 AS x')
    assert.deepEqual([code, out], [1, '{"x":2}\n'])
    assert.match(err, /the shop is closed/)
  })

  test('its engine opens what its address names, and a connection can be saved for it', async () => {
    assert.equal((await query('-c', `shop:${file}`, 'SELECT name FROM sold')).out, '{"name":"pen"}\n')
    const unknown = await tusk(home, ['query', '-c', `shop:${file}`, 'SELECT 1'])
    assert.equal(unknown.code, 2)
  })

  test('its format is one of the formats', async () => {
    const output = join(home, 'out.txt')
    const { code, err } = await query('--format', 'shouts', '-o', output, 'SELECT 1 AS a, 2 AS b')
    assert.deepEqual([code, readFileSync(output, 'utf8')], [0, 'A!B!\n1 rows!\n'], err)
    const asked = await query('--format', 'shouts', '--option', 'mark=?', 'SELECT 1 AS a, 2 AS b')
    assert.deepEqual([asked.code, asked.out], [0, 'A?B?\n1 rows!\n'], asked.err)
    const unknown = await query('--format', 'shouts', '--option', 'pitch=high', 'SELECT 1')
    assert.deepEqual(
      [unknown.code, /has no option "pitch"\.\n {2}It has mark\./.test(unknown.err)],
      [2, true],
      unknown.err,
    )
    assert.equal((await query('--format', 'shouts', '--option', 'mark=.', 'SELECT 1')).code, 2)
    const wrong = await query('--format', 'whispers', 'SELECT 1')
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /Formats: table, .*shouts, parquet/)
    const without = await query('--no-plugins', '--format', 'shouts', 'SELECT 1')
    assert.equal(without.code, 2)
  })

  test('a plugin that was asked for and does not load is the error of the call', async () => {
    const ill = writePlugin(join(home, 'ill'), { 'index.js': "throw new Error('fever')" }, 'ill')
    const { code, err } = await tusk(home, ['query', '--plugin', ill, 'SELECT 1'])
    assert.equal(code, 1)
    assert.match(err, /fever/)
    assert.match(
      (await tusk(home, ['query', '--plugin', join(home, 'nowhere'), 'SELECT 1'])).err,
      /is not a Tusk plugin/,
    )
  })

  test('nothing is left in the state directory but what the plugin keeps', () => {
    assert.deepEqual(readdirSync(join(home, 'tmp')), [])
    assert.deepEqual(readdirSync(join(home, 'plugins')).sort(), ['my-shop.db', 'my-shop.toml'])
  })
})

test('connections to a plugin’s engine are saved, tested and used while it is installed', async context => {
  const home = temporaryDirectory(context)
  const folder = writePlugin(
    join(temporaryDirectory(context), 'shop'),
    {
      'index.js': shop,
      'package.json': JSON.stringify({
        name: 'shop',
        version: '1.0.0',
        type: 'module',
        tusk: { plugin: './index.js' },
      }),
    },
    'shop',
  )
  const installed = await tusk(home, ['plugins', 'install', folder, '--yes'])
  assert.equal(installed.code, 0, installed.err)
  new DatabaseSync(join(home, 'sold.sqlite')).close()
  const added = await tusk(home, ['connections', 'add', 'Shop', `shop:${join(home, 'sold.sqlite')}`])
  assert.equal(added.code, 0, added.err)
  const tested = await tusk(home, ['connections', 'test', 'Shop'])
  assert.match(tested.out, /^Shop: /, tested.err)
  assert.match((await tusk(home, ['query', '-c', 'Shop', '--json', 'SELECT 1 AS one'])).out, /"one":1/)
  assert.equal((await tusk(home, ['query', 'FROM plugin_my_shop.items'])).code, 0)
})
