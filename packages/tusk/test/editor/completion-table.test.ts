import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type Completion, CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { type CompletionFacts, sqlCompletion, useKey } from '../../src/ui/web/editor/completion/completion-source.ts'
import { SchemaIndex } from '../../src/ui/web/editor/completion/schema-index.ts'
import { CompletionUses } from '../../src/ui/web/editor/completion/uses.ts'
import { editorDialect } from '../../src/ui/web/editor/editor-dialect.ts'
import { scriptDialect, scriptStatements } from '../../src/ui/web/editor/statements.ts'

const columns = (text: string) => text.split(' ').map(name => ({ name, type: 'integer' }))
const index = new SchemaIndex(
  [
    { schema: 'public', name: 'orders', kind: 'table' },
    { schema: 'public', name: 'customers', kind: 'table' },
    { schema: 'public', name: 'recent_orders', kind: 'view' },
    { schema: 'sales', name: 'regions', kind: 'table' },
  ],
  ['public'],
  {
    'public.orders': [
      { name: 'id', type: 'bigint' },
      {
        name: 'customer_id',
        type: 'bigint',
        references: { schema: 'public', name: 'customers', column: 'customer_id' },
      },
      { name: 'total', type: 'numeric' },
    ],
    'public.customers': columns('customer_id name'),
    'public.recent_orders': columns('id day'),
    'sales.regions': columns('region'),
  },
)
const results = [
  { name: 'orders_pg', columns: columns('order_no amount') },
  { name: 'clicks', columns: columns('order_no url') },
]

async function complete(
  marked: string,
  engine: string,
  facts: Partial<CompletionFacts> = {},
): Promise<readonly Completion[]> {
  const dialect = editorDialect(engine)
  const at = marked.indexOf('|')
  const state = EditorState.create({
    doc: marked.replace('|', ''),
    extensions: [scriptDialect.of(dialect.sql), scriptStatements],
  })
  const found = await sqlCompletion(() => ({ dialect, index, results, ...facts }))(
    new CompletionContext(state, at, true),
  )
  // As the list is sorted when nothing is typed.
  return (found?.options ?? []).toSorted((one, other) => (other.boost ?? 0) - (one.boost ?? 0))
}

const named = (option: Completion): string => option.displayLabel ?? option.label

/** Text with the cursor `|` → what comes first, in order; names behind `!` are not offered at all. */
const everywhere: readonly (readonly [marked: string, first: string, not?: string])[] = [
  // Schemas, tables and views.
  ['select * from |', 'orders customers recent_orders', 'sales.regions id'],
  ['select * from sales.|', 'regions', 'orders'],
  ['select * from orders o join |', 'orders customers recent_orders'],
  ['update |', 'orders customers'],
  ['insert into |', 'orders customers'],
  ['delete from |', 'orders'],
  // Columns: bare, of each alias, of SET, of INSERT.
  ['select | from orders', 'id customer_id total', 'name'],
  ['select | from orders o join customers c on true', 'id o.customer_id total c.customer_id name'],
  ['select o.id, c.| from orders o join customers c on true', 'customer_id name', 'total'],
  ['select o.| from orders o join customers c on true', 'id customer_id total', 'name'],
  ['update orders set |', 'id customer_id total', 'name'],
  ['update orders set total = 1, |', 'id customer_id total'],
  ['update orders set total = | where id = 1', 'id customer_id total'],
  ['insert into orders (|', 'id customer_id total', 'name'],
  ['insert into orders (id, |) values (1, 2)', 'customer_id total', 'id'],
  ['insert into orders (id) values (1) on conflict (|) do nothing', 'id customer_id total'],
  ['insert into orders (id) values (1) on conflict (id) do update set total = excluded.|', 'id customer_id total'],
  ['select id from orders where total > 1 and |', 'id customer_id total'],
  ['select count(*) from orders group by |', 'id customer_id total'],
  ['select id from orders order by total, |', 'id customer_id total'],
  ['select sum(|) from orders', 'id customer_id total'],
  ['select case when | then 1 end from orders', 'id customer_id total'],
  ['select public.orders.| from public.orders', 'id customer_id total'],
  // Common table expressions and sub-selects.
  ['with a as (select id, total as amount from orders) select | from a', 'id amount', 'customer_id'],
  ['with a as (select * from orders) select a.| from a', 'id customer_id total'],
  ['with a as (select 1 as x), b as (select x + 1 as y from a) select | from b', 'y', 'x'],
  ['with a as (select 1 as x), b as (select | from a) select 1', 'x'],
  ['with recursive r(n) as (select 1 union all select | from r) select * from r', 'n'],
  ['with gone as (delete from orders returning id, total) select | from gone', 'id total', 'customer_id'],
  ['with a as (select 1) select * from |', 'a orders'],
  ['select | from (select name, customer_id as c from customers) s', 'name c', 'customer_id'],
  ['select s.| from (select * from orders where id > 1) as s', 'id customer_id total'],
  ['select (select | from customers c where c.customer_id = o.customer_id) from orders o', 'c.customer_id name'],
  ['select * from orders o where exists (select 1 from customers c where c.customer_id = o.|)', 'id customer_id total'],
  // Conditions of joins.
  ['select * from orders o join customers c on |', 'o.customer_id = c.customer_id'],
  ['select * from orders o join customers c using (|)', 'customer_id', 'total name'],
  // Behind a table: clauses.
  ['select * from orders |', '', 'id total customers'],
]

suite('completion, as a table', () => {
  for (const engine of ['postgres', 'duckdb', 'sqlite'])
    for (const [marked, first, not = ''] of everywhere)
      test(`${engine}: ${marked}`, async () => {
        const found = (await complete(marked, engine)).map(named)
        const wanted = first.includes(' = ') ? [first] : first.split(' ').filter(Boolean)
        assert.deepEqual(found.slice(0, wanted.length), wanted)
        for (const name of not.split(' ').filter(Boolean)) assert.ok(!found.includes(name), `${name} is offered`)
      })

  const some: readonly (readonly [engine: string, marked: string, offered: string, not?: string])[] = [
    // Keywords by dialect.
    ['postgres', 'select * from orders |', 'where,for update,fetch first', 'qualify,glob'],
    ['duckdb', 'select * from orders |', 'where,qualify,asof join', 'for update,glob'],
    ['sqlite', 'select * from orders |', 'where,glob,indexed by', 'qualify,for update'],
    ['postgres', '|', 'select,refresh materialized view', 'pragma'],
    ['duckdb', '|', 'select,pragma,summarize', 'refresh materialized view'],
    ['sqlite', '|', 'select,pragma', 'summarize'],
    // Functions of the dialect.
    ['postgres', 'select | from orders', 'date_trunc,jsonb_set', 'strptime,group_concat'],
    ['duckdb', 'select | from orders', 'date_trunc,strptime', 'jsonb_set,group_concat'],
    ['sqlite', 'select | from orders', 'strftime,group_concat', 'date_trunc'],
    // Results that have a name: in DuckDB only.
    ['duckdb', 'select * from |', '@orders_pg,@clicks,orders'],
    ['duckdb', 'select * from @|', '@orders_pg,@clicks', 'orders'],
    ['duckdb', 'select * from orders, @|', '@orders_pg,@clicks', 'orders'],
    ['duckdb', 'select * from @orders_pg join @cl|', '@orders_pg,@clicks'],
    ['duckdb', 'select | from @orders_pg', 'order_no,amount', 'url,id'],
    ['duckdb', 'select o.| from @orders_pg as o', 'order_no,amount', 'url'],
    ['duckdb', 'select * from @orders_pg join @clicks using (|)', 'order_no', 'url,amount'],
    ['duckdb', 'select orders_pg.| from @orders_pg', 'order_no,amount'],
    ['postgres', 'select * from |', 'orders', '@orders_pg'],
    ['sqlite', 'select * from |', 'orders', '@orders_pg'],
    ['postgres', 'select @| from orders', 'total', '@orders_pg'],
  ]
  for (const [engine, marked, offered, not = ''] of some)
    test(`${engine}: ${marked} (some)`, async () => {
      const found = (await complete(marked, engine)).map(named)
      for (const name of offered.split(',')) assert.ok(found.includes(name), `${name} is not offered`)
      for (const name of not.split(',').filter(Boolean)) assert.ok(!found.includes(name), `${name} is offered`)
    })
})

test('functions show their arguments, as the dialect takes them', async () => {
  const detail = async (engine: string, name: string) =>
    (await complete('select |', engine)).find(({ label, type }) => label === name && type === 'function')?.detail
  assert.equal(await detail('postgres', 'date_trunc'), '(field, timestamp, zone)')
  assert.equal(await detail('duckdb', 'date_trunc'), '(part, source)')
  assert.equal(await detail('sqlite', 'strftime'), '(format, time, modifier, …)')
  assert.equal(await detail('duckdb', 'strftime'), '(timestamp, format)')
  assert.equal(await detail('postgres', 'row_number'), '() over (…)')
})

test('@ is completed with its sign, in place of what is typed', async () => {
  const dialect = editorDialect('duckdb')
  const text = 'select * from @ord'
  const state = EditorState.create({ doc: text, extensions: [scriptDialect.of(dialect.sql), scriptStatements] })
  const found = await sqlCompletion(() => ({ dialect, index, results }))(
    new CompletionContext(state, text.length, false),
  )
  assert.equal(found?.from, text.indexOf('@'))
  assert.deepEqual(
    found?.options.map(({ label }) => label),
    ['@orders_pg', '@clicks'],
  )
})

test('what was taken often or lately comes first, and that fades', async () => {
  let now = Date.UTC(2026, 0, 1)
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const uses = new CompletionUses(storage, 'uses', () => now)
  const first = async (marked = 'select | from orders') => named((await complete(marked, 'postgres', { uses }))[0]!)
  assert.equal(await first(), 'id')
  const total = (await complete('select | from orders', 'postgres')).find(({ label }) => label === 'total')!
  uses.took(useKey(total))
  assert.equal(await first(), 'total')
  const customer = (await complete('select | from orders', 'postgres')).find(({ label }) => label === 'customer_id')!
  for (let times = 0; times < 4; times++) uses.took(useKey(customer))
  assert.equal(await first(), 'customer_id')
  // Of a table too, but a column is not raised above the condition of a foreign key.
  uses.took('view recent_orders')
  assert.equal(await first('select * from |'), 'recent_orders')
  assert.equal(await first('select * from orders o join customers c on |'), 'o.customer_id = c.customer_id')
  // Another page knows of it; after half a year it is forgotten as far as one can tell.
  assert.ok(new CompletionUses(storage, 'uses', () => now).bonus(useKey(customer)) > 15)
  now += 180 * 24 * 3_600_000
  assert.ok(new CompletionUses(storage, 'uses', () => now).bonus(useKey(customer)) < 0.1)
  for (const damaged of ['{', '{"a":1}', '[null, {"key": 1}]']) {
    kept.set('uses', damaged)
    assert.equal(new CompletionUses(storage, 'uses').bonus('column id'), 0)
  }
})
