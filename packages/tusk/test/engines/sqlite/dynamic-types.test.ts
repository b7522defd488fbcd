import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { readColumns } from '../../../src/arrow/read-columns.ts'
import type { RecordBatch } from '../../../src/arrow/record-batch.ts'
import { widenBatch } from '../../../src/arrow/widen-batch.ts'
import { sqliteEngine } from '../../../src/engines/sqlite/engine.ts'
import { RowBatcher, type SqliteRow } from '../../../src/engines/sqlite/row-batcher.ts'
import type { SqliteValue } from '../../../src/engines/sqlite/types.ts'
import { run } from '../../contract/index.ts'

function batchesOf(rows: Iterable<SqliteRow>, ...types: readonly (string | null)[]): readonly RecordBatch[] {
  const batcher = new RowBatcher(
    Iterator.from(rows),
    types.map((type, index) => ({ name: `c${index}`, type })),
  )
  const batches: RecordBatch[] = []
  for (let batch = batcher.next(); batch !== undefined; batch = batcher.next()) batches.push(batch)
  return batches
}

/** All cells of a column as text, every batch under the last schema. */
function textsOf(batches: readonly RecordBatch[], column = 0): readonly (string | null)[] {
  const schema = batches.at(-1)!.schema
  return batches.flatMap(batch => {
    const reader = readColumns(widenBatch(batch, schema))[column]!
    return Array.from({ length: batch.rowCount }, (_, row) => reader.text(row))
  })
}

function textOf(value: SqliteValue): string | null {
  if (value === null || typeof value === 'string') return value
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return Object.is(value, -0) ? '-0' : String(value)
}

const rowsOf = (values: readonly SqliteValue[]): readonly SqliteRow[] => values.map(value => [value])
const times = (count: number, value: SqliteValue): SqliteValue[] => Array.from({ length: count }, () => value)
const lastField = (batches: readonly RecordBatch[]) => batches.at(-1)!.schema.fields[0]!

suite('columns of values of any type', () => {
  const value: fc.Arbitrary<SqliteValue> = fc.oneof(
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -5n, max: 5n }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme' }).filter(text => text.isWellFormed()),
    fc.constantFrom('{"a":1}', '[]', '5', 'x'.repeat(5000)),
    fc.uint8Array({ maxLength: 8 }),
  )
  const declared = fc.constantFrom(null, '', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'JSON', 'DECIMAL(10,2)')

  test('keep every value exactly, whatever comes after whatever', () => {
    const runs = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 150 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(runs, declared, (list, type) => {
        const values = list.flatMap(([item, count]) => times(count, item))
        const batches = batchesOf(rowsOf(values), type)
        assert.deepEqual(textsOf(batches), values.map(textOf))
        assert.ok(batches[0]!.rowCount <= 200)
      }),
      { numRuns: 500 },
    )
  })

  test('widen independently of each other', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 600 }), rows => {
        const batches = batchesOf(rows, 'INTEGER', null, 'JSON')
        for (const column of [0, 1, 2])
          assert.deepEqual(
            textsOf(batches, column),
            rows.map(row => textOf(row[column]!)),
          )
      }),
      { numRuns: 100 },
    )
  })

  test('integers become reals only where all are exact', () => {
    assert.deepEqual(lastField(batchesOf(rowsOf([...times(300, 2n ** 53n - 1n), 0.5]), null)).type, {
      kind: 'float',
      bits: 64,
    })
    const mixed = batchesOf(rowsOf([...times(300, 2n ** 53n + 1n), 0.5]), null)
    assert.equal(lastField(mixed).logical, 'mixed')
    assert.deepEqual(textsOf(mixed).slice(299), ['9007199254740993', '0.5'])
    assert.equal(lastField(batchesOf(rowsOf([0.5, ...times(300, 1n), 2n ** 60n]), null)).logical, 'mixed')
  })

  test('a column declared as JSON is JSON while its texts are', () => {
    assert.equal(lastField(batchesOf(rowsOf(['{}', 5n, null, 1.5]), 'JSON')).logical, 'json')
    assert.equal(lastField(batchesOf(rowsOf(['{}', '{']), 'JSON')).logical, 'mixed')
    assert.equal(lastField(batchesOf(rowsOf(['hello', 'there']), 'json')).logical, undefined)
    assert.equal(lastField(batchesOf(rowsOf(['{}', Number.POSITIVE_INFINITY]), 'JSON')).logical, 'mixed')
  })

  test('only NULLs take the declared type', () => {
    const kinds = ['INT', 'FLOAT', 'VARCHAR(10)', 'BLOB', 'DATETIME', null].map(
      type => lastField(batchesOf(rowsOf(times(3, null)), type)).type.kind,
    )
    assert.deepEqual(kinds, ['int', 'float', 'utf8', 'binary', 'int', 'int'])
  })

  test('batches stay below their size', () => {
    const text = 'x'.repeat(2 ** 20)
    const batches = batchesOf(
      (function* () {
        for (let row = 0; row < 250; row++) yield [text] as const
        yield ['y'.repeat(60 * 2 ** 20)] as const
        yield ['z'] as const
      })(),
      'TEXT',
    )
    assert.equal(
      batches.reduce((sum, batch) => sum + batch.rowCount, 0),
      252,
    )
    const sizes = batches.map(batch => batch.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0))
    assert.equal(sizes.filter(size => size > 32 * 2 ** 20).length, 1)
  })

  test('rows that came before an error are handed on first', () => {
    const batcher = new RowBatcher(
      (function* (): Generator<SqliteRow> {
        for (let row = 0; row < 5000; row++) yield [BigInt(row)]
        throw new Error('late')
      })(),
      [{ name: 'a', type: null }],
    )
    assert.equal((batcher.next()?.rowCount ?? 0) + (batcher.next()?.rowCount ?? 0), 5000)
    assert.throws(() => batcher.next(), /late/)
  })

  test('come out of a real table', async () => {
    await using connection = await sqliteEngine.open({ path: ':memory:' })
    await run(
      connection,
      'CREATE TABLE t (id INTEGER PRIMARY KEY, price DECIMAL(10,2), flag BOOLEAN, day DATE, anything)',
    )
    await run(
      connection,
      `INSERT INTO t VALUES (1, 10, 1, '2024-02-29', x'0a0b'), (2, 10.25, 0, NULL, 'text'), (3, '1e400', NULL, '2024-03-01', 7)`,
    )
    const { schema, rows } = await run(connection, 'SELECT * FROM t')
    assert.deepEqual(
      schema.fields.map(field => [field.name, field.type.kind, field.sourceType, field.logical]),
      [
        ['id', 'int', 'INTEGER', undefined],
        ['price', 'float', 'DECIMAL(10,2)', undefined],
        ['flag', 'int', 'BOOLEAN', undefined],
        ['day', 'utf8', 'DATE', undefined],
        ['anything', 'utf8', 'ANY', 'mixed'],
      ],
    )
    assert.deepEqual(rows, [
      ['1', '10', '1', '2024-02-29', '\\x0a0b'],
      ['2', '10.25', '0', null, 'text'],
      ['3', 'Infinity', null, '2024-03-01', '7'],
    ])
  })

  test('text that is not UTF-8 is shown with � and told of', async () => {
    await using connection = await sqliteEngine.open({ path: ':memory:' })
    const notices: string[] = []
    const { rows } = await run(
      connection,
      `SELECT CAST(x'61ff62' AS TEXT) AS bad, 'ü' AS good, 'a' || char(0) || 'b' AS nul`,
      {
        onNotice: notice => notices.push(notice.message),
      },
    )
    assert.deepEqual(rows, [['a\ufffdb', 'ü', 'a\0b']])
    assert.equal(notices.length, 1)
    assert.match(notices[0]!, /“bad”/)
  })
})
