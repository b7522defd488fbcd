import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { columnKind, typeLabel } from '../../src/ui/web/grid/column-kind.ts'
import { commandOf, move } from '../../src/ui/web/grid/grid-keys.ts'
import type { GridSortKey } from '../../src/ui/web/grid/grid-source.ts'
import {
  describeCondition,
  isWholeCondition,
  operatorsFor,
  setCondition,
  toggleSort,
} from '../../src/ui/web/grid/view-state.ts'

const key = (name: string, held = '') => ({
  key: name,
  shiftKey: held.includes('S'),
  ctrlKey: held.includes('C'),
  metaKey: held.includes('M'),
  altKey: held.includes('A'),
})

describe('keys', () => {
  test('arrows move, with Ctrl to the edges, with Shift they extend', () => {
    assert.deepEqual(commandOf(key('ArrowDown')), { kind: 'move', to: 'down', extend: false })
    assert.deepEqual(commandOf(key('ArrowRight', 'S')), { kind: 'move', to: 'right', extend: true })
    assert.deepEqual(commandOf(key('End', 'CS')), { kind: 'move', to: 'last-cell', extend: true })
    assert.deepEqual(commandOf(key('ArrowUp', 'M')), { kind: 'move', to: 'first-row', extend: false })
  })

  test('copy, selection, value and menus have their keys', () => {
    assert.deepEqual(commandOf(key('c', 'C')), { kind: 'copy', headers: false })
    assert.deepEqual(commandOf(key('C', 'CS')), { kind: 'copy', headers: true })
    assert.deepEqual(commandOf(key('a', 'C')), { kind: 'select-all' })
    assert.deepEqual(commandOf(key(' ', 'C')), { kind: 'select-column' })
    assert.deepEqual(commandOf(key(' ', 'S')), { kind: 'select-row' })
    assert.deepEqual(commandOf(key(' ')), { kind: 'view-value' })
    for (const name of ['Enter', 'F2']) assert.deepEqual(commandOf(key(name)), { kind: 'view-value', edits: true })
    assert.deepEqual(commandOf(key('F10', 'S')), { kind: 'cell-menu' })
    assert.deepEqual(commandOf(key('ArrowDown', 'A')), { kind: 'column-menu' })
  })

  test('Tab, other combinations and letters are left to the page', () => {
    for (const other of [key('Tab'), key('Tab', 'S'), key('x'), key('Enter', 'C'), key('g', 'C'), key('F5')]) {
      assert.equal(commandOf(other), undefined)
    }
  })

  test('search, back and again', () => {
    assert.deepEqual(commandOf(key('f', 'C')), { kind: 'search' })
    assert.deepEqual(commandOf(key('z', 'C')), { kind: 'undo-view' })
    assert.deepEqual(
      [commandOf(key('y', 'C')), commandOf(key('Z', 'CS'))],
      [{ kind: 'redo-view' }, { kind: 'redo-view' }],
    )
  })

  test('movements stay within the table', () => {
    const extent = { rowCount: 100, placeCount: 3, pageRows: 30 }
    assert.deepEqual(move({ row: 0, place: 0 }, 'up', extent), { row: 0, place: 0 })
    assert.deepEqual(move({ row: 90, place: 1 }, 'page-down', extent), { row: 99, place: 1 })
    assert.deepEqual(move({ row: 5, place: 2 }, 'right', extent), { row: 5, place: 2 })
    assert.deepEqual(move({ row: 5, place: 1 }, 'last-cell', extent), { row: 99, place: 2 })
    assert.deepEqual(move({ row: 0, place: 0 }, 'last-row', { ...extent, rowCount: 0 }), { row: 0, place: 0 })
  })
})

describe('sorting and filtering', () => {
  test('clicks go ascending, descending, none; with Shift others stay', () => {
    let sort: readonly GridSortKey[] = []
    sort = toggleSort(sort, 3, false)
    assert.deepEqual(sort, [{ column: 3, descending: false }])
    sort = toggleSort(sort, 5, true)
    sort = toggleSort(sort, 3, true)
    assert.deepEqual(sort, [
      { column: 3, descending: true },
      { column: 5, descending: false },
    ])
    sort = toggleSort(sort, 3, true)
    assert.deepEqual(sort, [{ column: 5, descending: false }])
    assert.deepEqual(toggleSort(toggleSort(sort, 5, false), 5, false), [])
  })

  test('a new condition takes the place of those of its column', () => {
    const filter = [
      { column: 1, operator: '=', values: ['a'] },
      { column: 2, operator: 'isNull' },
    ] as const
    const next = setCondition(filter, 1, { column: 1, operator: '<', values: ['b'] })
    assert.deepEqual(next, [{ column: 1, operator: '<', values: ['b'] }, filter[1]])
    assert.deepEqual(setCondition(next, 1, null), [filter[1]])
  })

  test('conditions know whether their values are all there, and say what they are', () => {
    assert.ok(isWholeCondition({ column: 0, operator: 'isNull' }))
    assert.ok(!isWholeCondition({ column: 0, operator: 'between', values: ['1'] }))
    assert.ok(!isWholeCondition({ column: 0, operator: 'in', values: [] }))
    assert.deepEqual(describeCondition({ column: 0, operator: 'between', values: ['1', '2'] }), {
      sign: 'between',
      value: '1 and 2',
    })
    assert.deepEqual(describeCondition({ column: 0, operator: 'in', values: ['a', '', 'c', 'd', 'e'] }), {
      sign: 'in',
      value: 'a, (empty), c and 2 more',
    })
  })

  test('types decide operators and labels', () => {
    const number = {
      name: 'n',
      type: { kind: 'utf8' },
      nullable: true,
      logical: 'decimal',
      sourceType: 'numeric',
    } as const
    assert.equal(columnKind(number), 'number')
    assert.equal(typeLabel(number), 'numeric')
    assert.equal(operatorsFor(number)[0], '=')
    const text = { name: 't', type: { kind: 'utf8' }, nullable: true } as const
    assert.equal(operatorsFor(text)[0], 'contains')
    assert.equal(typeLabel({ name: 'l', nullable: true, type: { kind: 'list', item: text } }), 'text[]')
    assert.equal(
      typeLabel({ name: 'd', nullable: true, type: { kind: 'decimal', precision: 9, scale: 2 } }),
      'decimal(9,2)',
    )
  })
})
