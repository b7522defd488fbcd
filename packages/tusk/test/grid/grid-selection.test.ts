import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CellRange, countCells, GridSelection } from '../../src/ui/web/grid/grid-selection.ts'

test('a range grows from its anchor and the head is the active cell', () => {
  const selection = new GridSelection()
  selection.moveTo({ row: 5, place: 2 })
  selection.extendTo({ row: 3, place: 4 })
  assert.deepEqual(selection.ranges, [{ top: 3, bottom: 5, left: 2, right: 4 }])
  assert.deepEqual(selection.head, { row: 3, place: 4 })
  selection.extendTo({ row: 6, place: 0 })
  assert.deepEqual(selection.ranges, [{ top: 5, bottom: 6, left: 0, right: 2 }])
  selection.add({ row: 9, place: 9 })
  assert.equal(selection.ranges.length, 2)
  assert.ok(selection.contains(9, 9) && selection.contains(5, 1) && !selection.contains(7, 1))
})

test('whole columns and rows reach over rows that are still to come', () => {
  const selection = new GridSelection()
  selection.moveTo({ row: 7, place: 1 })
  selection.selectColumns(1, 2)
  assert.deepEqual(selection.clip(10, 5), [{ top: 0, bottom: 9, left: 1, right: 2 }])
  assert.deepEqual(selection.clip(1_000_000, 5), [{ top: 0, bottom: 999_999, left: 1, right: 2 }])
  assert.ok(selection.hasWholeColumn(2) && !selection.hasWholeColumn(3))
  assert.deepEqual(selection.head, { row: 7, place: 2 })
  selection.selectRows(4, 2)
  assert.ok(selection.hasWholeRow(3))
  selection.selectAll()
  assert.deepEqual(selection.clip(0, 5), [])
})

test('cells that several ranges cover count once', () => {
  const size = 8
  const range = fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.nat(size - 1), fc.nat(size - 1)).map(
    ([a, b, c, d]): CellRange => ({
      top: Math.min(a, b),
      bottom: Math.max(a, b),
      left: Math.min(c, d),
      right: Math.max(c, d),
    }),
  )
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), ranges => {
      const cells = new Set<number>()
      for (const { top, bottom, left, right } of ranges) {
        for (let row = top; row <= bottom; row++)
          for (let place = left; place <= right; place++) cells.add(row * size + place)
      }
      assert.equal(countCells(ranges), cells.size)
    }),
  )
})
