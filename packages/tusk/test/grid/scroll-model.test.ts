import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ScrollModel } from '../../src/ui/web/grid/scroll-model.ts'

const rowHeight = 26
const viewport = 700

function modelOf(rows: number): ScrollModel {
  const model = new ScrollModel()
  model.resize(rows * rowHeight, viewport)
  return model
}

/** What a browser does with a scroll position: whole pixels within the spacer. */
function scrollTo(model: ScrollModel, scrollTop: number): number {
  const reached = Math.max(0, Math.min(Math.round(scrollTop), model.spacerHeight - viewport))
  model.scrolled(reached)
  return reached
}

function align(model: ScrollModel): number {
  const scrollTop = model.alignedScrollTop
  model.aligned(scrollTop)
  return scrollTop
}

test('content below eight million pixels scrolls as it is', () => {
  const model = modelOf(1_000)
  assert.equal(model.spacerHeight, 26_000)
  scrollTo(model, 5_000)
  assert.equal(model.offset, 5_000)
  scrollTo(model, 1e9)
  assert.equal(model.offset, model.maxOffset)
})

test('the wheel moves ten million rows by exactly as many pixels, wherever they are', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000 * rowHeight - viewport - 10_000 }),
      fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 200 }),
      (start, steps) => {
        const model = modelOf(10_000_000)
        model.moveTo(start)
        let scrollTop = align(model)
        let expected = start
        for (const step of steps) {
          const before = scrollTop
          scrollTop = scrollTo(model, scrollTop + step)
          expected = Math.max(0, Math.min(expected + (scrollTop - before), model.maxOffset))
          if (model.isUrgent) scrollTop = align(model)
          assert.equal(model.offset, expected)
        }
      },
    ),
  )
})

test('a long way by wheel without a rest reaches the first row and does not jump', () => {
  const model = modelOf(10_000_000)
  model.moveTo(400_000)
  let scrollTop = align(model)
  let last = model.offset
  for (let step = 0; step < 10_000 && model.offset > 0; step++) {
    scrollTop = scrollTo(model, scrollTop - 300)
    assert.ok(last - model.offset <= 300)
    last = model.offset
    if (model.isUrgent) scrollTop = align(model)
  }
  assert.equal(model.offset, 0)
})

test('the thumb moves the rows in proportion, and its ends are the first and the last row', () => {
  const model = modelOf(10_000_000)
  const max = model.spacerHeight - viewport
  scrollTo(model, max / 2)
  assert.ok(Math.abs(model.offset / rowHeight - 5_000_000) < 20)
  scrollTo(model, max)
  assert.equal(model.offset, model.maxOffset)
  scrollTo(model, 0)
  assert.equal(model.offset, 0)
})

test('aligning and scrolling by nothing leaves the offset alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 * rowHeight - viewport }), offset => {
      const model = modelOf(10_000_000)
      model.moveTo(offset)
      const scrollTop = align(model)
      assert.ok(scrollTop >= 0 && scrollTop <= model.spacerHeight - viewport)
      model.scrolled(scrollTop)
      assert.equal(model.offset, offset)
    }),
  )
})

test('rows that come later leave the offset where it is', () => {
  const model = modelOf(1_000)
  scrollTo(model, 3_000)
  model.resize(50_000_000 * rowHeight, viewport)
  assert.equal(model.offset, 3_000)
  model.resize(10 * rowHeight, viewport)
  assert.equal(model.offset, 0)
})
