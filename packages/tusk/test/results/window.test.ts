import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ColumnValue } from '../../src/arrow/builder.ts'
import { decodeStream, readColumns } from '../../src/arrow/index.ts'
import type { WindowRequest } from '../../src/results/result-store.ts'
import { SpoolReader } from '../../src/results/spool-reader.ts'
import { cutWindow } from '../../src/results/window.ts'
import { type ArbitraryColumn, arbitraryColumns, batchOfColumns } from '../arrow/arbitrary-columns.ts'
import { batchOf, field, sampleBatch, textRows, writeSpool } from '../support/spool-fixture.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

test('any window is that slice of the whole, for any types, columns, order and batches', async context => {
  const parent = temporaryDirectory(context)
  const request = fc.record({
    offset: fc.nat(50),
    limit: fc.nat(50),
    columns: fc.option(fc.array(fc.nat(9), { maxLength: 6 }), { nil: undefined }),
    view: fc.option(fc.array(fc.nat(10_000), { maxLength: 60 }), { nil: undefined }),
  })
  const property = fc.asyncProperty(
    arbitraryColumns,
    fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 10 }),
    fc.array(request, { minLength: 1, maxLength: 6 }),
    async (columns, cuts, requests) => {
      const directory = mkdtempSync(join(parent, 'case-'))
      try {
        const rowCount = columns[0]!.values.length
        await writeSpool(directory, inBatches(columns, cuts))
        using reader = new SpoolReader(directory)
        assert.equal(reader.rowCount, rowCount)
        for (const { offset, limit, ...wanted } of requests) {
          const positions = wanted.columns?.map(column => column % columns.length)
          const rows = wanted.view === undefined || rowCount === 0 ? undefined : wanted.view.map(row => row % rowCount)
          if (rows !== undefined) writeView(directory, 'v', rows)
          const window = cutWindow(reader, {
            offset,
            limit,
            ...(positions === undefined ? {} : { columns: positions }),
            ...(rows === undefined ? {} : { view: 'v' }),
          })
          const shown = (rows ?? Array.from({ length: rowCount }, (_, row) => row)).slice(offset, offset + limit)
          const expected = (positions ?? columns.map((_, column) => column)).map(column =>
            shown.map(row => columns[column]!.values[row]!),
          )
          assert.deepEqual(valuesIn(window, expected.length), shown.length === 0 ? expected.map(() => []) : expected)
          assert.deepEqual(
            decodeStream(window).schema.fields.map(({ type }) => type),
            (positions ?? columns.map((_, column) => column)).map(column => columns[column]!.field.type),
          )
        }
      } finally {
        rmSync(directory, { recursive: true })
      }
    },
  )
  await fc.assert(property, { numRuns: 150 })
})

test('many rows of a view come in its order, read batch by batch', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(
    directory,
    Array.from({ length: 10 }, (_, batch) => sampleBatch(batch * 1_000, 1_000)),
  )
  const order = Array.from({ length: 6_000 }, (_, index) => (index * 7_919) % 10_000)
  writeView(directory, 'v', order)
  using reader = new SpoolReader(directory)
  const rows = textRows(cutWindow(reader, { offset: 100, limit: 5_000, view: 'v' }))
  assert.equal(rows.length, 5_000)
  for (const [index, row] of rows.entries()) {
    const n = order[index + 100]!
    assert.deepEqual(row.slice(0, 3), [String(n), `row ${n}`, n % 5 === 0 ? null : `[${n},${n + 1}]`])
  }
})

test('a view that is being made is read from its first page, and past that page there are no rows yet', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(directory, [sampleBatch(0, 100)])
  writeView(directory, 'v.head', [9, 8, 7])
  using reader = new SpoolReader(directory)
  assert.deepEqual(textRows(cutWindow(reader, { offset: 1, limit: 10, columns: [0], view: 'v' })), [['8'], ['7']])
  assert.deepEqual(textRows(cutWindow(reader, { offset: 3, limit: 10, view: 'v' })), [])
  assert.throws(() => cutWindow(reader, { offset: 0, limit: 1, view: 'other' }), { code: 'NOT_FOUND' })
  assert.throws(() => cutWindow(reader, { offset: 0, limit: 1, view: '../v' }), { code: 'BAD_REQUEST' })
})

test('long cells come cut at a character or a whole item, and the window says how long they are', async context => {
  const directory = temporaryDirectory(context)
  const schema = {
    fields: [
      field('text', { kind: 'utf8' }),
      field('bytes', { kind: 'binary' }),
      field('list', { kind: 'list', item: field('item', { kind: 'utf8' }) }),
      field('pair', {
        kind: 'struct',
        fields: [field('a', { kind: 'utf8' }), field('b', { kind: 'int', bits: 32, signed: true })],
      }),
      field('short', { kind: 'utf8' }),
    ],
  }
  const rows: ColumnValue[][] = [
    ['x', new Uint8Array(3), ['a', 'b'], ['c', 1], 'here'],
    ['€'.repeat(10), new Uint8Array(30).fill(7), ['aaaa', 'bbbb', 'cccc'], ['y'.repeat(20), 2], null],
    [null, null, null, null, 'there'],
  ]
  await writeSpool(directory, [batchOf(schema, rows.slice(0, 1)), batchOf(schema, rows.slice(1))])
  using reader = new SpoolReader(directory)
  const window = cutWindow(reader, { offset: 0, limit: 10, maxCellBytes: 10 })
  assert.equal(decodeStream(window).schema.fields.at(-1)!.name, 'tusk:cut')
  assert.deepEqual(textRows(window), [
    ['x', '\\x000000', '["a","b"]', '{"a":"c","b":1}', 'here', null],
    [
      '€€€',
      `\\x${'07'.repeat(10)}`,
      '["aaaa","bbbb"]',
      `{"a":"${'y'.repeat(10)}","b":2}`,
      null,
      '{"0":30,"1":30,"2":12,"3":24}',
    ],
    [null, null, null, null, 'there', null],
  ])
  assert.deepEqual(textRows(cutWindow(reader, { offset: 1, limit: 1, columns: [4, 0], maxCellBytes: 4 })), [
    [null, '€', '{"1":30}'],
  ])
})

test('cutting leaves short cells as they are, and long ones are beginnings of whole characters', async context => {
  const parent = temporaryDirectory(context)
  const property = fc.asyncProperty(
    fc.array(
      fc.record({
        text: fc.option(fc.string({ unit: 'binary', maxLength: 12 })),
        bytes: fc.uint8Array({ maxLength: 12 }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    fc.integer({ min: 0, max: 12 }),
    fc.boolean(),
    async (cells, maxCellBytes, backwards) => {
      const directory = mkdtempSync(join(parent, 'case-'))
      const schema = { fields: [field('text', { kind: 'utf8' }), field('bytes', { kind: 'binary' })] }
      const rows = cells.map(({ text, bytes }) => [text, bytes])
      await writeSpool(directory, [batchOf(schema, rows.slice(0, 5)), batchOf(schema, rows.slice(5))])
      const order = rows.map((_, row) => (backwards ? rows.length - 1 - row : row))
      writeView(directory, 'v', order)
      using reader = new SpoolReader(directory)
      const window = cutWindow(reader, { offset: 0, limit: 20, view: 'v', maxCellBytes })
      const [texts, bytes, cuts] = valuesIn(window, 3) as [(string | null)[], Uint8Array[], (string | null)[]]
      for (const [at, row] of order.entries()) {
        const whole = Buffer.from(cells[row]!.text ?? '')
        const cut = JSON.parse(cuts[at] ?? '{}') as Record<string, number>
        const shown = Buffer.from(texts[at] ?? '')
        assert.equal(texts[at] === null, cells[row]!.text === null)
        assert.equal(cut[0], whole.byteLength > maxCellBytes ? whole.byteLength : undefined)
        assert.equal(cut[1], cells[row]!.bytes.byteLength > maxCellBytes ? cells[row]!.bytes.byteLength : undefined)
        assert.deepEqual(shown, whole.subarray(0, shown.byteLength))
        if (cut[0] === undefined) assert.deepEqual(shown, whole)
        else assert.ok(shown.byteLength <= maxCellBytes && shown.byteLength > maxCellBytes - 4)
        assert.deepEqual(bytes[at], cells[row]!.bytes.subarray(0, maxCellBytes))
      }
    },
  )
  await fc.assert(property, { numRuns: 100 })
})

test('numbers that are no window, and columns that are not there, are refused', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(directory, [sampleBatch(0, 10)])
  using reader = new SpoolReader(directory)
  const wrong: WindowRequest[] = [
    { offset: -1, limit: 1 },
    { offset: 0.5, limit: 1 },
    { offset: 0, limit: Number.NaN },
    { offset: 0, limit: 1, columns: [4] },
    { offset: 0, limit: 1, columns: [-1] },
  ]
  for (const request of wrong) assert.throws(() => cutWindow(reader, request), { code: 'BAD_REQUEST' })
  assert.deepEqual(textRows(cutWindow(reader, { offset: 10, limit: 5 })), [])
  assert.equal(textRows(cutWindow(reader, { offset: 8, limit: 100_000 })).length, 2)
})

test('no rows, no columns, empty and repeated names, and 1,600 columns are results like others', async context => {
  for (const [name, fields] of [
    ['none', []],
    ['names', [field('', { kind: 'utf8' }), field('a', { kind: 'bool' }), field('a', { kind: 'bool' })]],
    ['many', Array.from({ length: 1_600 }, (_, index) => field(`c${index}`, { kind: index % 2 ? 'utf8' : 'bool' }))],
  ] as const) {
    const directory = join(temporaryDirectory(context), name)
    mkdirSync(directory)
    const row = fields.map(({ type }) => (type.kind === 'bool' ? true : 'text'))
    await writeSpool(directory, [batchOf({ fields }, []), batchOf({ fields }, [row, row])])
    using reader = new SpoolReader(directory)
    const window = cutWindow(reader, { offset: 1, limit: 1 })
    assert.deepEqual(
      decodeStream(window).schema.fields.map(({ name }) => name),
      fields.map(({ name }) => name),
    )
    if (fields.length > 0) assert.deepEqual(textRows(window), [row.map(String)])
  }
})

test('a spool without its index, or with a damaged or short one, is read all the same', async context => {
  const directory = temporaryDirectory(context)
  await writeSpool(directory, [sampleBatch(0, 10), sampleBatch(10, 10), sampleBatch(20, 10)])
  const index = join(directory, 'rows.index')
  const rowCounts = [
    () => rmSync(index),
    () => writeFileSync(index, Buffer.alloc(32 * 3, 7)),
    () => writeFileSync(index, Buffer.alloc(5)),
  ].map(spoil => {
    spoil()
    using reader = SpoolReader.whole(directory)
    assert.deepEqual(textRows(cutWindow(reader, { offset: 29, limit: 5, columns: [0] })), [['29']])
    return reader.rowCount
  })
  assert.deepEqual(rowCounts, [30, 30, 30])
})

function inBatches(columns: readonly ArbitraryColumn[], cuts: readonly number[]) {
  const rowCount = columns[0]!.values.length
  const ends = cuts.map((_, index) => cuts.slice(0, index + 1).reduce((sum, cut) => sum + cut, 0))
  const bounds = [0, ...ends.filter(end => end < rowCount), rowCount]
  return bounds
    .slice(1)
    .map((end, index) =>
      batchOfColumns(columns.map(column => ({ ...column, values: column.values.slice(bounds[index], end) }))),
    )
}

function valuesIn(window: Uint8Array, columns: number): readonly (readonly ColumnValue[])[] {
  const { batches } = decodeStream(window)
  return Array.from({ length: columns }, (_, column) =>
    batches.flatMap(batch => {
      const reader = readColumns(batch)[column]!
      return Array.from({ length: batch.rowCount }, (_, row) => reader.value(row))
    }),
  )
}

function writeView(directory: string, view: string, rows: readonly number[]): void {
  mkdirSync(join(directory, 'views'), { recursive: true })
  writeFileSync(join(directory, 'views', `${view}.u32`), Uint32Array.from(rows))
}
