import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowKey } from '../../src/dialect/rows/row-key.ts'
import type { Connection } from '../../src/engine/connection.ts'
import type { TableDetails } from '../../src/engine/table-details.ts'
import { duckdbEngine } from '../../src/engines/duckdb/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/engine.ts'
import { sqliteEngine } from '../../src/engines/sqlite/engine.ts'
import { run } from '../contract/read-all.ts'
import { skipWithoutPostgres, startTestPostgres } from '../support/postgres.ts'

const postgresSetup = `
CREATE SCHEMA app;
CREATE TABLE app.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail text NOT NULL UNIQUE);
CREATE TABLE app."Odd ""orders""" (
  id int, part int, customer bigint REFERENCES app.customers ON DELETE CASCADE,
  price numeric(60,20) NOT NULL DEFAULT 1.5 CHECK (price > 0), twice numeric GENERATED ALWAYS AS (price * 2) STORED,
  note text, PRIMARY KEY (part, id));
CREATE TABLE app.lines (n int, part int, id int, FOREIGN KEY (part, id) REFERENCES app."Odd ""orders""" ON UPDATE CASCADE);
CREATE INDEX notes ON app."Odd ""orders""" (lower(note)) WHERE note <> '';
COMMENT ON TABLE app."Odd ""orders""" IS 'it''s what is bought';
COMMENT ON COLUMN app."Odd ""orders""".note IS 'free';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON app."Odd ""orders""" FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE ROLE reader;
GRANT SELECT ON app."Odd ""orders""" TO reader;
GRANT UPDATE (note) ON app."Odd ""orders""" TO reader;
CREATE VIEW app.cheap AS SELECT id FROM app."Odd ""orders""" WHERE price < 2`

const liteSetup = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE);
CREATE TABLE "Odd ""orders""" (
  id INTEGER, part INTEGER, customer INTEGER REFERENCES customers (id), price DECIMAL(20,4) NOT NULL DEFAULT 1.5 CHECK (price > 0),
  twice DECIMAL(20,4) GENERATED ALWAYS AS (price * 2), note TEXT, PRIMARY KEY (part, id));
CREATE TABLE lines (n INTEGER, part INTEGER, id INTEGER, FOREIGN KEY (part, id) REFERENCES "Odd ""orders""" (part, id));
CREATE INDEX notes ON "Odd ""orders""" (note);
CREATE VIEW cheap AS SELECT id FROM "Odd ""orders""" WHERE price < 2`

const sqliteTrigger = `CREATE TRIGGER touched AFTER UPDATE ON "Odd ""orders""" BEGIN SELECT 1; END`

async function details(connection: Connection, setup: string, schema: string): Promise<Record<string, TableDetails>> {
  for (const statement of setup.split(/;\n/)) await run(connection, statement)
  const of = async (name: string): Promise<TableDetails> => {
    const found = await connection.introspector.table?.({ schema, name })
    assert.ok(found)
    return found
  }
  await assert.rejects(of('gone'), { code: 'NOT_FOUND' })
  return {
    orders: await of('Odd "orders"'),
    customers: await of('customers'),
    lines: await of('lines'),
    view: await of('cheap'),
  }
}

/** What is the same in all databases. */
function same({ orders, customers, lines, view }: Record<string, TableDetails>, schema: string): void {
  assert.deepEqual(rowKey(orders!)?.columns, ['part', 'id'])
  assert.deepEqual(rowKey(customers!)?.columns, ['id'])
  assert.equal(rowKey(lines!), undefined)
  assert.deepEqual(
    customers!.keys.map(({ columns, primary }) => [columns.join(), primary]),
    [
      ['id', true],
      ['mail', false],
    ],
  )
  const column = (name: string) => orders!.columns.find(one => one.name === name)
  assert.match(column('price')?.default ?? '', /1\.5/)
  assert.ok(column('twice')?.generated, 'a generated column is known')
  assert.equal(column('twice')?.default, undefined)
  assert.equal(column('price')?.generated, undefined)
  assert.match(orders!.constraints.map(({ definition }) => definition).join(), /price.*>.*0/)
  assert.deepEqual(
    orders!.foreignKeys.map(({ columns, references }) => [
      columns,
      references.schema,
      references.name,
      references.columns,
    ]),
    [[['customer'], schema, 'customers', ['id']]],
  )
  assert.deepEqual(
    orders!.referencedBy.map(({ table, columns, references }) => [table.name, columns, references.columns]),
    [['lines', ['part', 'id'], ['part', 'id']]],
  )
  assert.ok(orders!.indexes.some(({ name, ofKey }) => name === 'notes' && ofKey !== true))
  assert.match(orders!.ddl, /CREATE TABLE[\s\S]*CREATE INDEX/)
  assert.match(view!.ddl, /CREATE VIEW/)
  assert.ok(view!.missing.keys)
}

test('PostgreSQL tells all of a table, and its DDL makes the same table again', {
  skip: skipWithoutPostgres(15),
}, async () => {
  await using server = await startTestPostgres(15)
  const { host, port, user } = server
  await using connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
  const all = await details(connection, postgresSetup, 'app')
  same(all, 'app')
  const { orders } = all
  assert.equal(orders!.comment, `it's what is bought`)
  assert.equal(orders!.foreignKeys[0]?.onDelete, 'CASCADE')
  assert.equal(orders!.referencedBy[0]?.onUpdate, 'CASCADE')
  assert.deepEqual(
    orders!.triggers.map(({ name, enabled }) => [name, enabled]),
    [['touched', true]],
  )
  assert.deepEqual(
    orders!.grants.filter(({ grantee }) => grantee === 'reader').map(({ privileges, column }) => [privileges, column]),
    [
      [['SELECT'], null],
      [['UPDATE'], 'note'],
    ],
  )
  assert.ok(orders!.bytes && orders!.bytes.indexes > 0)
  assert.deepEqual(orders!.may, { insert: true, update: true, delete: true })
  assert.equal(all.customers!.columns[0]?.identity, 'always')
  await run(connection, 'SET ROLE reader')
  // Drop what points here, make the table from its text, and compare what is told of it.
  await run(connection, 'RESET ROLE')
  await run(connection, 'DROP VIEW app.cheap')
  await run(connection, 'DROP TABLE app.lines')
  await run(connection, 'DROP TABLE app."Odd ""orders"""')
  for (const { text } of postgresEngine.dialect.split(orders!.ddl)) await run(connection, text)
  const again = await connection.introspector.table!({ schema: 'app', name: 'Odd "orders"' })
  const told = ({ columns, keys, constraints, foreignKeys, triggers, ddl, comment }: TableDetails) => ({
    columns,
    keys,
    constraints,
    foreignKeys,
    triggers,
    ddl,
    comment,
  })
  assert.deepEqual(told(again), told(orders!))
})

test('DuckDB tells what it knows of a table and says what it has not', async () => {
  await using connection = await duckdbEngine.open({ path: ':memory:' })
  const all = await details(connection, liteSetup, 'main')
  same(all, 'main')
  assert.ok(all.orders!.missing.triggers)
  assert.ok(all.orders!.missing.grants)
})

test('SQLite tells what it knows of a table and says what it has not', async () => {
  await using connection = await sqliteEngine.open({ path: ':memory:' })
  const all = await details(connection, `${liteSetup};\n${sqliteTrigger}`, 'main')
  same(all, 'main')
  assert.deepEqual(
    all.orders!.triggers.map(({ name }) => name),
    ['touched'],
  )
  assert.match(all.orders!.ddl, /CREATE TRIGGER/)
  assert.ok(all.orders!.missing.grants)
})
