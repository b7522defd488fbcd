import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { Schema } from '../../../src/arrow/schema.ts'
import type { Condition, SortKey } from '../../../src/results/result-compute.ts'
import type { StoredResult } from '../../../src/results/result-store.ts'
import { readRowNumbers } from '../../../src/results/row-numbers.ts'
import { batchOf, field } from '../../support/spool-fixture.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { ComputeRig, owner } from './compute-rig.ts'

const directory = temporaryDirectory({ after })
let rig: ComputeRig
before(async () => {
  rig = await ComputeRig.open(directory)
})
after(() => rig[Symbol.asyncDispose]())

const schema: Schema = {
  fields: [
    field('n', { kind: 'int', bits: 64, signed: true }),
    field('d', { kind: 'float', bits: 64 }),
    field('s', { kind: 'utf8' }),
    field('b', { kind: 'bool' }),
  ],
}

test('a view is the rows that pass, in order, equal ones as they were stored', async () => {
  const row = fc.tuple(
    fc.option(fc.bigInt({ min: -5n, max: 5n })),
    fc.option(fc.oneof(fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 0.5), fc.double({ noNaN: true }))),
    fc.option(fc.constantFrom('', 'a', 'A', 'b%', 'b_', 'ä', 'a.c', 'abc', '𝄞', 'a\\c')),
    fc.option(fc.boolean()),
  )
  const sort = fc.uniqueArray(
    fc.record({ column: fc.integer({ min: 0, max: 3 }), descending: fc.boolean(), nullsFirst: fc.boolean() }),
    { selector: key => key.column, maxLength: 3 },
  )
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({
      column: fc.constant(0),
      operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>='),
      values: fc.tuple(fc.integer({ min: -5, max: 5 }).map(String)),
    }),
    fc.record({
      column: fc.constant(2),
      operator: fc.constantFrom('contains', 'startsWith', 'endsWith', 'notContains'),
      values: fc.tuple(fc.constantFrom('a', '%', '_', '.', '\\', 'A')),
      caseSensitive: fc.boolean(),
    }),
    fc.record({ column: fc.integer({ min: 0, max: 3 }), operator: fc.constantFrom('isNull', 'isNotNull') }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      sort,
      fc.array(condition, { maxLength: 2 }),
      fc.integer({ min: 1, max: 30 }),
      async (rows, keys, filter, size) => {
        const batches = Array.from({ length: Math.ceil(rows.length / size) }, (_, at) =>
          batchOf(schema, rows.slice(at * size, (at + 1) * size)),
        )
        const result = await rig.stored(schema, batches)
        const view = await rig.compute.view(owner, result.id, { sort: keys, filter })
        const expected = rows
          .map((values, index) => ({ values, index }))
          .filter(({ values }) => filter.every(one => passes(one, values)))
          .sort((one, other) => compareRows(keys, one.values, other.values) || one.index - other.index)
          .map(({ values }) => values.map(text))
        assert.deepEqual(await rig.rowsOf(result, view.id), expected)
        assert.deepEqual(await view.complete, { rowCount: expected.length })
      },
    ),
    { numRuns: 40 },
  )
})

test('a large result gives its first page before the whole order, and both agree', async () => {
  const result = await numbers(120_000)
  const view = await rig.compute.view(owner, result.id, { sort: [{ column: 0, descending: true }] })
  assert.equal(view.rowCount, 120_000)
  await rig.compute.viewReady(owner, result.id, view.id, { rows: 100 })
  const first = await result.window({ offset: 0, limit: 100, view: view.id })
  assert.deepEqual(await view.complete, { rowCount: 120_000 })
  assert.deepEqual(await result.window({ offset: 0, limit: 100, view: view.id }), first)
  const rows = await rig.rowsOf(result, view.id)
  assert.ok(rows.every(([n], index) => n === String(119_999 - index)))
  assert.deepEqual(
    readdirSync(join(result.directory, 'views')).sort(),
    [`${view.id}.json`, `${view.id}.u32`],
    'the first page is not kept beside the whole',
  )
})

test('the first page is the beginning of the whole order, whatever repeats, is NULL or is no number', async () => {
  const batches = [0, 1].map(batch =>
    batchOf(
      schema,
      Array.from({ length: 30_000 }, (_, row) => {
        const n = (batch * 30_000 + row) * 7919
        return [
          n % 11 === 0 ? null : BigInt((n % 60_013) - 30_000),
          n % 7 === 0 ? null : n % 5 === 0 ? Number.NaN : (n % 13) / 2 - 3,
          n % 3 === 0 ? null : ['b', 'A', 'ä', '', 'a', '𝄞'][n % 6]!,
          n % 4 === 0 ? null : n % 4 === 1,
        ]
      }),
    ),
  )
  const result = await rig.stored(schema, batches)
  const key = fc.record({ column: fc.integer({ min: 0, max: 3 }), descending: fc.boolean(), nullsFirst: fc.boolean() })
  const sort = fc.uniqueArray(key, { selector: ({ column }) => column, minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(sort, async keys => {
      const view = await rig.compute.view(owner, result.id, { sort: keys })
      await rig.compute.viewReady(owner, result.id, view.id, { rows: 200 })
      const first = await result.window({ offset: 0, limit: 200, view: view.id })
      await view.complete
      assert.deepEqual(await result.window({ offset: 0, limit: 200, view: view.id }), first)
    }),
    { numRuns: 12 },
  )
})

test('who asks for the same view at the same time shares the work; asked again it is there at once', async () => {
  const result = await numbers(60_000)
  const request = { sort: [{ column: 1 }] }
  const [one, other] = await Promise.all([
    rig.compute.view(owner, result.id, request),
    rig.compute.view(owner, result.id, { sort: [{ column: 1, descending: false, nullsFirst: false }], filter: [] }),
  ])
  assert.equal(one.id, other.id)
  await Promise.all([one.complete, other.complete])
  const again = await rig.compute.view(owner, result.id, request)
  assert.equal(again.state, 'complete')
  assert.equal(again.rowCount, 60_000)
})

test('a view is cancelled when all who asked have gone, and not before', async () => {
  const result = await numbers(100_000)
  const request = {
    sort: [{ column: 2, descending: true }],
    filter: [{ column: 2, operator: 'matches' as const, values: ['(x+x+)+y|9'] }],
  }
  const [first, second] = [new AbortController(), new AbortController()]
  const asked = [first, second].map(({ signal }) => rig.compute.view(owner, result.id, request, { signal }))
  const outcomes = Promise.allSettled(asked)
  first.abort()
  second.abort()
  for (const outcome of await outcomes)
    assert.ok(outcome.status === 'rejected' && outcome.reason.code === 'QUERY_CANCELLED')

  const alone = new AbortController()
  const gone = rig.compute.view(owner, result.id, request, { signal: alone.signal })
  const staying = rig.compute.view(owner, result.id, request)
  alone.abort()
  await assert.rejects(gone, { code: 'QUERY_CANCELLED' })
  assert.ok((await (await staying).complete).rowCount > 0)
})

test('a result that is still being stored is waited for', async () => {
  const { pending, finish } = await rig.storing(schema, [
    batchOf(schema, [
      [2n, 1, 'a', null],
      [1n, 2, 'b', null],
    ]),
  ])
  let ready = false
  const asked = rig.compute.view(owner, pending.id, { sort: [{ column: 0 }] }).then(view => {
    ready = true
    return view
  })
  const gone = new AbortController()
  const other = rig.compute.summary(owner, pending.id, 0, { signal: gone.signal })
  gone.abort()
  await assert.rejects(other, { code: 'QUERY_CANCELLED' })
  assert.equal(ready, false)
  await finish()
  const view = await asked
  assert.deepEqual(
    (await rig.rowsOf(pending.result, view.id)).map(([n]) => n),
    ['1', '2'],
  )
})

test('a host that is killed amid the work is reported, and the next call works', async () => {
  const result = await numbers(100_000)
  const pids = () =>
    rig.hosts
      .list()
      .filter(host => host.label === 'compute' && host.sessions > 0)
      .map(host => host.pid)
  const asked = rig.compute.view(owner, result.id, { sort: [{ column: 2 }, { column: 1 }] }).then(view => view.complete)
  const outcome = asked.then(
    () => 'done',
    (error: { code: string }) => error.code,
  )
  while (pids().length === 0) await new Promise(setImmediate)
  for (const pid of pids()) process.kill(pid, 'SIGKILL')
  assert.equal(await outcome, 'HOST_DIED')
  const view = await rig.compute.view(owner, result.id, { sort: [{ column: 2 }, { column: 1 }] })
  assert.deepEqual(await view.complete, { rowCount: 100_000 })
})

test('conditions that mean nothing are refused with the name of the column', async () => {
  const many: Schema = {
    fields: [
      field('whole', { kind: 'int', bits: 32, signed: true }),
      field('real', { kind: 'float', bits: 64 }),
      field('day', { kind: 'date' }),
      field('at', { kind: 'timestamp', unit: 'us', timezone: 'UTC' }),
      field('flag', { kind: 'bool' }),
      field('raw', { kind: 'binary' }),
      field('amount', { kind: 'utf8' }, { logical: 'decimal' }),
      field('mood', { kind: 'utf8' }, { logical: 'enum', labels: ['sad', 'ok'] }),
      field('span', { kind: 'utf8' }, { logical: 'interval' }),
      field('word', { kind: 'utf8' }),
    ],
  }
  const result = await rig.stored(many, [
    batchOf(many, [[1, 1, 1, 1n, true, new Uint8Array(1), '1', 'ok', '1 day', 'a']]),
  ])
  for (const [column, { name }] of many.fields.entries()) {
    const wrong = { column, operator: name === 'word' ? 'matches' : '<', values: ['(('] } as const
    await assert.rejects(
      rig.compute.view(owner, result.id, { filter: [wrong] }),
      { code: 'BAD_REQUEST', message: new RegExp(`“${name}”`) },
      name,
    )
  }
  await assert.rejects(rig.compute.view(owner, result.id, { sort: [{ column: 10 }] }), { code: 'BAD_REQUEST' })
  await assert.rejects(
    rig.compute.view(owner, result.id, { filter: [{ column: 0, operator: 'between', values: ['1'] }] }),
    { code: 'BAD_REQUEST' },
  )
})

test('conditions compare values of every type as that type', async () => {
  const many: Schema = {
    fields: [
      field('whole', { kind: 'int', bits: 64, signed: false }),
      field('exact', { kind: 'decimal', precision: 20, scale: 4 }),
      field('day', { kind: 'date' }),
      field('at', { kind: 'timestamp', unit: 'us', timezone: 'UTC' }),
      field('amount', { kind: 'utf8' }, { logical: 'decimal' }),
      field('mood', { kind: 'utf8' }, { logical: 'enum', labels: ['sad', 'ok', 'happy'] }),
      field('span', { kind: 'utf8' }, { logical: 'interval' }),
      field('raw', { kind: 'binary' }),
      field('list', { kind: 'list', item: field('item', { kind: 'int', bits: 32, signed: true }) }),
    ],
  }
  const result = await rig.stored(many, [
    batchOf(many, [
      [
        18446744073709551615n,
        15000n,
        20000,
        1_700_000_000_000_000n,
        '1000000000000000000000000000000000000000000.5',
        'happy',
        '1 mon',
        new Uint8Array([1, 255]),
        [1, 23],
      ],
      [5n, -5n, -736000, 0n, '-0.5', 'sad', '29 days 23:00:00', new Uint8Array(0), []],
      [null, null, null, null, null, null, null, null, null],
    ]),
  ])
  const cases: readonly [
    column: number,
    operator: Condition['operator'],
    values: readonly string[],
    rows: readonly number[],
  ][] = [
    [0, '>', ['9223372036854775808'], [0]],
    [0, '<', ['99999999999999999999999999'], [0, 1]],
    [0, '=', ['5.0'], [1]],
    [1, 'between', ['-0.0005', '1.5'], [0, 1]],
    [1, '>', ['1.49999'], [0]],
    [2, '<', ['0044-03-15 BC'], [1]],
    [2, '=', ['2024-10-04'], [0]],
    [3, '>=', ['2023-11-14 22:13:20+00'], [0]],
    [3, '>=', ['2023-11-15 00:13:20+02'], [0]],
    [4, '>', ['999999999999999999999999999999999999999999'], [0]],
    [4, 'in', ['-0.50', '7'], [1]],
    [5, '>', ['sad'], [0]],
    [6, '<', ['30 days'], [1]],
    [6, '=', ['30 days'], [0]],
    [7, '=', ['\\x01ff'], [0]],
    [7, 'contains', ['1FF'], [0]],
    [8, 'contains', ['23'], [0]],
    [3, 'contains', ['2023-11'], [0]],
    [0, 'endsWith', ['615'], [0]],
    [0, 'notIn', ['5'], [0]],
    [0, 'in', [], []],
    [0, 'isNull', [], [2]],
    [8, 'isNotNull', [], [0, 1]],
  ]
  for (const [column, operator, values, rows] of cases) {
    const view = await rig.compute.view(owner, result.id, { filter: [{ column, operator, values }] })
    const file = await rig.compute.rowNumbersFile(owner, result.id, view.id)
    assert.deepEqual([...readRowNumbers(file, 0, 10)!], rows, `${many.fields[column]!.name} ${operator} ${values}`)
  }
})

test('a view that nobody made is not there', async () => {
  const result = await numbers(10)
  await assert.rejects(rig.compute.viewReady(owner, result.id, 'f'.repeat(32)), { code: 'RESULT_NOT_FOUND' })
  await assert.rejects(rig.compute.summary(owner, result.id, 0, { view: '../x' }), { code: 'RESULT_NOT_FOUND' })
  await assert.rejects(rig.compute.view('somebody else', result.id, {}), { code: 'RESULT_NOT_FOUND' })
})

async function numbers(count: number): Promise<StoredResult> {
  const batches = Array.from({ length: Math.ceil(count / 50_000) }, (_, at) =>
    batchOf(
      schema,
      Array.from({ length: Math.min(50_000, count - at * 50_000) }, (_, row) => {
        const n = at * 50_000 + row
        return [BigInt(n), (n * 7919) % 1000, `row ${n % 5000}`, n % 3 === 0]
      }),
    ),
  )
  return rig.stored(schema, batches)
}

type Value = bigint | number | string | boolean | null

function text(value: Value): string | null {
  return value === null ? null : Object.is(value, -0) ? '-0' : String(value)
}

function compareRows(keys: readonly SortKey[], one: readonly Value[], other: readonly Value[]): number {
  for (const { column, descending, nullsFirst } of keys) {
    const [a, b] = [one[column]!, other[column]!]
    if (a === null || b === null) {
      if (a !== b) return (a === null) === (nullsFirst === true) ? -1 : 1
      continue
    }
    const order = compareValues(a, b)
    if (order !== 0) return descending ? -order : order
  }
  return 0
}

/** NaN is the largest number; text goes by its bytes. */
function compareValues(a: NonNullable<Value>, b: NonNullable<Value>): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a < b ? -1 : a > b ? 1 : 0
}

function passes({ column, operator, values, caseSensitive }: Condition, row: readonly Value[]): boolean {
  const value = row[column]!
  if (operator === 'isNull') return value === null
  if (operator === 'isNotNull') return value !== null
  if (value === null) return false
  if (typeof value === 'bigint') {
    const other = BigInt(values![0]!)
    const order = value < other ? -1 : value > other ? 1 : 0
    return { '=': order === 0, '<>': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
      operator as '='
    ]
  }
  const fold = (part: string) => (caseSensitive ? part : part.toLowerCase())
  const [whole, part] = [fold(String(value)), fold(values![0]!)]
  if (operator === 'startsWith') return whole.startsWith(part)
  if (operator === 'endsWith') return whole.endsWith(part)
  return whole.includes(part) === (operator === 'contains')
}
