import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tableFromIPC } from '@uwdata/flechette'
import fc from 'fast-check'
import {
  type ColumnValue,
  type DataType,
  decodeSchemaMessage,
  decodeStream,
  encodeSchemaMessage,
  encodeStream,
} from '../../src/arrow/index.ts'
import {
  type ArbitraryColumn,
  arbitraryColumn,
  arbitraryColumns,
  batchOfColumns,
  valuesOf,
} from './arbitrary-columns.ts'

suite('value → builder → batch → IPC → value', () => {
  test('gives back every value of every type, nulls and nested ones too', () => {
    fc.assert(
      fc.property(arbitraryColumn, column => {
        const batch = batchOfColumns([column])
        const { schema, batches } = decodeStream(encodeStream(batch.schema, [batch]))
        assert.deepStrictEqual(schema, batch.schema)
        for (const read of [batch, batches[0]!]) assert.deepStrictEqual(valuesOf(read), [column.values])
      }),
      { numRuns: 400 },
    )
  })

  test('several columns, several batches', () => {
    fc.assert(
      fc.property(arbitraryColumns, columns => {
        const batch = batchOfColumns(columns)
        const { batches } = decodeStream(encodeStream(batch.schema, [batch, batch]))
        assert.equal(batches.length, 2)
        for (const read of batches) {
          assert.deepStrictEqual(
            valuesOf(read),
            columns.map(({ values }) => values),
          )
        }
      }),
    )
  })

  test('reads alike from bytes at any place in memory', () => {
    fc.assert(
      fc.property(arbitraryColumn, fc.integer({ min: 0, max: 7 }), (column, shift) => {
        const batch = batchOfColumns([column])
        const bytes = encodeStream(batch.schema, [batch])
        const memory = new Uint8Array(bytes.length + shift)
        memory.set(bytes, shift)
        assert.deepStrictEqual(valuesOf(decodeStream(memory.subarray(shift)).batches[0]!), [column.values])
        // Node's Buffer, whose `slice` does not copy.
        const buffer = Buffer.from(memory.buffer, shift)
        assert.deepEqual(valuesOf(decodeStream(buffer).batches[0]!), [column.values])
      }),
    )
  })

  test('flechette, an independent reader, sees the same values', () => {
    fc.assert(
      fc.property(arbitraryColumns, columns => {
        const batch = batchOfColumns(columns)
        const table = tableFromIPC(encodeStream(batch.schema, [batch]), {
          useBigInt: true,
          useBigIntTimestamp: true,
          useDecimalInt: true,
        })
        assert.equal(table.numRows, batch.rowCount)
        for (const [index, column] of columns.entries()) {
          const child = table.getChildAt(index)
          for (const [row, expected] of flechetteValues(column).entries()) {
            assert.deepStrictEqual(plainArrays(child.at(row)), expected)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('a schema message is read as the same schema and knows its length', () => {
    fc.assert(
      fc.property(arbitraryColumns, columns => {
        const schema = { fields: columns.map(({ field }) => field) }
        const message = encodeSchemaMessage(schema)
        assert.deepStrictEqual(decodeSchemaMessage(message), { schema, byteLength: message.byteLength })
        assert.equal(message.byteLength % 8, 0)
      }),
    )
  })
})

function flechetteValues({ field, values }: ArbitraryColumn): readonly unknown[] {
  return values.map(value => flechetteValue(field.type, value))
}

/** What flechette gives for one of our values: dates in milliseconds, structs as objects, lists of numbers as typed arrays, text without a byte order mark. */
function flechetteValue(type: DataType, value: ColumnValue): unknown {
  if (value === null) return null
  const parts = value as readonly ColumnValue[]
  switch (type.kind) {
    case 'date':
      return 86_400_000 * (value as number)
    case 'list':
      return parts.map(item => flechetteValue(type.item.type, item))
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, flechetteValue(field.type, parts[index]!)]),
      )
    case 'map':
      return (parts as readonly (readonly [ColumnValue, ColumnValue])[]).map(([key, item]) => [
        flechetteValue(type.key.type, key),
        flechetteValue(type.value.type, item),
      ])
    case 'utf8':
      return (value as string).replace(/^\uFEFF/, '')
    case 'binary':
      return [...(value as Uint8Array)]
    default:
      return value
  }
}

/** Typed arrays as arrays. */
function plainArrays(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>)
  if (Array.isArray(value)) return value.map(plainArrays)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainArrays(item)]))
}
