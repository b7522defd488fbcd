import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  firstGrouping,
  type GroupSettings,
  groupingOf,
  groupingWords,
  keptGrouping,
  readGrouping,
} from '../../../../src/features/sql/web/groups/group-settings.ts'
import type { Schema } from '../../../../src/wire.ts'
import { field } from '../../../support/spool-fixture.ts'

const schema: Schema = {
  fields: [
    field('order_id', { kind: 'int', bits: 64, signed: true }),
    field('day', { kind: 'date' }),
    field('region', { kind: 'utf8' }),
    field('price', { kind: 'utf8' }, { logical: 'decimal' }),
  ],
}
const settings: GroupSettings = {
  by: [{ column: 1, unit: 'month' }, { column: 3, width: 10 }, { column: 2 }],
  values: [{ function: 'count' }, { function: 'median', column: 3 }, { function: 'max', column: 2 }],
  across: 2,
  acrossLimit: 5,
  order: 'value',
}

test('what is proposed: words with counts and sums, months without words, the only column at last', () => {
  const { by, values } = firstGrouping(schema)
  assert.deepEqual(by, [{ column: 2 }])
  assert.deepEqual(values, [{ function: 'count' }, { function: 'sum', column: 3 }])
  assert.deepEqual(firstGrouping({ fields: schema.fields.slice(0, 2) }).by, [{ column: 1, unit: 'month' }])
  assert.deepEqual(firstGrouping({ fields: schema.fields.slice(0, 1) }).by, [{ column: 0 }])
  assert.deepEqual(firstGrouping({ fields: [] }).by, [])
})

test('settings are kept by the names of columns and found again in another order', () => {
  const kept: unknown = JSON.parse(JSON.stringify(keptGrouping(settings, schema)))
  assert.deepEqual(readGrouping(kept, schema), settings)
  const turned = readGrouping(kept, { fields: schema.fields.toReversed() })
  assert.deepEqual(turned?.by, [{ column: 2, unit: 'month' }, { column: 0, width: 10 }, { column: 1 }])
  assert.equal(readGrouping(kept, { fields: schema.fields.slice(0, 3) }), undefined)
  for (const wrong of [
    null,
    1,
    {},
    { by: 1 },
    { ...(kept as object), acrossLimit: 1e6 },
    { ...(kept as object), order: 'x' },
  ])
    assert.equal(readGrouping(wrong, schema), undefined)
  // A median of words was never offered.
  const { fields } = schema
  const words = { fields: fields.map(one => (one.name === 'price' ? field('price', { kind: 'utf8' }) : one)) }
  assert.equal(readGrouping(kept, words), undefined)
})

test('a grouping in words, and as the store is asked', () => {
  assert.equal(
    groupingWords(settings, schema),
    'count, median of price, largest of region by day (month), price (steps of 10), region across region',
  )
  assert.equal(groupingWords({ ...settings, by: [], values: [], across: null }, schema), 'groups')
  assert.deepEqual(groupingOf({ ...settings, across: null }, undefined), {
    by: settings.by,
    values: settings.values,
    order: 'value',
  })
  assert.equal(groupingOf(settings, { search: 'x' }).acrossLimit, 5)
})
