import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { sqlCompletion } from '../../src/ui/web/editor/completion/completion-source.ts'
import { SchemaIndex } from '../../src/ui/web/editor/completion/schema-index.ts'
import { editorDialect } from '../../src/ui/web/editor/editor-dialect.ts'
import { scriptDialect, scriptStatements } from '../../src/ui/web/editor/statements.ts'

const column = (name: string, type = 'integer') => ({ name, type })
const index = new SchemaIndex(
  [
    { schema: 'public', name: 'orders', kind: 'table' },
    { schema: 'public', name: 'customers', kind: 'table' },
    { schema: 'public', name: 'Odd Name', kind: 'table' },
    { schema: 'sales', name: 'regions', kind: 'view' },
    { schema: 'sales', name: 'orders', kind: 'table' },
    { schema: 'pg_catalog', name: 'pg_class', kind: 'table', system: true },
  ],
  ['public'],
  {
    'public.orders': [column('id'), column('customer_id'), column('total', 'numeric')],
    'public.customers': [column('id'), column('name', 'text'), column('Mixed', 'text')],
    'public.Odd Name': [column('x')],
    'sales.regions': [column('region', 'text')],
    'sales.orders': [column('legacy_id')],
  },
)

async function complete(marked: string, engine = 'postgres', explicit = true): Promise<CompletionResult | null> {
  const dialect = editorDialect(engine)
  const pos = marked.indexOf('|')
  const state = EditorState.create({
    doc: marked.replace('|', ''),
    extensions: [scriptDialect.of(dialect.sql), scriptStatements],
  })
  return sqlCompletion(() => ({ dialect, index }))(new CompletionContext(state, pos, explicit))
}

async function labels(marked: string, ...types: readonly string[]): Promise<readonly string[]> {
  const result = await complete(marked)
  const options = result?.options ?? []
  return options.filter(option => types.includes(option.type ?? '')).map(option => option.displayLabel ?? option.label)
}

async function applied(marked: string, label: string): Promise<unknown> {
  const result = await complete(marked)
  return result?.options.find(option => (option.displayLabel ?? option.label) === label)?.apply
}

test('bare columns of the tables that the statement reads', async () => {
  assert.deepEqual(await labels('select | from orders', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('select * from orders where to|', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('select * from sales.orders order by |', 'column'), ['legacy_id'])
  assert.deepEqual(await labels('update orders set |', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('delete from orders where |', 'column'), ['id', 'customer_id', 'total'])
})

test('a column that two tables have is written with its table', async () => {
  const found = await labels('select | from orders o join customers c on true', 'column')
  assert.deepEqual(found, ['o.id', 'customer_id', 'total', 'c.id', 'name', 'Mixed'])
  assert.equal(await applied('select | from orders o join customers c on true', 'o.id'), 'o.id')
})

test('columns behind an alias, a table or a schema', async () => {
  assert.deepEqual(await labels('select o.| from orders as o', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('select orders.| from orders', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('select * from sales.|', 'view', 'table'), ['regions', 'orders'])
  assert.deepEqual(await labels('select "o".to| from orders "o"', 'column'), ['id', 'customer_id', 'total'])
})

test('in INSERT the columns that are not named yet', async () => {
  assert.deepEqual(await labels('insert into orders (|', 'column'), ['id', 'customer_id', 'total'])
  assert.deepEqual(await labels('insert into orders (id, |) values (1)', 'column'), ['customer_id', 'total'])
})

test('common table expressions: their names and their columns', async () => {
  const cte = 'with recent as (select id, total as amount, count(*) from orders group by 1, 2)'
  assert.deepEqual(await labels(`${cte} select | from recent`, 'column'), ['id', 'amount', 'count'])
  assert.ok((await labels(`${cte} select * from |`, 'expression')).includes('recent'))
  assert.deepEqual(await labels(`with a(x, y) as (select 1, 2), b as (select * from a) select b.| from b`, 'column'), [
    'x',
    'y',
  ])
})

test('sub-selects give their columns, and inside them the outer query is seen too', async () => {
  assert.deepEqual(await labels('select s.| from (select id, name n from customers) s', 'column'), ['id', 'n'])
  assert.deepEqual(
    await labels('select * from orders o where exists (select 1 from customers c where c.id = o.|)', 'column'),
    ['id', 'customer_id', 'total'],
  )
})

test('each part of a UNION has its own tables', async () => {
  assert.deepEqual(await labels('select id from orders union select | from sales.regions', 'column'), ['region'])
})

test('tables after FROM and JOIN, those outside the search path with their schema, system ones not', async () => {
  assert.deepEqual(await labels('select * from |', 'table', 'view'), [
    'orders',
    'customers',
    'Odd Name',
    'regions',
    'orders',
  ])
  assert.equal(await applied('select * from |', 'regions'), 'sales.regions')
  assert.equal(await applied('select * from |', 'Odd Name'), '"Odd Name"')
  assert.deepEqual(await labels('select * from orders o, |', 'schema'), ['public', 'sales', 'pg_catalog'])
})

test('behind a table come clauses, not columns', async () => {
  assert.deepEqual(await labels('select * from orders |', 'column', 'table'), [])
  assert.ok((await labels('select * from orders |', 'keyword')).includes('where'))
})

test('FROM inside a function or IS DISTINCT FROM is no table list', async () => {
  assert.deepEqual(await labels('select extract(year from |) from orders', 'column'), [])
  assert.deepEqual(await labels('select * from orders where id is distinct from |', 'column'), [
    'id',
    'customer_id',
    'total',
  ])
})

test('names are quoted by the dialect', async () => {
  assert.equal(await applied('select c.| from customers c', 'Mixed'), '"Mixed"')
  const open = await complete('select c."Mi| from customers c')
  assert.equal(open?.from, 'select c.'.length)
  assert.equal(open?.options.find(option => option.displayLabel === 'Mixed')?.apply, '"Mixed"')
  assert.equal((await complete('select c."Mi|" from customers c'))?.to, 'select c."Mi"'.length)
})

test('DuckDB reads FROM first', async () => {
  const result = await complete('from orders select |', 'duckdb')
  assert.ok(result?.options.some(option => option.label === 'total'))
})

test('nothing inside texts, comments and numbers, and nothing unasked for', async () => {
  assert.equal(await complete("select 'a|' from orders"), null)
  assert.equal(await complete('select 1 -- to| from orders'), null)
  assert.equal(await complete('select 12| from orders'), null)
  assert.equal(await complete('select | from orders', 'postgres', false), null)
})

test('the statement at the cursor is read, not its neighbours', async () => {
  assert.deepEqual(await labels('select 1 from customers; select | from orders; select 2', 'column'), [
    'id',
    'customer_id',
    'total',
  ])
  assert.deepEqual(await labels('select 1 from customers;\n|', 'column', 'table'), [])
})

test('types behind a cast', async () => {
  assert.ok((await labels('select total::|', 'type')).includes('numeric'))
  assert.ok((await labels('select cast(total as |)', 'type')).includes('text'))
})

test('keywords come in the case they are typed in', async () => {
  assert.ok((await labels('SEL|', 'keyword')).includes('SELECT'))
  assert.ok((await labels('sel|', 'keyword')).includes('select'))
})
