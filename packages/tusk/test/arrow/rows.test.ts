import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import {
  concatBatches,
  decodeStream,
  encodeStream,
  gatherRows,
  projectBatch,
  type RecordBatch,
  sliceBatch,
} from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { hostileBatch } from '../support/hostile-values.ts'
import { arbitraryColumns, batchOfColumns, valuesOf } from './arbitrary-columns.ts'

/** A batch, and rows of it that exist. */
const batchAndRows = arbitraryColumns.chain(columns => {
  const rowCount = columns[0]!.values.length
  const rows: fc.Arbitrary<number[]> =
    rowCount === 0 ? fc.constant([]) : fc.array(fc.integer({ min: 0, max: rowCount - 1 }), { maxLength: 60 })
  return fc.record({ batch: fc.constant(batchOfColumns(columns)), rows })
})

suite('slices, picks and joins of rows', () => {
  test('a slice has the rows of its range, also of a slice of a slice', () => {
    fc.assert(
      fc.property(arbitraryColumns, fc.nat(45), fc.nat(45), fc.nat(20), (columns, offset, length, again) => {
        const batch = batchOfColumns(columns)
        const slice = sliceBatch(batch, offset, length)
        sameRows(slice, values => values.slice(offset, offset + length), batch)
        sameRows(sliceBatch(slice, again, 7), values => values.slice(again, again + 7), slice)
      }),
      { numRuns: 300 },
    )
  })

  test('a slice at every bit offset survives IPC', () => {
    const batch = hostileBatch()
    for (let offset = 0; offset <= 17; offset++) {
      for (const length of [0, 1, 7, 8, 9]) {
        const slice = sliceBatch(batch, offset, length)
        const back = decodeStream(encodeStream(slice.schema, [slice])).batches[0]!
        sameRows(back, values => values.slice(offset, offset + length), batch)
      }
    }
  })

  test('gathered rows are the picked ones in their order, repeats too', () => {
    fc.assert(
      fc.property(batchAndRows, ({ batch, rows }) => {
        const gathered = gatherRows(batch, Uint32Array.from(rows))
        sameRows(gathered, values => rows.map(row => values[row]!), batch)
      }),
      { numRuns: 300 },
    )
  })

  test('a row that is not there cannot be gathered', () => {
    assert.throws(() => gatherRows(hostileBatch(), Uint32Array.of(100_000)), code('BAD_REQUEST'))
  })

  test('slices joined again are the whole', () => {
    fc.assert(
      fc.property(arbitraryColumns, fc.array(fc.nat(12), { maxLength: 6 }), (columns, lengths) => {
        const batch = batchOfColumns(columns)
        const parts: RecordBatch[] = []
        let row = 0
        for (const length of lengths) {
          parts.push(sliceBatch(batch, row, length))
          row += length
        }
        parts.push(sliceBatch(batch, row, batch.rowCount))
        sameRows(concatBatches(parts), values => values, batch)
      }),
      { numRuns: 300 },
    )
  })

  test('a projection has the columns asked for, in that order', () => {
    const batch = hostileBatch()
    const projected = projectBatch(batch, [5, 0, 5])
    assert.deepEqual(
      projected.schema.fields,
      [5, 0, 5].map(position => batch.schema.fields[position]),
    )
    const values = valuesOf(batch)
    assert.deepStrictEqual(valuesOf(projected), [values[5], values[0], values[5]])
    assert.equal(projectBatch(batch, []).rowCount, batch.rowCount)
    assert.throws(() => projectBatch(batch, [1000]), code('BAD_REQUEST'))
  })

  test('operations leave the batch they work on as it was', () => {
    const batch = hostileBatch()
    const before = batch.buffers.map(buffer => buffer.slice())
    gatherRows(sliceBatch(batch, 3, 9), Uint32Array.of(8, 0, 0))
    concatBatches([sliceBatch(batch, 1, 5), sliceBatch(batch, 6, 5)])
    assert.deepStrictEqual(
      batch.buffers.map(buffer => buffer.slice()),
      before,
    )
  })
})

function sameRows(
  actual: RecordBatch,
  expected: (values: readonly unknown[]) => readonly unknown[],
  source: RecordBatch,
): void {
  assert.deepStrictEqual(
    valuesOf(actual),
    valuesOf(source).map(values => [...expected(values)]),
  )
  for (const node of actual.nodes) assert.ok(node.nullCount <= node.length)
}

function code(expected: string): (error: unknown) => boolean {
  return error => error instanceof TuskError && error.code === expected
}
