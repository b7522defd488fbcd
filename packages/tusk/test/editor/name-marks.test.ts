import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { duckdbRules } from '../../src/dialect/duckdb.ts'
import { postgresRules } from '../../src/dialect/postgres.ts'
import { sqliteLexicalRules } from '../../src/dialect/sqlite.ts'
import { SchemaIndex } from '../../src/ui/web/editor/completion/schema-index.ts'
import { editorDialect } from '../../src/ui/web/editor/editor-dialect.ts'
import { madeNames, nameMarks } from '../../src/ui/web/editor/marks/name-marks.ts'
import { openEnds } from '../../src/ui/web/editor/marks/open-ends.ts'

const columns = (text: string) => text.split(' ').map(name => ({ name, type: 'integer' }))
const index = new SchemaIndex(
  [
    { schema: 'public', name: 'orders', kind: 'table' },
    { schema: 'public', name: 'customers', kind: 'table' },
    { schema: 'public', name: 'unread', kind: 'view' },
    { schema: 'sales', name: 'regions', kind: 'view' },
  ],
  ['public'],
  {
    'public.orders': columns('id customer_id total placed_at'),
    'public.customers': columns('id name Mixed'),
    'sales.regions': columns('region'),
  },
)

function marks(statement: string, engine: string, script = statement): readonly string[] {
  const facts = { dialect: editorDialect(engine), index }
  return nameMarks(statement, facts, madeNames(script)).map(
    ({ from, to, message }) => `${statement.slice(from, to)}: ${message}`,
  )
}

const wrong: readonly (readonly [statement: string, ...marks: string[]])[] = [
  ['select * from ordrs', 'ordrs: There is no table “ordrs”. Is it “orders”?'],
  ['select * from public.ordrs o', 'ordrs: There is no table “public.ordrs”. Is it “orders”?'],
  ['select * from nowhere_at_all', 'nowhere_at_all: There is no table “nowhere_at_all”.'],
  ['select 1 from orders join customer c on true', 'customer: There is no table “customer”. Is it “customers”?'],
  ['select o.totl from orders o', 'totl: “orders” has no column “totl”. Is it “total”?'],
  ['select orders.totl from orders', 'totl: “orders” has no column “totl”. Is it “total”?'],
  ['update ordrs set total = 1', 'ordrs: There is no table “ordrs”. Is it “orders”?'],
  ['insert into ordrs (id) values (1)', 'ordrs: There is no table “ordrs”. Is it “orders”?'],
  ['delete from orders o where o.idd = 1', 'idd: “orders” has no column “idd”. Is it “id”?'],
  ['select totl from orders', 'totl: No table here has a column “totl”. Is it “total”?'],
  [
    'select id, totl, name from orders where totall > 3',
    'totl: No table here has a column “totl”. Is it “total”?',
    'name: No table here has a column “name”.',
    'totall: No table here has a column “totall”. Is it “total”?',
  ],
  ['select id from orders order by totl desc', 'totl: No table here has a column “totl”. Is it “total”?'],
  ['update orders set totl = 1', 'totl: No table here has a column “totl”. Is it “total”?'],
  ['with a as (select * from ordrs) select * from a', 'ordrs: There is no table “ordrs”. Is it “orders”?'],
  ['with recent as (select 1) select * from recnt', 'recnt: There is no table “recnt”. Is it “recent”?'],
  [
    'select * from orders o where exists (select 1 from customers c where c.id = o.custmer_id)',
    'custmer_id: “orders” has no column “custmer_id”. Is it “customer_id”?',
  ],
  ['select id from orders union select idd from customers', 'idd: No table here has a column “idd”. Is it “id”?'],
]

/** Nothing is wrong in these, or nothing can be known. */
const right = `
  select * from orders
  select * from Orders
  select o.id, c.name, "c"."Mixed" from orders o join customers c on c.id = o.customer_id
  select count(*) as n, sum(total) t from orders group by customer_id having count(*) > 1 order by n, t desc
  select date_trunc('month', placed_at) as month, count(*) from orders group by month order by month
  select extract(year from placed_at) from orders
  select trim(both from name), substring(name from 2 for 3) from customers
  select * from orders where id is distinct from total
  select * from orders where id is not distinct from total
  with a as (select id as n from orders) select n, a.n from a
  with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select * from r
  with a(x, y) as (values (1, 2)) select x, y from a
  with gone as (delete from orders returning id) select * from gone
  select s.n from (select count(*) as n from orders) s
  select g, generate_series from generate_series(1, 3) g
  select * from unnest(array[1, 2]) as u(x) where x > 1
  select x from json_each('{}') as j(x)
  select * from read_csv('a.csv', header = true) where whatever > 1
  select * from 'a.parquet'
  select * from "folder/a.csv" where anything = 1
  select * from other_database.main.things
  select * from unknown_schema.things t where t.x = 1
  select * from pg_stat_activity where state = 'active'
  select * from information_schema.tables where table_name = 'x'
  select * from pg_catalog.pg_class
  select name from sqlite_master
  select * from duckdb_tables()
  select * from unread where whatever = 1
  select u.whatever from unread u
  select ctid, o.xmin from orders o
  select rowid from orders
  select o from orders o
  select current_user, current_date, user from orders
  select case when total > 1 then id else customer_id end as x from orders
  select total::numeric(10, 2), cast(id as text) from orders
  select * from orders where placed_at > now() - interval '1 month' and placed_at < current_date
  select * from orders where placed_at between date '2026-01-01' and timestamp '2026-02-01 00:00'
  select id, row_number() over (partition by customer_id order by total desc rows between 1 preceding and current row) as r from orders
  select sum(total) over w from orders window w as (partition by customer_id)
  select * from orders o, lateral (select name from customers c where c.id = o.customer_id) l
  select l.anything from orders o left join lateral jsonb_to_record('{}') as l(anything int) on true
  insert into orders (id, total) select id, 1 from customers on conflict (id) do update set total = excluded.total
  insert into orders values (1, 2, 3, now()) returning id, total
  update orders set total = c.id from customers c where c.id = customer_id
  update orders as o set total = 1 where o.id = 2
  delete from orders using customers c where c.id = customer_id
  select :name, $1, {{since}} from orders where id = :id
  select * from orders for update of orders skip locked
  select distinct on (customer_id) customer_id, total from orders
  select id from orders where id in (select customer_id from orders where customer_id = id)
  select id from orders order by total nulls last limit 10 offset 5
  select id as a, a + 1 as b from orders
  select id from orders where name_of(total) = 1
  select "quoted text" from orders
  select * exclude (total) from orders
  select * replace (total + 1 as total) from orders
  from orders select id where total > 1
  from orders
  select list_transform([1], x -> x + 1) from orders
  select {'a': id} as s, s.a from orders
  select * from (orders join customers c on true)
  select (select max(id) from customers) as m from orders
  pivot orders on customer_id using sum(total)
  select * from orders pivot (sum(total) for customer_id in (1, 2))
  select * from @my_result where anything = 1
  select r.anything from @my_result r
  create table things (a int references other (b))
  explain select * from nowhere
  drop table nowhere
  grant select on nowhere to someone
  copy nowhere to 'x.csv'
  call nowhere()
  this is no sql at all
  select from where
  select
`
  .trim()
  .split('\n')
  .map(line => line.trim())

suite('unknown names', () => {
  for (const engine of ['postgres', 'duckdb', 'sqlite']) {
    for (const [statement, ...expected] of wrong)
      test(`${engine}: ${statement}`, () => assert.deepEqual(marks(statement, engine), expected))
    for (const statement of right)
      test(`${engine}: nothing is said of ${statement}`, () => assert.deepEqual(marks(statement, engine), []))
  }

  test('what the script creates is there', () => {
    for (const script of [
      'create temp table mine as select 1 as x; select x, mine.x from mine',
      'CREATE TEMPORARY VIEW "mine" AS SELECT 1; select whatever from mine',
      'create or replace view main.mine as select 1; select * from mine',
      'create unlogged table if not exists mine (a int); insert into mine (b) values (1)',
      'select 1 as x into temp mine; select x from mine',
      `attach 'a.db' as mine; select * from mine.things`,
      'alter table orders rename to mine; select * from mine',
      'create macro mine(a) as a; select * from mine',
    ])
      assert.deepEqual(marks(script.split('; ')[1]!, 'postgres', script), [], script)
    assert.equal(marks('select * from mine', 'postgres', 'select * from mine').length, 1)
  })

  test('without a schema nothing is said', () => {
    const dialect = editorDialect('postgres')
    assert.deepEqual(nameMarks('select x.y from nowhere x', { dialect, index: SchemaIndex.empty }, new Set()), [])
    // Tables are there before their columns are.
    const early = new SchemaIndex([{ schema: 'public', name: 'orders', kind: 'table' }], ['public'])
    assert.deepEqual(nameMarks('select o.x, y from orders o', { dialect, index: early }, new Set()), [])
  })
})

test('quotes, comments and brackets that are open', () => {
  const ends = (text: string, rules = postgresRules) =>
    openEnds(text, rules).map(({ from, to, message }) => `${from}–${to} ${message}`)
  assert.deepEqual(ends("select 'abc"), ["7–8 The text behind ' is never closed"])
  assert.deepEqual(ends('select "abc'), ['7–8 The name behind " is never closed'])
  assert.deepEqual(ends('select $body$ abc'), ['7–13 The text behind $body$ is never closed'])
  assert.deepEqual(ends('select 1 /* abc'), ['9–11 This comment is never closed: /* … */'])
  assert.deepEqual(ends('select (1 + (2)'), ['7–8 This ( is never closed'])
  assert.deepEqual(ends('select 1)'), ['8–9 Nothing opens this )'])
  assert.deepEqual(ends('select (array[1)'), ['15–16 This ) meets a [: a ] is missing', '7–8 This ( is never closed'])
  for (const [text, rules] of [
    [`select '(', "]", $$ ' ( $$, E'\\'(' -- (\n, array[1] /* ( */`, postgresRules],
    [`select {'a': [1, 2]}, x[1:2]`, duckdbRules],
    ['select [odd (name], `another [`', sqliteLexicalRules],
  ] as const)
    assert.deepEqual(ends(text, rules), [], text)
})
