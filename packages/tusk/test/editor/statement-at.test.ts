import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EditorState } from '@codemirror/state'
import { postgresDialect } from '../../src/dialect/postgres.ts'
import { sqliteDialect } from '../../src/dialect/sqlite.ts'
import { scriptDialect, scriptStatements } from '../../src/ui/web/editor/statements.ts'
import { partAtCursor, shownPlaces, wholeScript } from '../../src/ui/web/editor/what-runs.ts'

/** `|` is the cursor; two of them a selection. */
function state(marked: string, dialect = postgresDialect): EditorState {
  const [anchor, second] = [marked.indexOf('|'), marked.lastIndexOf('|')]
  const head = second > anchor ? second - 1 : anchor
  return EditorState.create({
    doc: marked.replaceAll('|', ''),
    selection: { anchor, head },
    extensions: [scriptDialect.of(dialect), scriptStatements],
  })
}

const runs = (marked: string, dialect = postgresDialect): string | undefined =>
  partAtCursor(state(marked, dialect))?.sql

test('the statement around the cursor runs', () => {
  assert.equal(runs('select 1;\nsel|ect 2;\nselect 3'), 'select 2')
  assert.equal(runs('|select 1; select 2'), 'select 1')
  assert.equal(runs('select 1; select 2|'), 'select 2')
})

test('behind a semicolon on the same line the statement before runs', () => {
  assert.equal(runs('select 1;|'), 'select 1')
  assert.equal(runs('select 1;  |\nselect 2'), 'select 1')
  assert.equal(runs('select 1; -- note |\nselect 2'), 'select 1')
})

test('in an empty line the next statement runs, and behind the last one the last', () => {
  assert.equal(runs('select 1;\n|\nselect 2;'), 'select 2')
  assert.equal(runs('select 1;\n\n|'), 'select 1')
  assert.equal(runs('-- only a comment |'), undefined)
  assert.equal(runs('|'), undefined)
})

test('between two statements that touch, the one that begins at the cursor runs', () => {
  assert.equal(runs('select 1;|select 2'), 'select 2')
})

test('a selection runs exactly as it is selected, with its place', () => {
  const part = partAtCursor(state('select |1 + 1|, 2'))
  assert.deepEqual(part, { sql: '1 + 1', offset: 7 })
  assert.equal(partAtCursor(state('select| | 1')), undefined)
})

test('bodies with semicolons are one statement', () => {
  const pg = 'create function f() returns int language plpgsql as $$ begin return 1; end $$;\nsele|ct f()'
  assert.equal(runs(pg), 'select f()')
  assert.equal(
    runs('create trigger t after insert on a begin update b set x = 1; delete |from c; end; select 1', sqliteDialect),
    'create trigger t after insert on a begin update b set x = 1; delete from c; end',
  )
})

test('what is shown is what runs', () => {
  const selection = state('select 1; |select 2; select 3|; select 4')
  assert.deepEqual(
    shownPlaces(selection).map(({ from, to }) => selection.sliceDoc(from, to)),
    ['select 2', 'select 3'],
  )
})

test('the whole script is what the editor holds, and an empty one is nothing', () => {
  assert.equal(wholeScript(state('-- a\nselect 1; |'))?.sql, '-- a\nselect 1; ')
  assert.equal(wholeScript(state('-- a |')), undefined)
})

test('in a long script the marks move along with an edit, and what runs is exact', () => {
  const line = 'select 1234567890;\n'
  const before = state(`|${line.repeat(5_000)}`)
  const edited = before.update({ changes: { from: 0, insert: 'select 0;\n' }, selection: { anchor: 0 } }).state
  assert.equal(partAtCursor(edited)?.sql, 'select 0')
  assert.equal(partAtCursor(edited.update({ selection: { anchor: 15 } }).state)?.sql, 'select 1234567890')
})
