import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDiffColumns } from '../../../../src/dialect/diff-columns.ts'
import { changeColumns, changeRows } from '../../../../src/features/sql/web/changes/change-rows.ts'
import type { GridWindow } from '../../../../src/ui/web/grid/grid-source.ts'

const layout = readDiffColumns([
  'change',
  'changed columns',
  'id',
  'a (before)',
  'a (after)',
  'a, b (before)',
  'a, b (after)',
])!

function windowOf(rows: readonly (readonly (string | null)[])[], cut = -1): GridWindow {
  return {
    rowCount: rows.length,
    byteLength: 0,
    text: (row, position) => rows[row]![position]!,
    json: () => '',
    fullByteLength: (_row, position) => (position === cut ? 9_999 : undefined),
  }
}
const whole = (text: string | null) => ({ text, cut: false })

test('a window takes the columns it needs and no more', () => {
  assert.deepEqual(changeColumns(layout, 60), [0, 1, 2, 3, 4, 5, 6])
  assert.deepEqual(changeColumns(layout, 1), [0, 1, 2, 3, 4])
})

test('added, removed and changed cells; what is named changed and nothing else; NULL; what was cut', () => {
  const rows = changeRows(
    windowOf([
      ['added', null, '1', null, 'x', null, null],
      ['removed', null, '2', 'x', null, null, null],
      ['changed', 'a', '3', 'x', null, '1.0', '1.0004'],
      ['changed', 'a, b', null, 'x', 'x', '1', '2'],
    ]),
    layout,
    60,
  )
  assert.deepEqual(rows[0], {
    change: 'added',
    key: [whole('1')],
    cells: [
      { kind: 'added', value: whole('x') },
      { kind: 'added', value: whole(null) },
    ],
  })
  assert.deepEqual(rows[1]!.cells[0], { kind: 'removed', value: whole('x') })
  // Within the tolerance it is the same.
  assert.deepEqual(rows[2]!.cells, [
    { kind: 'changed', before: whole('x'), after: whole(null) },
    { kind: 'same', value: whole('1.0004') },
  ])
  assert.deepEqual(rows[3]!.cells[1], { kind: 'changed', before: whole('1'), after: whole('2') })
  // That one is called “a, b”.
  assert.deepEqual(rows[3]!.cells[0], { kind: 'same', value: whole('x') })
  assert.deepEqual(rows[3]!.key, [whole(null)])
  const [cut] = changeRows(windowOf([['added', null, '1', null, 'x', null, null]], 4), layout, 60)
  assert.deepEqual(cut!.cells[0], { kind: 'added', value: { text: 'x', cut: true } })
})
