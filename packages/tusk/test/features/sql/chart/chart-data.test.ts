import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Schema } from '../../../../src/arrow/schema.ts'
import { type ChartData, loadChart } from '../../../../src/features/sql/web/chart/chart-data.ts'
import {
  type ChartSettings,
  chartKinds,
  firstGuess,
  keptSettings,
  readSettings,
  usualSettings,
} from '../../../../src/features/sql/web/chart/chart-settings.ts'
import type { Grouping } from '../../../../src/results/grouping.ts'
import type { StoredResult } from '../../../../src/results/result-store.ts'
import { ComputeRig, owner } from '../../../results/compute/compute-rig.ts'
import { hostileBatch, hostileColumns, hostileSchema } from '../../../support/hostile-values.ts'
import { batchOf, field } from '../../../support/spool-fixture.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const directory = temporaryDirectory({ after })
let rig: ComputeRig
let sales: StoredResult
before(async () => {
  rig = await ComputeRig.open(directory)
  sales = await rig.stored(schema, [
    batchOf(
      schema,
      Array.from({ length: 3_000 }, (_, index) => [
        BigInt(index),
        index % 400,
        ['north', 'south', 'east'][index % 3]!,
        index === 7 ? Number.NaN : index === 8 ? Number.POSITIVE_INFINITY : (index % 10) / 2,
      ]),
    ),
  ])
})
after(() => rig[Symbol.asyncDispose]())

const schema: Schema = {
  fields: [
    field('order_id', { kind: 'int', bits: 64, signed: true }),
    field('day', { kind: 'date' }),
    field('region', { kind: 'utf8' }),
    field('price', { kind: 'float', bits: 64 }),
  ],
}

function chart(
  result: StoredResult,
  settings: Partial<ChartSettings> & Pick<ChartSettings, 'kind'>,
  rows?: Grouping['rows'],
): Promise<ChartData> {
  return loadChart(
    {
      schema: result.schema,
      totalRowCount: result.rowCount,
      rows,
      points: request => rig.compute.points(owner, result.id, request),
    },
    { ...usualSettings, x: null, y: null, ...settings },
  )
}

const only = (...names: readonly string[]): Schema => ({
  fields: schema.fields.filter(({ name }) => names.includes(name)),
})

test('what columns are drawn as at first', () => {
  const guess = (one: Schema) => {
    const { kind, x, y } = firstGuess(one)
    return [kind, x, y]
  }
  assert.deepEqual(guess(schema), ['line', 1, 3])
  assert.deepEqual(guess(only('region', 'price')), ['bar', 0, 1])
  assert.deepEqual(guess(only('region', 'order_id')), ['bar', 1, 0])
  assert.deepEqual(
    guess({ fields: [field('a', { kind: 'float', bits: 64 }), field('b', { kind: 'utf8' }, { logical: 'decimal' })] }),
    ['scatter', 0, 1],
  )
  assert.deepEqual(guess(only('price')), ['histogram', 0, null])
  assert.deepEqual(guess(only('day')), ['histogram', 0, null])
  assert.deepEqual(guess(only('region')), ['bar', 0, null])
  assert.deepEqual(guess({ fields: [] }), ['bar', null, null])
})

test('what was kept is read only where it fits the columns', () => {
  const guess = firstGuess(schema)
  const kept = JSON.parse(JSON.stringify(keptSettings(guess, schema))) as object
  assert.deepEqual(readSettings(kept, schema), guess)
  assert.deepEqual(readSettings(kept, { fields: schema.fields.toReversed() }), { ...guess, x: 2, y: 0 })
  assert.equal(readSettings(kept, only('price')), undefined)
  for (const wrong of [
    null,
    7,
    {},
    { ...kept, x: 'gone' },
    { ...kept, kind: 'cake' },
    { ...kept, bins: 1e9 },
    { ...kept, unit: 'era' },
  ])
    assert.equal(readSettings(wrong, schema), undefined)
})

test('bars: the largest first, only those that pass the filter, how many rows stand behind', async () => {
  const data = await chart(
    sales,
    { kind: 'bar', x: 2, y: 0 },
    { filter: [{ column: 0, operator: '<', values: ['10'] }] },
  )
  assert.deepEqual(data.columns, ['region', 'sum(order_id)'])
  assert.deepEqual(data.rows, [
    ['north', '18'],
    ['east', '15'],
    ['south', '12'],
  ])
  assert.deepEqual(data.notes, ['Made of 10 rows that pass the filter in the store.'])
  assert.deepEqual((await chart(sales, { kind: 'bar' })).rows, [['all rows', '3000']])
})

test('lines by day, or by month where it is said; each value of a column apart', async () => {
  const days = await chart(sales, { kind: 'line', x: 1, y: null, series: 2 })
  assert.equal(days.scale, 'time')
  assert.equal(days.rows.length, 400)
  assert.deepEqual([...days.columns].sort(), ['day', 'east', 'north', 'south'])
  const months = await chart(sales, { kind: 'line', x: 1, y: 0, measure: 'count', unit: 'month' })
  assert.deepEqual(months.rows[1], ['1970-02-01', String(28 * 8)])
})

test('histograms have equal steps, empty ones too, and say what has no place', async () => {
  const data = await chart(sales, { kind: 'histogram', x: 3, bins: 10 })
  assert.deepEqual(
    data.rows.map(([from]) => from),
    ['0 – 0.5', '0.5 – 1', '1 – 1.5', '1.5 – 2', '2 – 2.5', '2.5 – 3', '3 – 3.5', '3.5 – 4', '4 – 4.5', '4.5 – 5'],
  )
  assert.equal(
    data.rows.reduce((sum, [, count]) => sum + Number(count), 0),
    2_998,
  )
  assert.match(data.notes[1]!, /no place on the scale/)
  const sparse = await rig.stored(only('order_id'), [batchOf(only('order_id'), [[1n], [1n], [1000n]])])
  const gaps = await chart(sparse, { kind: 'histogram', x: 0, bins: 10 })
  assert.deepEqual(
    gaps.rows.map(([, count]) => count),
    [
      '2',
      ...Array(9)
        .fill('0')
        .slice(0, gaps.rows.length - 2),
      '1',
    ],
  )
  assert.ok(gaps.rows.length >= 10)
})

test('points are a sample that says so; boxes have quartiles; heat maps two axes; slices an “other”', async () => {
  const many = await rig.stored(only('order_id', 'price'), [
    batchOf(
      only('order_id', 'price'),
      Array.from({ length: 20_000 }, (_, index) => [BigInt(index), index / 2]),
    ),
  ])
  const points = await chart(many, { kind: 'scatter', x: 0, y: 1 })
  assert.equal(points.rows.length, 5_000)
  assert.match(points.notes.join(' '), /Made of 20,000 rows .* 5,000 rows of them are drawn, taken at random/)
  const boxes = await chart(many, { kind: 'box', y: 1 })
  assert.deepEqual(boxes.rows, [['all rows', '0', '2499.875', '4999.75', '7499.625', '9999.5', '20000']])
  const heat = await chart(sales, { kind: 'heat', x: 1, series: 2, unit: 'year' })
  assert.deepEqual(heat.rows[0], [
    '1970',
    'east',
    String(
      Array.from({ length: 3_000 }, (_, index) => index).filter(index => index % 400 < 365 && index % 3 === 2).length,
    ),
  ])
  assert.equal(heat.rows.length, 6)
  const slices = await chart(many, { kind: 'pie', x: 0, most: 3, bins: 200 })
  assert.ok(slices.rows.every(([, count]) => Number(count) > 0))
  const named = await chart(sales, { kind: 'pie', x: 2, most: 2 })
  assert.deepEqual(
    named.rows.map(([, count]) => count),
    ['1000', '1000', '1000'],
  )
  assert.deepEqual(named.rows[2]![0], 'other')
})

test('what cannot be drawn says what to choose', async () => {
  await assert.rejects(chart(sales, { kind: 'scatter', x: 2, y: 3 }), /two columns of numbers/)
  await assert.rejects(chart(sales, { kind: 'heat', x: 2 }), /two columns/)
  await assert.rejects(chart(sales, { kind: 'box', x: 2 }), /numbers/)
  await assert.rejects(chart(sales, { kind: 'line' }), /bottom/)
})

test('hostile values of every type go through every kind', async () => {
  const hostile = await rig.stored(hostileSchema, [hostileBatch()])
  for (const [column, { field: one }] of hostileColumns.entries()) {
    const guess = firstGuess({ fields: [one] })
    const settings = { ...guess, x: guess.x === null ? null : column, y: guess.y === null ? null : column }
    for (const kind of chartKinds) {
      const data = await chart(hostile, { ...settings, kind, series: kind === 'heat' ? 0 : null }).catch(
        (error: unknown) => {
          assert.match(String(error), /need|Choose/, `${one.name} as ${kind}`)
          return undefined
        },
      )
      if (data !== undefined)
        assert.ok(
          data.rows.every(row => row.length === data.columns.length),
          `${one.name} as ${kind}`,
        )
    }
  }
})
