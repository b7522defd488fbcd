import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  BatchBuilder,
  type ColumnValue,
  canWiden,
  concatBatches,
  type DataType,
  type RecordBatch,
  readColumns,
  type Schema,
  widenBatch,
} from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { hostileBatch, hostileCell, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'
import { arbitraryColumns, batchOfColumns, valuesOf } from './arbitrary-columns.ts'

const int64: DataType = { kind: 'int', bits: 64, signed: true }
const float64: DataType = { kind: 'float', bits: 64 }
const utf8: DataType = { kind: 'utf8' }

suite('widening a batch', () => {
  test('anything becomes its exact text', () => {
    const schema: Schema = { fields: hostileSchema.fields.map(({ name }) => ({ name, type: utf8, nullable: true })) }
    const columns = readColumns(widenBatch(hostileBatch(), schema))
    for (const [index, column] of columns.entries()) {
      for (let row = 0; row < hostileRowCount; row++) assert.equal(column.text(row), hostileCell(index, row).text)
    }
  })

  test('text of any type, nested ones too, equals the text before', () => {
    fc.assert(
      fc.property(arbitraryColumns, columns => {
        const batch = batchOfColumns(columns)
        const schema = { fields: batch.schema.fields.map(({ name }) => ({ name, type: utf8, nullable: true })) }
        assert.deepEqual(textsOf(widenBatch(batch, schema)), textsOf(batch))
      }),
    )
  })

  const steps: readonly (readonly [DataType, DataType, readonly ColumnValue[], readonly ColumnValue[]])[] = [
    [{ kind: 'int', bits: 8, signed: true }, int64, [-128, 127], [-128n, 127n]],
    [{ kind: 'int', bits: 32, signed: false }, int64, [4294967295], [4294967295n]],
    [int64, float64, [-(2n ** 53n), 3n, 2n ** 62n], [-(2 ** 53), 3, 2 ** 62]],
    [{ kind: 'float', bits: 32 }, float64, [0.5, -0, Number.NaN], [0.5, -0, Number.NaN]],
    [int64, { kind: 'decimal', precision: 38, scale: 3 }, [-5n, 2n ** 63n - 1n], [-5000n, (2n ** 63n - 1n) * 1000n]],
    [
      { kind: 'decimal', precision: 5, scale: 1 },
      { kind: 'decimal', precision: 20, scale: 4 },
      [-15n, 1n],
      [-15000n, 1000n],
    ],
  ]
  for (const [from, to, values, expected] of steps) {
    test(`${JSON.stringify(from)} fits ${JSON.stringify(to)}`, () => {
      const widened = widenBatch(batchOf(from, [...values, null]), schemaOf(to))
      assert.deepStrictEqual(valuesOf(widened), [[...expected, null]])
    })
  }

  test('an integer that a float cannot hold is refused, never rounded', () => {
    assert.throws(
      () => widenBatch(batchOf(int64, [2n ** 53n + 1n]), schemaOf(float64)),
      (error: unknown) => error instanceof TuskError && error.code === 'VALUE_OUT_OF_RANGE',
    )
  })

  test('a way back is not known', () => {
    assert.equal(canWiden(schemaOf(utf8), schemaOf(int64)), false)
    assert.equal(canWiden(schemaOf(float64), schemaOf(int64)), false)
    assert.equal(canWiden(schemaOf(int64), schemaOf(utf8)), true)
    assert.throws(
      () => widenBatch(batchOf(utf8, ['1']), schemaOf(int64)),
      (error: unknown) => error instanceof TuskError && error.code === 'UNSUPPORTED',
    )
  })

  test('joining batches widens the earlier ones to the last schema', () => {
    const joined = concatBatches([batchOf(int64, [1n, null]), batchOf(utf8, ['x'])])
    assert.deepStrictEqual(valuesOf(joined), [['1', null, 'x']])
  })

  test('columns that stay as they are share their memory', () => {
    const batch = hostileBatch()
    const widened = widenBatch(batch, { fields: batch.schema.fields.map(field => ({ ...field, name: 'x' })) })
    assert.ok(
      widened.buffers.every((buffer, index) => buffer.length === 0 || buffer.buffer === batch.buffers[index]!.buffer),
    )
  })
})

function schemaOf(type: DataType): Schema {
  return { fields: [{ name: 'a', type, nullable: true }] }
}

function batchOf(type: DataType, values: readonly ColumnValue[]): RecordBatch {
  const builder = new BatchBuilder(schemaOf(type))
  for (const value of values) builder.appendRow([value])
  return builder.finish()
}

function textsOf(batch: RecordBatch): readonly (readonly (string | null)[])[] {
  return readColumns(batch).map(column => Array.from({ length: batch.rowCount }, (_, row) => column.text(row)))
}
