import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Connection } from '../../../src/engine/connection.ts'
import { postgresEngine } from '../../../src/engines/postgres/engine.ts'
import { run } from '../../contract/index.ts'
import { skipWithoutPostgres, startTestPostgres, type TestPostgres } from '../../support/postgres.ts'

for (const version of [15, 18] as const) {
  describe(`the catalog of PostgreSQL ${version}`, { skip: skipWithoutPostgres(version) }, () => {
    let server: TestPostgres
    let connection: Connection
    before(async () => {
      server = await startTestPostgres(version)
      const { host, port, user } = server
      connection = await postgresEngine.open({ host, port, user, database: 'postgres' })
      for (const statement of setup) await run(connection, statement)
    })
    after(async () => {
      await connection?.[Symbol.asyncDispose]()
      await server?.stop()
    })

    test('lists every kind of relation, with estimates and comments', async () => {
      const relations = (await connection.introspector.relations()).filter(({ schema }) => schema === 'app')
      assert.deepEqual(
        relations.map(({ name, kind, rowEstimate, comment }) => [name, kind, rowEstimate, comment]),
        [
          ['Odd "name"', 'table', undefined, undefined],
          ['counted', 'materialized view', 2, undefined],
          ['customers', 'table', 2, 'who buys'],
          ['customers_view', 'view', undefined, undefined],
          ['far', 'foreign table', undefined, undefined],
          ['orders', 'partitioned table', undefined, undefined],
          ['orders_2026', 'table', undefined, undefined],
        ],
      )
    })

    test('marks what belongs to the system', async () => {
      const relations = await connection.introspector.relations()
      assert.equal(relations.find(({ name }) => name === 'pg_class')?.system, true)
      assert.equal(relations.find(({ name }) => name === 'customers')?.system, undefined)
      assert.ok(!relations.some(({ schema }) => schema.startsWith('pg_toast')))
    })

    test('describes columns with keys, defaults and comments', async () => {
      assert.deepEqual(await connection.introspector.columns({ schema: 'app', name: 'orders' }), [
        { name: 'id', type: 'bigint', nullable: false, default: 'identity', primaryKey: true },
        { name: 'day', type: 'date', nullable: false, primaryKey: true },
        {
          name: 'customer',
          type: 'integer',
          nullable: true,
          references: { schema: 'app', name: 'customers', column: 'id' },
          comment: 'who',
        },
        { name: 'total', type: 'numeric(10,2)', nullable: true, default: '0' },
      ])
      const odd = await connection.introspector.columns({ schema: 'app', name: 'Odd "name"' })
      assert.deepEqual(odd, [{ name: 'a b', type: 'text[]', nullable: true }])
    })

    test('gives the columns of all for completion, no more than asked for', async () => {
      const all = await connection.introspector.allColumns(100)
      assert.deepEqual(
        all.get('app.customers')?.map(({ name }) => name),
        ['id', 'name'],
      )
      assert.equal(all.has('pg_catalog.pg_class'), false)
      const few = await connection.introspector.allColumns(3)
      assert.equal([...few.values()].flat().length, 3)
    })

    test('knows where unqualified names are looked up', async () => {
      const { host, port, user } = server
      await using other = await postgresEngine.open({
        host,
        port,
        user,
        database: 'postgres',
        search_path: 'app, public, nowhere',
      })
      assert.deepEqual(await other.introspector.searchPath(), ['app', 'public'])
      assert.deepEqual(await connection.introspector.searchPath(), ['public'])
    })

    test('executes nothing of a user, and answers in a failed transaction', async () => {
      await run(connection, 'begin')
      await assert.rejects(run(connection, 'select nonsense'))
      assert.ok((await connection.introspector.relations()).length > 0)
      await run(connection, 'rollback')
      assert.deepEqual((await run(connection, 'select count(*) from public.calls')).rows, [['0']])
    })

    test('5,000 tables come in one answer', async () => {
      await run(connection, 'create schema many')
      await run(
        connection,
        `do $$ begin for i in 1..5000 loop execute format('create table many.%I (id int)', 't' || i);
        if i % 1000 = 0 then commit; end if; end loop; end $$`,
      )
      const relations = await connection.introspector.relations()
      assert.equal(relations.filter(({ schema }) => schema === 'many').length, 5000)
    })
  })
}

const setup = [
  'create schema app',
  'create table app.customers (id int primary key, name text not null)',
  "comment on table app.customers is 'who buys'",
  "insert into app.customers values (1, 'a'), (2, 'b')",
  'create table app.orders (id bigint generated always as identity, day date not null, customer int references app.customers, total numeric(10,2) default 0, primary key (id, day)) partition by range (day)',
  "comment on column app.orders.customer is 'who'",
  "create table app.orders_2026 partition of app.orders for values from ('2026-01-01') to ('2027-01-01')",
  'create view app.customers_view as select * from app.customers',
  'create materialized view app.counted as select * from app.customers',
  'create table app."Odd ""name""" ("a b" text[])',
  'create foreign data wrapper nowhere',
  'create server nowhere foreign data wrapper nowhere',
  'create foreign table app.far (a int) server nowhere',
  'create table public.calls (a int)',
  // A trap: an operator and a function that a careless catalog query would run.
  `create function public.trap(name, text) returns boolean language plpgsql as
    $$ begin insert into public.calls values (1); return true; end $$`,
  'create operator public.= (leftarg = name, rightarg = text, function = public.trap)',
  'analyze app.customers',
  'analyze app.counted',
]
