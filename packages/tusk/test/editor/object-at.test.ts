import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SchemaIndex } from '../../src/ui/web/editor/completion/schema-index.ts'
import { editorDialect } from '../../src/ui/web/editor/editor-dialect.ts'
import { objectAt } from '../../src/ui/web/editor/names/object-at.ts'

const columns = (text: string) => text.split(' ').map(name => ({ name, type: 'integer' }))
const index = new SchemaIndex(
  [
    { schema: 'public', name: 'orders', kind: 'table' },
    { schema: 'public', name: 'customers', kind: 'table' },
    { schema: 'sales', name: 'Odd Name', kind: 'view' },
  ],
  ['public'],
  { 'public.orders': columns('id total'), 'public.customers': columns('id name'), 'sales.Odd Name': columns('x') },
)

/** Text with the mouse at `|` → the table, the column of a table, a column of something else, or nothing. */
const table: readonly (readonly [marked: string, found: string])[] = [
  ['select * from or|ders', 'public.orders'],
  ['select * from public.|orders o', 'public.orders'],
  ['select * from |public.orders o', ''],
  ['select * from sales."Odd| Name"', 'sales.Odd Name'],
  ['select to|tal from orders', 'public.orders.total'],
  ['select o.to|tal from orders o', 'public.orders.total'],
  ['select |o.total from orders o', 'public.orders'],
  ['select o.total from orders |o', 'public.orders'],
  ['select c.na|me from orders o join customers c on c.id = o.id', 'public.customers.name'],
  ['select 1 from orders o join customers c on c.id = o.|id', 'public.orders.id'],
  ['update orders set tot|al = 1', 'public.orders.total'],
  ['insert into orders (id, tot|al) values (1, 2)', 'public.orders.total'],
  ['delete from orders where |id = 1', 'public.orders.id'],
  ['with a as (select id as n from orders) select |n from a', '.n'],
  ['with orders as (select 1 as n) select * from ord|ers', ''],
  ['select s.|id from (select id from customers) s', '.id'],
  ['select (select na|me from customers c where c.id = o.id) from orders o', 'public.customers.name'],
  ['select * from nowhe|re', ''],
  ['sel|ect * from orders', ''],
  ["select 'to|tal' from orders", ''],
  ['select total -- to|tal\nfrom orders', ''],
  ['select total| (1) from orders', ''],
  ['select x.|id from orders o', ''],
]

for (const [marked, found] of table)
  test(`under the mouse: ${marked}`, () => {
    const at = marked.indexOf('|')
    const text = marked.replace('|', '')
    const object = objectAt(text, at, { dialect: editorDialect('postgres'), index })
    const { relation, column } = object ?? {}
    const name = relation === undefined ? '' : `${relation.schema}.${relation.name}`
    assert.equal(column === undefined ? name : `${name}.${column.name}`, found)
    if (object !== undefined) assert.ok(object.from <= at && at <= object.to)
  })
