import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ColumnLayout, minColumnWidth } from '../../src/ui/web/grid/column-layout.ts'

test('visible columns are those that touch the range, by position', () => {
  const layout = new ColumnLayout([100, 200, 300, 400])
  assert.deepEqual(layout.visible(0, 100), { first: 0, end: 1 })
  assert.deepEqual(layout.visible(99, 2), { first: 0, end: 2 })
  assert.deepEqual(layout.visible(100, 201), { first: 1, end: 3 })
  assert.deepEqual(layout.visible(950, 1000), { first: 3, end: 4 })
})

test('pinned columns come first, stay, and leave the lane', () => {
  const layout = new ColumnLayout([100, 200, 300, 400])
  layout.setPinned(2, true)
  layout.setPinned(0, true)
  assert.deepEqual(layout.shown, [0, 2, 1, 3])
  assert.equal(layout.pinnedWidth, 400)
  assert.equal(layout.laneWidth, 600)
  assert.equal(layout.left(1), 100)
  assert.equal(layout.left(2), 0)
  assert.deepEqual(layout.visible(0, 10), { first: 2, end: 3 })
  layout.setPinned(2, false)
  assert.deepEqual(layout.shown, [0, 1, 2, 3])
})

test('a moved column lands where it was put, pinned among pinned ones', () => {
  const layout = new ColumnLayout([50, 50, 50, 50, 50])
  layout.move(0, 3)
  assert.deepEqual(layout.shown, [1, 2, 3, 0, 4])
  layout.move(4, 0)
  assert.deepEqual(layout.shown, [4, 1, 2, 3, 0])
  layout.setPinned(3, true)
  layout.move(1, 0)
  assert.deepEqual(layout.shown, [1, 3, 4, 2, 0])
  assert.ok(layout.isPinned(1))
})

test('the last column cannot be hidden and all can be shown again', () => {
  const layout = new ColumnLayout([50, 50])
  assert.equal(layout.hide(0), true)
  assert.equal(layout.hide(1), false)
  assert.deepEqual(layout.hidden, [0])
  layout.showAll()
  assert.deepEqual(layout.shown, [0, 1])
})

test('widths keep within their bounds', () => {
  const layout = new ColumnLayout([50, Number.NaN])
  layout.resize(0, -5)
  assert.equal(layout.width(0), minColumnWidth)
  assert.equal(layout.width(1), minColumnWidth)
})

test('whatever is done, shown and hidden are all columns once and the edges are the sums of the widths', () => {
  const act = fc.record({
    what: fc.constantFrom('move', 'pin', 'unpin', 'hide', 'show', 'resize'),
    column: fc.nat(11),
    number: fc.nat(11),
  })
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), acts => {
      const layout = new ColumnLayout(Array.from({ length: 12 }, (_, index) => 60 + index))
      for (const { what, column, number } of acts) {
        if (what === 'move') layout.move(column, number)
        if (what === 'pin') layout.setPinned(column, true)
        if (what === 'unpin') layout.setPinned(column, false)
        if (what === 'hide') layout.hide(column)
        if (what === 'show') layout.show(column)
        if (what === 'resize') layout.resize(column, 60 + number * 10)
      }
      const all = [...layout.shown, ...layout.hidden].sort((one, other) => one - other)
      assert.deepEqual(
        all,
        Array.from({ length: 12 }, (_, index) => index),
      )
      let left = 0
      layout.shown.forEach((column, place) => {
        if (place === layout.pinnedCount) left = 0
        assert.equal(layout.isPinned(column), place < layout.pinnedCount)
        assert.equal(layout.left(place), left)
        left += layout.width(column)
      })
      const saved = layout.save()
      assert.deepEqual(new ColumnLayout(Array(12).fill(60), saved).shown, layout.shown)
    }),
  )
})

test('a saved layout of another schema does no harm', () => {
  const layout = new ColumnLayout([50, 60], {
    order: [5, 1, 1, -2],
    pinned: [9],
    hidden: [0, 1],
    widths: { 7: 10, 0: 90 },
  })
  assert.deepEqual(layout.shown, [1, 0])
  assert.equal(layout.width(0), 90)
})
