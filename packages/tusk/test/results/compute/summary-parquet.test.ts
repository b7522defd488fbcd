import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Schema } from '../../../src/arrow/schema.ts'
import { duckdbEngine } from '../../../src/engines/duckdb/engine.ts'
import { run } from '../../contract/index.ts'
import { hostileColumns, hostileBatch as makeHostileBatch } from '../../support/hostile-values.ts'
import { batchOf, field, textRowsOf } from '../../support/spool-fixture.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ComputeRig, owner } from './compute-rig.ts'

const directory = temporaryDirectory({ after })
const hostileBatch = makeHostileBatch()
let rig: ComputeRig
before(async () => {
  rig = await ComputeRig.open(directory)
})
after(() => rig[Symbol.asyncDispose]())

const schema: Schema = {
  fields: [
    field('n', { kind: 'int', bits: 32, signed: true }),
    field('word', { kind: 'utf8' }),
    field('day', { kind: 'date' }),
    field('amount', { kind: 'utf8' }, { logical: 'decimal' }),
  ],
}
const rows = Array.from({ length: 1000 }, (_, n) => [
  n,
  n % 10 === 0 ? null : `word ${n % 3}`,
  n,
  n === 999 ? 'NaN' : `${n}.50`,
])

test('the summary of a column of numbers', async () => {
  const result = await rig.stored(schema, [batchOf(schema, rows)])
  const summary = await rig.compute.summary(owner, result.id, 0)
  assert.deepEqual(
    { ...summary, distinctEstimate: undefined, top: undefined, histogram: undefined },
    {
      rowCount: 1000,
      nullCount: 0,
      distinctEstimate: undefined,
      min: '0',
      max: '999',
      mean: '499.5',
      standardDeviation: '288.8194360957494',
      quantiles: { p5: '49', p25: '249', p50: '499', p75: '749', p95: '949' },
      top: undefined,
      histogram: undefined,
    },
  )
  assert.ok(Math.abs(summary.distinctEstimate - 1000) < 150)
  assert.equal(summary.histogram?.length, 40)
  assert.deepEqual(summary.histogram?.[1], { from: '25', to: '50', count: 25 })
})

test('the summary of text counts the most frequent values, NULL among them', async () => {
  const result = await rig.stored(schema, [batchOf(schema, rows)])
  const { top, min, max, nullCount, histogram } = await rig.compute.summary(owner, result.id, 1)
  assert.deepEqual(top, [
    { value: 'word 0', count: 300 },
    { value: 'word 1', count: 300 },
    { value: 'word 2', count: 300 },
    { value: null, count: 100 },
  ])
  assert.deepEqual(
    { min, max, nullCount, histogram },
    { min: 'word 0', max: 'word 2', nullCount: 100, histogram: undefined },
  )
})

test('days and exact decimals have a scale too', async () => {
  const result = await rig.stored(schema, [batchOf(schema, rows)])
  const day = await rig.compute.summary(owner, result.id, 2)
  assert.deepEqual([day.min, day.max, day.histogram?.[0]?.from], ['1970-01-01', '1972-09-26', '1970-01-01'])
  assert.equal(
    day.histogram?.reduce((sum, { count }) => sum + count, 0),
    1000,
  )
  const amount = await rig.compute.summary(owner, result.id, 3)
  assert.deepEqual([amount.min, amount.max, amount.quantiles?.p50], ['0.50', 'NaN', '499.5'])
})

test('the summary of a view sees only the rows that pass', async () => {
  const result = await rig.stored(schema, [batchOf(schema, rows)])
  const view = await rig.compute.view(owner, result.id, { filter: [{ column: 0, operator: '<', values: ['10'] }] })
  const { rowCount, max } = await rig.compute.summary(owner, result.id, 0, { view: view.id })
  assert.deepEqual({ rowCount, max }, { rowCount: 10, max: '9' })
})

test('every hostile column has a summary and a sorted view', async () => {
  const result = await rig.stored(hostileBatch.schema, [hostileBatch])
  for (const [column, { field }] of hostileColumns.entries()) {
    const summary = await rig.compute.summary(owner, result.id, column)
    assert.equal(summary.rowCount, hostileBatch.rowCount, field.name)
    assert.ok(summary.top.length > 0, field.name)
    const view = await rig.compute.view(owner, result.id, { sort: [{ column, descending: true }] })
    assert.deepEqual(await view.complete, { rowCount: hostileBatch.rowCount }, field.name)
  }
})

test('a column without rows, and one of NULLs, have a summary', async () => {
  const empty = await rig.stored(schema, [])
  assert.deepEqual(await rig.compute.summary(owner, empty.id, 0), {
    rowCount: 0,
    nullCount: 0,
    distinctEstimate: 0,
    min: null,
    max: null,
    top: [],
  })
  const nulls = await rig.stored(schema, [batchOf(schema, [[null, null, null, null]])])
  for (const column of [0, 1, 2, 3]) {
    const { nullCount, top } = await rig.compute.summary(owner, nulls.id, column)
    assert.deepEqual([nullCount, top], [1, [{ value: null, count: 1 }]])
  }
})

test('Parquet has the same values, whatever they are', async () => {
  const result = await rig.stored(hostileBatch.schema, [hostileBatch])
  const path = await rig.compute.parquet(owner, result.id)
  assert.equal(path, join(result.directory, 'rows.parquet'))
  assert.equal(await rig.compute.parquet(owner, result.id), path)
  await using connection = await duckdbEngine.open({})
  await run(connection, `set timezone = 'UTC'`)
  const back = await run(connection, `select * from read_parquet('${path}')`)
  const own = textRowsOf(hostileBatch)
  for (const [column, { field }] of hostileColumns.entries()) {
    for (const [row, cells] of own.entries()) {
      // Members of a struct that repeat or have no name get one: DuckDB cannot tell them apart otherwise.
      const members = (text: string | null | undefined) =>
        field.type.kind === 'struct' ? text?.replace(/"[^"]*":/g, '') : text
      assert.equal(members(back.rows[row]![column]), members(cells[column]), `${field.name}, row ${row}`)
    }
  }
  assert.deepEqual(
    readdirSync(result.directory).filter(name => name.includes('.tmp')),
    [],
  )
})

test('Parquet of a view has its rows in its order; repeated names are told apart; types are those of Parquet', async () => {
  const odd: Schema = {
    fields: [
      field('a', { kind: 'int', bits: 32, signed: true }),
      field('a', { kind: 'utf8' }, { logical: 'uuid' }),
      field('', { kind: 'utf8' }, { logical: 'json' }),
      field('mood', { kind: 'utf8' }, { logical: 'enum', labels: ['sad', 'ok'] }),
    ],
  }
  const uuid = 'f47ac10b-58cc-4372-a567-0e02b2c3d479'
  const result = await rig.stored(odd, [
    batchOf(
      odd,
      [1, 2, 3].map(a => [a, uuid, '{"x": 1.10}', a === 2 ? 'sad' : 'ok']),
    ),
  ])
  const view = await rig.compute.view(owner, result.id, {
    sort: [{ column: 0, descending: true }],
    filter: [{ column: 3, operator: '=', values: ['ok'] }],
  })
  const path = await rig.compute.parquet(owner, result.id, { view: view.id })
  await using connection = await duckdbEngine.open({})
  const back = await run(connection, `select * from read_parquet('${path}')`)
  assert.deepEqual(
    back.schema.fields.map(({ name, sourceType }) => [name, sourceType]),
    [
      ['a', 'INTEGER'],
      ['a_2', 'UUID'],
      ['column3', 'JSON'],
      ['mood', 'VARCHAR'],
    ],
  )
  assert.deepEqual(back.rows, [
    ['3', uuid, '{"x": 1.10}', 'ok'],
    ['1', uuid, '{"x": 1.10}', 'ok'],
  ])
})
