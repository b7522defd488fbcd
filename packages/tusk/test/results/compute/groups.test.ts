import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Schema } from '../../../src/arrow/schema.ts'
import { TuskError } from '../../../src/errors.ts'
import type { Grouping } from '../../../src/results/grouping.ts'
import type { StoredResult } from '../../../src/results/result-store.ts'
import {
  hostileBatch,
  hostileCell,
  hostileColumns,
  hostileRowCount,
  hostileSchema,
} from '../../support/hostile-values.ts'
import { batchOf, field, textRows } from '../../support/spool-fixture.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ComputeRig, owner } from './compute-rig.ts'

const directory = temporaryDirectory({ after })
let rig: ComputeRig
let sales: StoredResult
before(async () => {
  rig = await ComputeRig.open(directory)
  sales = await rig.stored(salesSchema, [batchOf(salesSchema, salesRows)])
})
after(() => rig[Symbol.asyncDispose]())

const salesSchema: Schema = {
  fields: [
    field('region', { kind: 'utf8' }),
    field('amount', { kind: 'utf8' }, { logical: 'decimal' }),
    field('n', { kind: 'int', bits: 64, signed: true }),
    field('day', { kind: 'date' }),
    field('size', { kind: 'utf8' }, { logical: 'enum', labels: ['small', 'large'] }),
  ],
}
const salesRows = [
  ['north', '0.10', 9223372036854775807n, 0, 'small'],
  ['north', '0.20', 9223372036854775807n, 31, 'large'],
  ['south', '100000000000000000000.05', 1n, 45, 'large'],
  [null, null, null, null, null],
  ['', '-5', -1n, 400, 'small'],
]

test('groups are a result of their own: exact sums of 64-bit and of long decimals, NULL and empty text apart', async () => {
  assert.deepEqual(
    await grouped(sales, {
      by: [{ column: 0 }],
      values: [{ function: 'count' }, { function: 'sum', column: 1 }, { function: 'sum', column: 2 }],
    }),
    {
      names: ['region', 'count', 'sum(amount)', 'sum(n)'],
      rows: [
        ['', '1', '-5.00', '-1'],
        ['north', '2', '0.30', '18446744073709551614'],
        ['south', '1', '100000000000000000000.05', '1'],
        [null, '1', null, null],
      ],
    },
  )
})

test('groups know where they came from, and keep what a grid needs to sort them', async () => {
  const made = await rig.compute.group(owner, sales.id, {
    by: [{ column: 4 }],
    values: [{ function: 'max', column: 1 }],
  })
  assert.deepEqual(made.provenance.parents, [sales.id])
  assert.equal(made.state, 'complete')
  assert.deepEqual(made.schema.fields[0]!.labels, ['small', 'large'])
  assert.deepEqual(textRows(await made.window({ offset: 0, limit: 10 })), [
    ['small', '0.10'],
    ['large', '100000000000000000000.05'],
    [null, null],
  ])
})

test('only the rows that pass are grouped; dates by month; the largest first', async () => {
  assert.deepEqual(
    (
      await grouped(sales, {
        by: [{ column: 3, unit: 'month' }],
        values: [{ function: 'sum', column: 1 }],
        order: 'value',
        rows: { filter: [{ column: 0, operator: 'in', values: ['north', 'south'], orNull: true }] },
      })
    ).rows,
    [
      ['1970-02-01', '100000000000000000000.25'],
      ['1970-01-01', '0.10'],
      [null, null],
    ],
  )
})

test('a value of each region beside each other, NULL among them', async () => {
  assert.deepEqual(await grouped(sales, { by: [{ column: 4 }], values: [{ function: 'count' }], across: 0 }), {
    names: ['size', 'north', '', 'south', 'NULL'].map(name => (name === '' ? 'column3' : name)),
    rows: [
      ['small', '1', '1', '0', '0'],
      ['large', '1', '0', '1', '0'],
      [null, '0', '0', '0', '1'],
    ],
  })
})

test('of very many values across, the most frequent ones get columns and the rest is together', async () => {
  const schema: Schema = { fields: [field('k', { kind: 'int', bits: 32, signed: true })] }
  const result = await rig.stored(schema, [
    batchOf(
      schema,
      Array.from({ length: 500 }, (_, n) => [n % 200]),
    ),
  ])
  const { names, rows } = await grouped(result, { by: [], values: [{ function: 'count' }], across: 0 })
  assert.equal(names.length, 101)
  assert.equal(names[100], 'other')
  assert.equal(
    rows[0]!.reduce((sum, count) => sum + Number(count), 0),
    500,
  )
})

for (const [column, { field: hostile }] of hostileColumns.entries())
  test(`hostile values as groups: ${hostile.name}`, async () => {
    const result = await rig.stored(hostileSchema, [hostileBatch()])
    const { rows } = await grouped(result, { by: [{ column }], values: [{ function: 'count' }] })
    assert.equal(
      rows.reduce((sum, [, count]) => sum + Number(count), 0),
      hostileRowCount,
    )
    if (hostile.type.kind === 'utf8' && hostile.logical !== 'decimal') {
      const expected = new Set(Array.from({ length: hostileRowCount }, (_, row) => hostileCell(column, row).text))
      assert.deepEqual(new Set(rows.map(([text]) => text)), expected)
    }
    // The same values are offered for a filter, and each of them finds what it counts.
    const { rows: points } = await rig.compute.points(owner, result.id, {
      grouping: { by: [{ column }], values: [{ function: 'count' }], order: 'value' },
      limit: 500,
    })
    assert.deepEqual(
      points.map(([, count]) => Number(count)).reduce((sum, one) => sum + one, 0),
      hostileRowCount,
    )
  })

test('a search finds text in any column, whatever its case, and nothing in patterns', async () => {
  const found = async (search: string) => {
    const view = await rig.compute.view(owner, sales.id, { search })
    return (await rig.rowsOf(sales, view.id)).map(([region]) => region)
  }
  assert.deepEqual(await found('NOR'), ['north', 'north'])
  assert.deepEqual(await found('1970-02'), ['north', 'south'])
  assert.deepEqual(await found('.*'), [])
  assert.equal(
    (
      await rig.compute.summary(owner, sales.id, 0, {
        view: (await rig.compute.view(owner, sales.id, { search: 'nor' })).id,
      })
    ).rowCount,
    2,
  )
})

test('sampled rows are the same each time and say that they are a part', async () => {
  const schema: Schema = { fields: [field('n', { kind: 'int', bits: 32, signed: true })] }
  const result = await rig.stored(schema, [
    batchOf(
      schema,
      Array.from({ length: 3000 }, (_, n) => [n]),
    ),
  ])
  const sample = () => rig.compute.points(owner, result.id, { sample: [0], limit: 100 })
  const first = await sample()
  assert.equal(first.rows.length, 100)
  assert.equal(first.isPart, true)
  assert.deepEqual(await sample(), first)
  assert.ok(Math.max(...first.rows.map(([n]) => Number(n))) > 2000)
})

for (const [what, grouping] of [
  ['a column that is not there', { by: [{ column: 9 }], values: [] }],
  ['the sum of words', { by: [], values: [{ function: 'sum', column: 0 }] }],
  ['months of words', { by: [{ column: 0, unit: 'month' }], values: [] }],
  ['steps of nothing', { by: [{ column: 2, width: 0 }], values: [] }],
  ['nothing at all', { by: [], values: [] }],
] as const)
  test(`${what} is refused, and leaves nothing behind`, async () => {
    const before = rig.store.list(owner).length
    await assert.rejects(
      rig.compute.group(owner, sales.id, grouping),
      (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST',
    )
    assert.equal(rig.store.list(owner).length, before)
  })

test('who gives up leaves nothing behind', async () => {
  const before = rig.store.list(owner).length
  const abort = new AbortController()
  const made = rig.compute.group(owner, sales.id, { by: [{ column: 0 }], values: [] }, { signal: abort.signal })
  abort.abort()
  await assert.rejects(made)
  assert.equal(rig.store.list(owner).length, before)
})

test('the rows of somebody else are not grouped', async () => {
  await assert.rejects(
    async () => rig.compute.group('stranger', sales.id, { by: [{ column: 0 }], values: [] }),
    (error: unknown) => error instanceof TuskError && error.code === 'RESULT_NOT_FOUND',
  )
})

async function grouped(result: StoredResult, grouping: Grouping) {
  const made = await rig.compute.group(owner, result.id, grouping)
  const rows = textRows(await made.window({ offset: 0, limit: 10_000 }))
  return { names: made.schema.fields.map(({ name }) => name), rows }
}

test('days beyond what a timestamp can be stay what they are when dates are rounded; few columns for many values', async () => {
  const far: Schema = { fields: [field('day', { kind: 'date' })] }
  const result = await rig.stored(far, [batchOf(far, [[2145042905], [2147483647], [45], [46], [null]])])
  assert.deepEqual(
    (await grouped(result, { by: [{ column: 0, unit: 'month' }], values: [{ function: 'count' }] })).rows,
    [
      ['1970-02-01', '2'],
      ['5874897-12-31', '1'],
      ['infinity', '1'],
      [null, '1'],
    ],
  )
  assert.deepEqual(await grouped(sales, { by: [], values: [{ function: 'count' }], across: 0, acrossLimit: 1 }), {
    names: ['north', 'other'],
    rows: [['2', '3']],
  })
})

test('distinct values are estimated where an exact number is not worth the memory', async () => {
  const many: Schema = { fields: [field('n', { kind: 'int', bits: 32, signed: true })] }
  const result = await rig.stored(many, [
    batchOf(
      many,
      Array.from({ length: 20_000 }, (_, row) => [row % 10_000]),
    ),
  ])
  const { rows } = await grouped(result, {
    by: [],
    values: [
      { function: 'countDistinct', column: 0 },
      { function: 'distinctEstimate', column: 0 },
    ],
  })
  assert.equal(rows[0]![0], '10000')
  assert.ok(Math.abs(Number(rows[0]![1]) - 10_000) < 1_500, rows[0]![1] ?? '')
  const hostile = await rig.stored(hostileSchema, [hostileBatch()])
  const of = (name: 'countDistinct' | 'distinctEstimate') =>
    grouped(hostile, { by: [], values: hostileColumns.map((_, column) => ({ function: name, column })) })
  const [exact, about] = [(await of('countDistinct')).rows[0]!, (await of('distinctEstimate')).rows[0]!]
  for (const [column, { field: one }] of hostileColumns.entries())
    assert.ok(
      Math.abs(Number(exact[column]) - Number(about[column])) <= 3,
      `${one.name}: ${exact[column]}, ${about[column]}`,
    )
})
