import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tableFromIPC } from '@uwdata/flechette'
import {
  BatchBuilder,
  type DataType,
  decodeStream,
  type RecordBatch,
  readColumns,
  sliceBatch,
} from '../../src/arrow/index.ts'
import { arrowExporter } from '../../src/export/index.ts'
import { hostileBatch, hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'
import { exportChunks } from './export-text.ts'

suite('Arrow', () => {
  const batch = hostileBatch()
  const batches = [sliceBatch(batch, 0, 9), sliceBatch(batch, 9, 0), sliceBatch(batch, 9, 1000)]

  test('the file format is read whole by another reader', async () => {
    const bytes = Buffer.concat(await exportChunks(arrowExporter, hostileSchema, batches))
    assert.equal(bytes.subarray(0, 6).toString(), 'ARROW1')
    assert.equal(bytes.subarray(-6).toString(), 'ARROW1')
    const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true })
    assert.equal(table.numRows, hostileRowCount)
    assert.deepEqual(
      table.schema.fields.map(({ name }) => name),
      hostileSchema.fields.map(({ name }) => name),
    )
    for (const name of ['int64', 'text', 'decimal', 'float64']) {
      const index = hostileColumns.findIndex(({ field }) => field.name === name)
      for (let row = 0; row < hostileRowCount; row++) {
        const { value } = hostileCell(index, row)
        // flechette takes a byte order mark for no part of the text.
        const expected = typeof value === 'string' ? value.replace(/^\uFEFF/, '') : value
        assert.deepStrictEqual(table.getChild(name).at(row), expected)
      }
    }
  })

  test('inside the file lies the stream, with all texts exact', async () => {
    const bytes = Buffer.concat(await exportChunks(arrowExporter, hostileSchema, batches))
    const stream = Buffer.concat(await exportChunks(arrowExporter, hostileSchema, batches, { layout: 'stream' }))
    assert.deepEqual(bytes.subarray(8, 8 + stream.byteLength), stream)
    const { schema, batches: read } = decodeStream(stream)
    assert.deepStrictEqual(schema, hostileSchema)
    let first = 0
    for (const part of read) {
      for (const [index, column] of readColumns(part).entries()) {
        for (let row = 0; row < part.rowCount; row++) {
          assert.equal(column.text(row), hostileCell(index, first + row).text)
        }
      }
      first += part.rowCount
    }
    assert.equal(first, hostileRowCount)
  })

  test('batches from before a widening come under the final schema', async () => {
    const early = one({ kind: 'int', bits: 64, signed: true }, 7n)
    const late = one({ kind: 'utf8' }, 'x')
    const chunks = await exportChunks(arrowExporter, late.schema, [early, late])
    const column = tableFromIPC(Buffer.concat(chunks)).getChild('a')
    assert.deepEqual([column.at(0), column.at(1)], ['7', 'x'])
  })

  test('a file without rows is a file', async () => {
    const table = tableFromIPC(Buffer.concat(await exportChunks(arrowExporter, hostileSchema, [])))
    assert.equal(table.numRows, 0)
    assert.equal(table.schema.fields.length, hostileSchema.fields.length)
  })
})

function one(type: DataType, value: bigint | string): RecordBatch {
  const builder = new BatchBuilder({ fields: [{ name: 'a', type, nullable: true }] })
  builder.appendRow([value])
  return builder.finish()
}
