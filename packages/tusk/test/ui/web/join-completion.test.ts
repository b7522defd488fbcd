import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { sqlCompletion } from '../../../src/ui/web/editor/completion/completion-source.ts'
import { SchemaIndex } from '../../../src/ui/web/editor/completion/schema-index.ts'
import { editorDialect } from '../../../src/ui/web/editor/editor-dialect.ts'
import { scriptDialect, scriptStatements } from '../../../src/ui/web/editor/statements.ts'

const column = (name: string, to?: readonly [name: string, column: string]) => ({
  name,
  type: 'integer',
  ...(to === undefined ? {} : { references: { schema: 'public', name: to[0], column: to[1] } }),
})
const index = new SchemaIndex(
  ['orders', 'customers', 'messages', 'order_items', 'shipments'].map(name => ({
    schema: 'public',
    name,
    kind: 'table',
  })),
  ['public'],
  {
    'public.orders': [column('id'), column('region'), column('customer_id', ['customers', 'id'])],
    'public.customers': [column('id'), column('Mixed')],
    'public.messages': [column('sender', ['customers', 'id']), column('receiver', ['customers', 'id'])],
    'public.order_items': [column('order_id', ['orders', 'id'])],
    'public.shipments': [column('order_id', ['orders', 'id']), column('region', ['orders', 'region'])],
  },
)

async function complete(marked: string, explicit = false): Promise<CompletionResult | null> {
  const dialect = editorDialect('postgres')
  const pos = marked.indexOf('|')
  const state = EditorState.create({
    doc: marked.replace('|', ''),
    extensions: [scriptDialect.of(dialect.sql), scriptStatements],
  })
  return sqlCompletion(() => ({ dialect, index }))(new CompletionContext(state, pos, explicit))
}

async function conditions(marked: string): Promise<readonly string[]> {
  const result = await complete(marked)
  return (result?.options ?? []).filter(({ type }) => type === 'join').map(({ label }) => label)
}

test('JOIN … ON offers the conditions of foreign keys in both directions, with aliases', async () => {
  assert.deepEqual(await conditions('select * from orders o join customers c on |'), ['o.customer_id = c.id'])
  assert.deepEqual(await conditions('select * from customers join orders as o on |'), ['o.customer_id = customers.id'])
  assert.deepEqual(await conditions('select * from orders left join customers "C" on | where true'), [
    'orders.customer_id = "C".id',
  ])
})

test('the table that is joined decides, not those that follow', async () => {
  const marked = 'select * from customers c join orders o on | join order_items i on i.order_id = o.id'
  assert.deepEqual(await conditions(marked), ['o.customer_id = c.id'])
  assert.deepEqual(await conditions(marked.replace('|', 'true').replace('on i.order_id = o.id', 'on |')), [
    'i.order_id = o.id',
  ])
})

test('keys to one column are several roles, keys to several columns one condition', async () => {
  assert.deepEqual(await conditions('select * from messages m join customers c on |'), [
    'm.sender = c.id',
    'm.receiver = c.id',
  ])
  assert.equal(
    (await conditions('select * from shipments s join orders o on |'))[0],
    's.order_id = o.id AND s.region = o.region',
  )
})

test('without a foreign key nothing is offered unasked, and typing goes on as in any condition', async () => {
  assert.equal(await complete('select * from customers c join order_items i on |'), null)
  const asked = await complete('select * from customers c join order_items i on |', true)
  assert.ok(asked?.options.some(({ type }) => type === 'column'))
  assert.deepEqual(await conditions('select * from orders o join customers c on o|'), ['o.customer_id = c.id'])
})

test('no list opens where a name is made up, nor in numbers, texts and comments', async () => {
  for (const marked of [
    'select count(*) as n|',
    'select count(*) as t| from orders',
    'select * from orders as o|',
    'select * from orders o|',
    'select count(*) c| from orders',
    'select 12|',
    'select 12e|',
    'select 1.5|',
    "select 'sel|",
    '-- sel|',
    '/* sel| */ select 1',
  ])
    assert.equal(await complete(marked), null, marked)
  assert.notEqual(await complete('select * from orders or|'), null)
  assert.notEqual(await complete('select * from orders o wh|'), null)
})
