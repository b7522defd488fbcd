import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decodeStream, encodeStream, readColumns, sliceBatch } from '../../src/arrow/index.ts'
import { hostileBatch, hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'

suite('hostile values', () => {
  const batch = decodeStream(encodeStream(hostileSchema, [hostileBatch()])).batches[0]!
  for (const [index, { field }] of hostileColumns.entries()) {
    test(`${field.name} has its exact value, text and JSON after a trip through IPC`, () => {
      const column = readColumns(batch)[index]!
      for (let row = 0; row < hostileRowCount; row++) {
        const { value, text, json } = hostileCell(index, row)
        assert.equal(column.isNull(row), value === null)
        assert.deepStrictEqual(column.value(row), value)
        assert.equal(column.text(row), text)
        assert.equal(column.json(row), json)
      }
    })
  }

  test('every JSON is JSON', () => {
    for (const column of readColumns(batch)) {
      for (let row = 0; row < hostileRowCount; row++) JSON.parse(column.json(row))
    }
  })

  test('a single row read alone has the same text', () => {
    for (let row = 0; row < hostileRowCount; row++) {
      const columns = readColumns(sliceBatch(batch, row, 1))
      for (const [index, column] of columns.entries()) assert.equal(column.text(0), hostileCell(index, row).text)
    }
  })

  test('every kind of type is in the table', () => {
    const kinds = new Set(hostileColumns.map(({ field }) => field.type.kind))
    assert.deepEqual([...kinds].sort(), [
      'binary',
      'bool',
      'date',
      'decimal',
      'float',
      'int',
      'list',
      'map',
      'struct',
      'time',
      'timestamp',
      'utf8',
    ])
  })
})
