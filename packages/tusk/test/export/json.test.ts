import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BatchBuilder, type DataField, sliceBatch, uniqueNames } from '../../src/arrow/index.ts'
import { jsonExporter, ndjsonExporter } from '../../src/export/index.ts'
import { hostileBatch, hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'
import { exportText } from './export-text.ts'

suite('JSON and NDJSON', () => {
  const expected = (row: number): string =>
    `{${hostileColumns.map(({ field }, index) => `${JSON.stringify(field.name)}:${hostileCell(index, row).json}`).join(',')}}`

  test('JSON has the exact JSON of every hostile value, over several batches', async () => {
    const batch = hostileBatch()
    const text = await exportText(jsonExporter, hostileSchema, [sliceBatch(batch, 0, 3), sliceBatch(batch, 3, 1000)])
    const rows = Array.from({ length: hostileRowCount }, (_, row) => expected(row))
    assert.equal(text, `[\n${rows.join(',\n')}\n]\n`)
    assert.equal((JSON.parse(text) as unknown[]).length, hostileRowCount)
  })

  test('NDJSON has one object a line, also where a json value has lines of its own', async () => {
    const lines = (await exportText(ndjsonExporter, hostileSchema, [hostileBatch()])).split('\n')
    assert.equal(lines.pop(), '')
    assert.equal(lines.length, hostileRowCount)
    for (const [row, line] of lines.entries()) assert.deepEqual(JSON.parse(line), JSON.parse(expected(row)))
  })

  test('integers and decimals keep all their digits', async () => {
    const text = await exportText(ndjsonExporter, hostileSchema, [hostileBatch()])
    assert.match(text, /"int64":9223372036854775807[,}]/)
    assert.match(text, /"decimal":9999999999999999999999999999\.9999999999[,}]/)
    assert.match(text, /"json":\{"a":1\.10,"a":2,"n":12345678901234567890\}/)
  })

  test('repeated names are told apart', async () => {
    const builder = new BatchBuilder({ fields: ['a', 'a', '', 'a (2)', ''].map(bool) })
    builder.appendRow([true, false, null, true, false])
    const batch = builder.finish()
    assert.equal(
      await exportText(ndjsonExporter, batch.schema, [batch]),
      '{"a":true,"a (3)":false,"":null,"a (2)":true," (2)":false}\n',
    )
    assert.deepEqual(uniqueNames(['x', 'x', 'x', '__proto__', '__proto__']), [
      'x',
      'x (2)',
      'x (3)',
      '__proto__',
      '__proto__ (2)',
    ])
  })

  test('no rows are an empty array', async () => {
    assert.equal(await exportText(jsonExporter, hostileSchema, []), '[]\n')
    assert.equal(await exportText(ndjsonExporter, hostileSchema, []), '')
  })
})

function bool(name: string): DataField {
  return { name, type: { kind: 'bool' }, nullable: true }
}
