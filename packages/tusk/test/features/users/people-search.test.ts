import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Person } from '../../../src/auth/people.ts'
import { PAGE, searchPeople } from '../../../src/features/users/people-search.ts'

const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: name,
  name,
  administrator: false,
  active: true,
  hasPassword: true,
  mustChangePassword: false,
  settings: {},
  groups: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  version: 1,
  ...more,
})
const names = (found: ReturnType<typeof searchPeople>): readonly string[] => found.people.map(({ name }) => name)

test('each word is somewhere in what is known of a person, whatever its case', () => {
  const all = [
    person('ada', { displayName: 'Ada Lovelace', email: 'ada@example.org', groups: [{ id: 'g', name: 'Analysts' }] }),
    person('bob', { active: false, email: 'BOB@EXAMPLE.ORG' }),
    person('émile', { administrator: true }),
  ]
  assert.deepEqual(names(searchPeople(all, { q: 'example.ORG' })), ['ada', 'bob'])
  assert.deepEqual(names(searchPeople(all, { q: ' love anal ' })), ['ada'])
  assert.deepEqual(names(searchPeople(all, { q: 'E\u0301MILE' })), ['émile'])
  assert.deepEqual(names(searchPeople(all, { q: 'ada bob' })), [])
  assert.deepEqual(names(searchPeople(all, { state: 'disabled' })), ['bob'])
  assert.deepEqual(names(searchPeople(all, { state: 'administrator' })), ['émile'])
  assert.deepEqual(names(searchPeople(all, { group: 'g' })), ['ada'])
})

test('many people come in pages, and a page too far is the last one', () => {
  const all = Array.from({ length: PAGE * 2 + 1 }, (_, at) => person(`p${at}`))
  const last = searchPeople(all, { page: 9 })
  assert.deepEqual([last.page, last.pages, last.total, names(last)], [3, 3, all.length, [`p${PAGE * 2}`]])
  assert.equal(names(searchPeople(all, { page: 2 }))[0], `p${PAGE}`)
})
