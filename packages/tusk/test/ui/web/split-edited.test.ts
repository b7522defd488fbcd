import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EditorState } from '@codemirror/state'
import fc from 'fast-check'
import { duckdbDialect } from '../../../src/dialect/duckdb.ts'
import { postgresDialect } from '../../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../../src/dialect/sqlite.ts'
import type { Dialect } from '../../../src/engine/dialect.ts'
import { type Place, Places } from '../../../src/ui/web/editor/places.ts'
import { splitEdited } from '../../../src/ui/web/editor/split-edited.ts'
import { exactStatements, scriptDialect, scriptStatements } from '../../../src/ui/web/editor/statements.ts'
import { partAtCursor } from '../../../src/ui/web/editor/what-runs.ts'

const pieces = [
  ...['select 1', ';', ';;', ' ', '\n', "'", '"', '$$', '$a$', '--', '/*', '*/', '/*+ hint */', '(', ')', 'E', '\\'],
  ...[
    'begin atomic',
    'end',
    'create function f()',
    'create trigger t',
    'case',
    'x',
    '-',
    '*',
    '/',
    '$',
    'a',
    '1',
    ';\n',
  ],
]
const script = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map(parts => parts.join(''))
const all = (places: Places): (Place | undefined)[] => Array.from({ length: places.length }, (_, at) => places.at(at))
const filler = ' '.repeat(3_000)

for (const dialect of [postgresDialect, duckdbDialect, sqliteDialect])
  test(`an edited script of ${dialect.id} is split as if it were read anew`, () => {
    fc.assert(
      fc.property(script, script, script, fc.nat(), fc.nat(), fc.boolean(), (before, inserted, after, a, b, long) => {
        // Fillers take the rest of the script out of the first reach behind the edit.
        const old = before + (long ? `;select 2;${filler};${after};${filler};select 3;` : after)
        const from = a % (old.length + 1)
        const oldTo = Math.min(old.length, from + (b % 20))
        const text = old.slice(0, from) + inserted + old.slice(oldTo)
        const edited = {
          from,
          oldTo,
          newTo: from + inserted.length,
          length: text.length,
          slice: (start: number, end: number) => text.slice(start, end),
        }
        const found = splitEdited(Places.of(dialect.split(old)), edited, part => dialect.split(part))
        assert.deepEqual(all(found!), all(Places.of(dialect.split(text))))
      }),
      { numRuns: 2_000 },
    )
  })

test('keys typed in a script of five megabytes read a few thousand characters each, and the right statement runs', () => {
  let read = 0
  const counting: Dialect = {
    ...postgresDialect,
    split: text => {
      read += text.length
      return postgresDialect.split(text)
    },
  }
  const line = "insert into notes (id, text) values (1, 'it''s long; very');\n"
  const count = Math.ceil(5_000_000 / line.length)
  let state = EditorState.create({
    doc: line.repeat(count),
    extensions: [scriptDialect.of(counting), scriptStatements],
  })
  const middle = line.length * Math.floor(count / 2)
  read = 0
  let at = middle
  for (const key of 'select * from notes;\n') {
    state = state.update({ changes: { from: at, insert: key }, selection: { anchor: ++at } }).state
  }
  assert.ok(read < 21 * 10_000, `${read} characters were read for 21 keys`)
  assert.equal(exactStatements(state).length, count + 1)
  assert.equal(partAtCursor(state.update({ selection: { anchor: at - 3 } }).state)?.sql, 'select * from notes')

  // A quote changes all that follows: that waits for a pause, and one key reads no more than its share.
  read = 0
  state = state.update({ changes: { from: at, insert: "'" }, selection: { anchor: at + 1 } }).state
  assert.ok(read <= 60_000, `${read} characters were read for a quote`)
  state = state.update({ changes: { from: at, to: at + 1 } }).state
  assert.equal(exactStatements(state).length, count + 1)
})
