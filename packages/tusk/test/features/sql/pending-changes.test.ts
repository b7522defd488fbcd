import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lossInSqlite } from '../../../src/features/sql/web/table/edit/check-value.ts'
import { PendingChanges } from '../../../src/features/sql/web/table/edit/pending-changes.ts'
import { placeOf, tableAddress } from '../../../src/features/sql/web/table/table-address.ts'

const seen = { id: '1', note: 'a' }

test('what is changed back is no change; a new row that is deleted is gone; deletions are sent first', () => {
  const pending = new PendingChanges(['id', 'note'], () => 3)
  pending.setCell(0, 1, { value: 'b' }, seen)
  assert.deepEqual(pending.cell(0, 1), { text: 'b', mark: 'changed' })
  assert.equal(pending.cell(0, 1), pending.cell(0, 1))
  pending.setCell(0, 1, { value: 'a' }, seen)
  assert.ok(pending.isEmpty)
  pending.setCell(0, 1, { value: null }, seen)
  assert.equal(pending.addRow(), 3)
  assert.equal(pending.addRow(), 4)
  pending.setCell(4, 0, { value: '9' }, undefined)
  pending.deleteRow(3, undefined)
  assert.equal(pending.cell(3, 0)?.text, '9')
  pending.deleteRow(2, { id: '3', note: null })
  assert.deepEqual(pending.changes(), [
    { row: 2, change: { kind: 'delete', seen: { id: '3', note: null } } },
    { row: 0, change: { kind: 'update', seen, set: { note: { value: null } } } },
    { row: 3, change: { kind: 'insert', set: { id: { value: '9' } } } },
  ])
  // A row that is deleted is not changed before.
  pending.deleteRow(0, seen)
  assert.deepEqual(
    pending.changes().map(({ change }) => change.kind),
    ['delete', 'delete', 'insert'],
  )
  pending.undoLast()
  assert.deepEqual(
    pending.list().map(({ kind, row }) => [kind, row]),
    [
      ['update', 0],
      ['delete', 2],
      ['insert', 3],
    ],
  )
})

test('whatever was done, undoing each thing that is listed leaves nothing', () => {
  const step = fc.record({
    what: fc.constantFrom('set', 'add', 'delete', 'undo') as fc.Arbitrary<'set' | 'add' | 'delete' | 'undo'>,
    row: fc.nat(5),
    column: fc.nat(1),
    value: fc.option(fc.constantFrom('a', 'b', ''), { nil: null }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), steps => {
      const pending = new PendingChanges(['id', 'note'], () => 3)
      for (const { what, row, column, value } of steps) {
        const isThere = row < 3
        if (what === 'add') pending.addRow()
        else if (what === 'undo') pending.undoLast()
        else if (!isThere && !pending.isAdded(row)) continue
        else if (what === 'delete') pending.deleteRow(row, isThere ? seen : undefined)
        else if (!pending.isDeleted(row)) pending.setCell(row, column, { value }, isThere ? seen : undefined)
        assert.equal(pending.isEmpty, pending.changes().length === 0)
      }
      for (let left = pending.list(); left.length > 0; left = pending.list()) pending.undo(left[0]!.id)
      assert.ok(pending.isEmpty)
      assert.deepEqual(pending.changes(), [])
    }),
  )
})

test('an address of a table says it again, whatever the names and values are', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.string({ minLength: 1, unit: 'binary' }),
      fc.array(
        fc.record(
          { column: fc.string({ unit: 'grapheme' }), value: fc.string({ unit: 'grapheme' }) },
          { noNullPrototype: true },
        ),
      ),
      (schema, name, filter) => {
        fc.pre(schema.isWellFormed() && name.isWellFormed())
        const address = tableAddress({ connectionId: 'c', table: { schema, name }, filter })
        const place = placeOf(address.slice(address.indexOf('?')))
        assert.deepEqual(place, { connectionId: 'c', table: { schema, name }, section: 'data', filter })
      },
    ),
  )
  assert.equal(placeOf('?schema=a'), undefined)
  assert.deepEqual(placeOf('?connection=c&schema=a&name=b&filter=[1,{"a":2}')?.filter, [])
})

test('what SQLite would lose of a number is said before', () => {
  for (const [type, text] of [
    ['DECIMAL(60,20)', '12345678901234567890.0123456789'],
    ['NUMERIC', '9223372036854775808'],
    ['REAL', '0.12345678901234567'],
  ] as const)
    assert.match(lossInSqlite(type, text) ?? '', /about 15 digits/)
  for (const [type, text] of [
    ['TEXT', '12345678901234567890.0123456789'],
    ['INTEGER', '-9223372036854775808'],
    ['NUMERIC', '9223372036854775807'],
    ['DECIMAL(10,2)', '0.10'],
    ['REAL', '1e300'],
    ['NUMERIC', 'no number at all, and a long one 1234567890123456789'],
  ] as const)
    assert.equal(lossInSqlite(type, text), undefined, text)
})
