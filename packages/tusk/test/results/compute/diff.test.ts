import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { RecordBatch } from '../../../src/arrow/record-batch.ts'
import type { Schema } from '../../../src/arrow/schema.ts'
import { reconcileExporter } from '../../../src/export/index.ts'
import type { DiffRequest, DiffSummary } from '../../../src/results/diff.ts'
import type { StoredResult } from '../../../src/results/result-store.ts'
import { hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../../support/hostile-values.ts'
import { batchOf, field, textRows } from '../../support/spool-fixture.ts'
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
    field('Name', { kind: 'utf8' }),
    field('id', { kind: 'int', bits: 64, signed: true }),
    field('price', { kind: 'utf8' }, { logical: 'decimal' }),
    field('of one alone', { kind: 'bool' }),
  ],
}
/** The same columns in another order, and of other types. */
const otherSchema: Schema = {
  fields: [
    field('ID', { kind: 'int', bits: 32, signed: true }),
    field('price', { kind: 'decimal', precision: 10, scale: 4 }),
    field('name', { kind: 'utf8' }),
  ],
}

async function diff(
  one: StoredResult,
  other: StoredResult,
  request: DiffRequest = {},
): Promise<{
  readonly summary: DiffSummary
  readonly names: readonly string[]
  readonly rows: unknown
  readonly result: StoredResult
}> {
  const { result, summary } = await rig.compute.diff(owner, one.id, other.id, request)
  const rows = textRows(await result.window({ offset: 0, limit: 1_000 }))
  return { summary, names: result.schema.fields.map(({ name }) => name), rows, result }
}

test('rows are found by their key, numbers are numbers whatever their type, each changed cell is named', async () => {
  const one = await rig.stored(schema, [
    batchOf(schema, [
      ['same', 1n, '1.50', true],
      ['renamed', 2n, '2', true],
      ['gone', 3n, '3', null],
      [null, 4n, null, true],
    ]),
  ])
  const other = await rig.stored(otherSchema, [
    batchOf(otherSchema, [
      [4, null, null],
      [9, 90_000n, 'new'],
      [2, 20_001n, 'Renamed'],
      [1, 15_000n, 'same'],
    ]),
  ])
  const found = await diff(one, other)
  assert.deepEqual(found.summary, {
    key: ['id'],
    compared: ['Name', 'price'],
    left: ['of one alone'],
    added: 1,
    removed: 1,
    changed: 1,
    same: 2,
  })
  assert.deepEqual(found.names, [
    'change',
    'changed columns',
    'id',
    'Name (before)',
    'Name (after)',
    'price (before)',
    'price (after)',
  ])
  assert.deepEqual(found.rows, [
    ['changed', 'Name, price', '2', 'renamed', 'Renamed', '2', '2.0001'],
    ['removed', null, '3', 'gone', null, '3', null],
    ['added', null, '9', null, 'new', null, '9.0000'],
  ])
  assert.deepEqual(found.result.provenance.parents, [one.id, other.id])
  const tolerant = await diff(one, other, { tolerance: 0.001, ignore: ['NAME'] })
  assert.deepEqual([tolerant.summary.changed, tolerant.summary.same, tolerant.summary.compared], [0, 3, ['price']])
  const byName = await diff(one, other, { key: ['name', 'ID'] })
  assert.deepEqual([byName.summary.added, byName.summary.removed, byName.summary.same], [2, 2, 2])
})

test('a key that does not tell rows apart says which row, and columns that are not there are named', async () => {
  const rows = batchOf(schema, [
    ['a', 1n, '1', true],
    ['a', 2n, '1', true],
    [null, 3n, '1', true],
    [null, 4n, '1', true],
  ])
  const one = await rig.stored(schema, [rows])
  await assert.rejects(rig.compute.diff(owner, one.id, one.id, { key: ['Name'] }), {
    code: 'BAD_REQUEST',
    detail: /Name = (?:a|NULL) comes 2 times/,
  })
  await assert.rejects(rig.compute.diff(owner, one.id, one.id, { key: ['nope'] }), {
    code: 'BAD_REQUEST',
    message: /nope/,
  })
  await assert.rejects(rig.compute.diff(owner, one.id, one.id, { tolerance: -1 }), { code: 'BAD_REQUEST' })
  const alone = await rig.stored(otherSchema, [
    batchOf(otherSchema, [
      [1, 1n, 'a'],
      [1, 1n, 'a'],
    ]),
  ])
  await assert.rejects(rig.compute.diff(owner, alone.id, alone.id, {}), { code: 'BAD_REQUEST', message: /No column/ })
})

test('numbers that are written in two ways are one key', async () => {
  const prices: Schema = { fields: [field('price', { kind: 'utf8' }, { logical: 'decimal' })] }
  const one = await rig.stored(prices, [batchOf(prices, [['1.5'], ['2'], ['1.50']])])
  await assert.rejects(rig.compute.diff(owner, one.id, one.id, { key: ['price'] }), {
    code: 'BAD_REQUEST',
    detail: /price = 1\.50? comes 2 times/,
  })
})

test('hostile values of every type are the same as themselves and as nothing else', async () => {
  const numbered: Schema = {
    fields: [field('row', { kind: 'int', bits: 32, signed: true }), ...hostileSchema.fields],
  }
  const rowOf = (row: number, from: number) => [
    row,
    ...hostileColumns.map((_, column) => hostileCell(column, from).value),
  ]
  const order = Array.from({ length: hostileRowCount }, (_, row) => row)
  const one = await rig.stored(numbered, [
    batchOf(
      numbered,
      order.map(row => rowOf(row, row)),
    ),
  ])
  const again = await rig.stored(numbered, [
    batchOf(
      numbered,
      order.toReversed().map(row => rowOf(row, row)),
    ),
  ])
  const same = await diff(one, again)
  assert.deepEqual([same.summary.key, same.summary.same, same.rows], [['row'], hostileRowCount, []])
  // Each row has the values of the next one: what differs is what is written differently.
  const moved = await rig.stored(numbered, [
    batchOf(
      numbered,
      order.map(row => rowOf(row, (row + 1) % hostileRowCount)),
    ),
  ])
  const { result } = await rig.compute.diff(owner, one.id, moved.id, { key: ['row'] })
  const found = textRows(await result.window({ offset: 0, limit: hostileRowCount }))
  const changed = new Map(found.map(row => [Number(row[2]), new Set((row[1] ?? '').split(', '))]))
  for (const row of order)
    for (const [column, { field: one }] of hostileColumns.entries()) {
      const [before, after] = [hostileCell(column, row).text, hostileCell(column, (row + 1) % hostileRowCount).text]
      const isZero = (text: string | null): boolean => text === '0' || text === '-0'
      if (before === after || (isZero(before) && isZero(after)))
        assert.ok(!changed.get(row)?.has(one.name), `${one.name}: ${before} → ${after}`)
      else if (one.logical !== 'decimal')
        assert.ok(changed.get(row)?.has(one.name), `${one.name}: ${before} → ${after}`)
    }
})

test('the SQL that reconciles makes the rows of the first those of the second, whatever they are', async () => {
  const hostile = fc.oneof(
    fc.constantFrom('', "it's", '"', '\\', '\n', '\0', "'); DROP TABLE t; --", 'NULL', 'ü'),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
  )
  const values: Schema = {
    fields: [
      field('k', { kind: 'int', bits: 64, signed: true }),
      field('the "text"', { kind: 'utf8' }),
      field('n', { kind: 'int', bits: 64, signed: true }),
      field('bytes', { kind: 'binary' }),
    ],
  }
  const row = fc.record({
    k: fc.oneof(fc.bigInt({ min: -5n, max: 20n }), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n))),
    text: fc.option(hostile),
    n: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    bytes: fc.option(fc.uint8Array({ maxLength: 4 })),
  })
  const table = fc.uniqueArray(row, { selector: ({ k }) => k, maxLength: 12 })
  const stored = (rows: readonly { k: bigint; text: string | null; n: bigint | null; bytes: Uint8Array | null }[]) =>
    rig.stored(values, [
      batchOf(
        values,
        rows.map(({ k, text, n, bytes }) => [k, text, n, bytes]),
      ),
    ])
  await fc.assert(
    fc.asyncProperty(table, table, async (from, to) => {
      const { result } = await diff(await stored(from), await stored(to), { key: ['k'] })
      using database = open(from)
      const options = { table: 't', dialect: 'sqlite' }
      let sql = ''
      const decoder = new TextDecoder()
      for await (const chunk of reconcileExporter.write(result.schema, batchesOf(result), options))
        sql += decoder.decode(chunk, { stream: true })
      database.exec(sql)
      using wanted = open(to)
      assert.deepEqual(rowsIn(database), rowsIn(wanted), sql)
    }),
    { numRuns: 60 },
  )
})

async function* batchesOf(result: StoredResult): AsyncGenerator<RecordBatch> {
  yield* result.read()
}

function open(
  rows: readonly { k: bigint; text: string | null; n: bigint | null; bytes: Uint8Array | null }[],
): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (k INTEGER, "the ""text""" TEXT, n INTEGER, bytes BLOB)')
  const insert = database.prepare('INSERT INTO t VALUES (?, ?, ?, ?)')
  for (const { k, text, n, bytes } of rows) insert.run(k, text, n, bytes)
  return database
}

function rowsIn(database: DatabaseSync): unknown {
  const select = database.prepare(
    'SELECT k, "the ""text""" AS text, n, hex(bytes) AS bytes, bytes IS NULL AS missing FROM t ORDER BY k',
  )
  select.setReadBigInts(true)
  return select.all()
}
