import assert from 'node:assert/strict'
import { test } from 'node:test'
import { folderChoices, savedRows } from '../../../src/features/sql/web/saved-tree.ts'
import type { WireSavedItem } from '../../../src/wire.ts'

function item(id: string, kind: WireSavedItem['kind'], name: string, parent: string | null = null): WireSavedItem {
  return { id, kind, name, parent, connectionId: null, version: 1, updatedAt: '' }
}

const items = [
  item('q10', 'query', 'Query 10'),
  item('q2', 'query', 'query 2'),
  item('b', 'folder', 'Zoo'),
  item('a', 'folder', 'Animals'),
  item('c', 'folder', 'Cats', 'a'),
  item('x', 'query', 'in cats', 'c'),
]

test('folders come first, names are ordered as people read them, closed folders hide what they hold', () => {
  const seen = (open: readonly string[]) =>
    savedRows(items, new Set(open)).map(({ item: { name }, level }) => `${level} ${name}`)
  assert.deepEqual(seen([]), ['1 Animals', '1 Zoo', '1 query 2', '1 Query 10'])
  assert.deepEqual(seen(['c']), ['1 Animals', '1 Zoo', '1 query 2', '1 Query 10'])
  assert.deepEqual(seen(['a', 'c']), ['1 Animals', '2 Cats', '3 in cats', '1 Zoo', '1 query 2', '1 Query 10'])
})

test('a folder is not offered as a place for itself, nor what is in it', () => {
  assert.deepEqual(
    folderChoices(items).map(({ path }) => path),
    ['Animals', 'Animals / Cats', 'Zoo'],
  )
  assert.deepEqual(
    folderChoices(items, 'a').map(({ path }) => path),
    ['Zoo'],
  )
})
