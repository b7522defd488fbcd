import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { localActor as actor } from '../../src/auth/actor.ts'
import { TuskError } from '../../src/errors.ts'
import type { OpenTusk } from '../../src/tusk.ts'
import { openTestTusk } from '../support/open-test-tusk.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function withConnection(
  t: TestContext,
  environment: string,
): Promise<{ open: OpenTusk; id: string; file: string }> {
  const open = await openTestTusk(t)
  const file = join(temporaryDirectory(t), 'shop.db')
  const database = new DatabaseSync(file)
  database.exec('CREATE TABLE orders (id INTEGER); INSERT INTO orders VALUES (1), (2)')
  database.close()
  const { id } = await open.connections.create(actor, {
    name: 'Shop',
    engine: 'sqlite',
    config: { path: file },
    environment,
  })
  return { open, id, file }
}

const count = (file: string): unknown => {
  using database = new DatabaseSync(file)
  return database.prepare('SELECT count(*) AS orders FROM orders').get()?.orders
}

test('on production nothing of a script runs before what it would lose is confirmed; each loss is named', async t => {
  const { open, id, file } = await withConnection(t, 'production')
  const script = 'INSERT INTO orders VALUES (3); DELETE FROM orders; SELECT 1; DROP TABLE orders'
  await assert.rejects(open.tusk.runs.start(actor, { connectionId: id, sql: script }), (error: unknown) => {
    assert.ok(error instanceof TuskError)
    assert.equal(error.code, 'CONFIRMATION_NEEDED')
    assert.equal(error.status, 428)
    assert.match(error.message, /Shop/)
    assert.equal(error.detail, 'Every row of orders is deleted: there is no WHERE.\nThe table orders is dropped.')
    return true
  })
  assert.deepEqual(open.tusk.runs.list(actor), [])
  assert.equal(count(file), 2)
  // Code inside of Tusk and plugins come by the same door.
  await assert.rejects(open.tusk.run(actor, { connectionId: id, sql: 'DELETE FROM orders' }), {
    code: 'CONFIRMATION_NEEDED',
  })
  assert.equal(count(file), 2)
  await (await open.tusk.run(actor, { connectionId: id, sql: 'DELETE FROM orders WHERE id = 1' })).done
  assert.equal(count(file), 1)
  const { id: run } = await open.tusk.runs.start(actor, {
    connectionId: id,
    sql: 'DELETE FROM orders',
    confirmed: true,
  })
  for await (const _ of open.tusk.runs.events(actor, run, AbortSignal.timeout(60_000)));
  assert.equal(count(file), 0)
})

test('other environments ask nothing; the mark is kept, changed and removed with the connection', async t => {
  const { open, id, file } = await withConnection(t, 'test')
  const { name, engine, config } = open.connections.get(actor, id)
  assert.equal(open.connections.get(actor, id).environment, 'test')
  await (await open.tusk.run(actor, { connectionId: id, sql: 'DELETE FROM orders' })).done
  assert.equal(count(file), 0)
  await open.connections.update(actor, id, { name, engine, config })
  assert.equal(open.connections.resolve(actor, id).environment, 'test')
  await open.connections.update(actor, id, { name, engine, config, environment: 'production' })
  assert.equal(open.connections.resolve(actor, id).environment, 'production')
  await assert.rejects(open.tusk.run(actor, { connectionId: id, sql: 'DROP TABLE orders' }), {
    code: 'CONFIRMATION_NEEDED',
  })
  await open.connections.update(actor, id, { name, engine, config, environment: '' })
  assert.equal(open.connections.get(actor, id).environment ?? '', '')
})
