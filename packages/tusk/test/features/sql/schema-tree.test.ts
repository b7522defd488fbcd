import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ConnectionSchema, relationKey } from '../../../src/features/sql/web/catalog.ts'
import { parentIndex, rowName, type TreeView, treeRows, typeAhead } from '../../../src/features/sql/web/tree-model.ts'
import { SchemaIndex } from '../../../src/ui/web/editor/completion/schema-index.ts'
import type { WireColumn, WireRelation } from '../../../src/wire.ts'

const relations: readonly WireRelation[] = [
  { schema: 'sales', name: 'regions', kind: 'view' },
  { schema: 'public', name: 'orders_10', kind: 'table' },
  { schema: 'public', name: 'orders_9', kind: 'table', rowEstimate: 12 },
  { schema: 'pg_catalog', name: 'pg_class', kind: 'table', system: true },
]
const columns: readonly WireColumn[] = [
  { name: 'id', type: 'integer', nullable: false, primaryKey: true },
  { name: 'total', type: 'numeric', nullable: true },
]
const view: TreeView = { toggled: new Set(), search: '', showSystem: false }

function schema(known: ConnectionSchema['columns'] = new Map()): ConnectionSchema {
  const value = { relations, searchPath: ['public'] }
  return { relations: { state: 'ready', value }, columns: known, index: SchemaIndex.empty }
}

const names = (given: ConnectionSchema, seen: TreeView): readonly string[] =>
  treeRows(given, seen).map(row => `${'  '.repeat(row.level - 1)}${rowName(row) || row.kind}`)

test('schemas of the search path come first and open, names in natural order, system schemas hidden', () => {
  assert.deepEqual(names(schema(), view), ['public', '  orders_9', '  orders_10', 'sales'])
  assert.ok(names(schema(), { ...view, showSystem: true }).includes('pg_catalog'))
})

test('an open table shows that its columns are on the way, then the columns', () => {
  const key = relationKey(relations[2]!)
  const open = { ...view, toggled: new Set([key]) }
  assert.deepEqual(names(schema(), open).slice(1, 3), ['  orders_9', '    loading'])
  const known = new Map([[key, { state: 'ready', value: columns }]] as const)
  assert.deepEqual(names(schema(known), open).slice(1, 4), ['  orders_9', '    id', '    total'])
})

test('search finds tables, and columns of tables that are known', () => {
  const known = new Map([[relationKey(relations[2]!), { state: 'ready', value: columns }]] as const)
  assert.deepEqual(names(schema(), { ...view, search: 'REG' }), ['sales', '  regions'])
  assert.deepEqual(names(schema(known), { ...view, search: 'tot' }), ['public', '  orders_9', '    total'])
  assert.deepEqual(
    treeRows(schema(), { ...view, search: 'nowhere' }).map(row => row.kind),
    ['empty'],
  )
})

test('typing jumps to the next name, around the end', () => {
  const rows = treeRows(schema(), view)
  assert.equal(rowName(rows[typeAhead(rows, 0, 'ord')]!), 'orders_9')
  assert.equal(rowName(rows[typeAhead(rows, 2, 'ord')]!), 'orders_10')
  assert.equal(rowName(rows[typeAhead(rows, 3, 'p')]!), 'public')
  assert.equal(parentIndex(rows, 2), 0)
})

test('attached databases are told apart', () => {
  const attached = [{ catalog: 'lake', schema: 'main', name: 't', kind: 'table' }]
  const value = { relations: attached, searchPath: ['main'] }
  const given: ConnectionSchema = { relations: { state: 'ready', value }, columns: new Map(), index: SchemaIndex.empty }
  assert.deepEqual(names(given, view), ['lake.main'])
})
