import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BatchBuilder, type DataField, type RecordBatch, type Schema, sliceBatch } from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { xlsxExporter } from '../../src/export/index.ts'
import { columnLetters } from '../../src/export/xlsx/cell-writer.ts'
import { workbook } from '../../src/export/xlsx/xlsx-exporter.ts'
import { hostileBatch, hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'
import { exportChunks, streamOf } from './export-text.ts'
import { readWorkbook, type WorkbookCell } from './read-workbook.ts'

suite('Excel', () => {
  test('every hostile value is in its cell, exactly: as a number or a time that a spreadsheet can hold, or as its text', async () => {
    const batch = hostileBatch()
    const { sheets } = await exported(hostileSchema, [sliceBatch(batch, 0, 5), sliceBatch(batch, 5, 1000)])
    for (const [index, { field }] of hostileColumns.entries()) {
      assert.equal(sheets[0]!.get(`${columnLetters(index)}1`)?.value, field.name)
      for (let row = 0; row < hostileRowCount; row++) {
        const cell = sheets[0]!.get(`${columnLetters(index)}${row + 2}`)
        const { text } = hostileCell(index, row)
        const where = `${field.name} ${row}: ${text?.slice(0, 60)}`
        if (text === null) assert.equal(cell, undefined, where)
        else if (text.length > 32_767) assert.match(cell!.value, /… \(cut: \d+ characters/)
        else assert.ok(holds(cell!, text), `${where} → ${JSON.stringify(cell)}`)
      }
    }
  })

  for (const [type, text, value] of [
    ['int64', 9007199254740993n, 'text 9007199254740993'],
    ['int64', 123456789012345n, 'number 123456789012345'],
    ['int64', -1n, 'number -1'],
  ] as const)
    test(`${type} ${text} is ${value}`, async () => {
      const cell = await only({ name: 'a', type: { kind: 'int', bits: 64, signed: true }, nullable: true }, text)
      assert.equal(`${cell.kind} ${cell.value}`, value)
    })

  for (const [text, kind] of [
    ['0.30', 'number'],
    ['-1234567890.12345', 'number'],
    ['12345678901234.567', 'text'],
    ['NaN', 'text'],
    ['007', 'text'],
  ] as const)
    test(`a number ${text} of any precision is a ${kind}, as it was`, async () => {
      const cell = await only({ name: 'a', type: { kind: 'utf8' }, logical: 'decimal', nullable: true }, text)
      assert.deepEqual([cell.kind, cell.value], [kind, text])
    })

  for (const text of ['=cmd()', '+1', '@SUM(A1)', '-2+3', '\t=1', "'x"])
    test(`${JSON.stringify(text)} is text, and stays it when somebody edits the cell`, async () => {
      const cell = await only({ name: 'a', type: { kind: 'utf8' }, nullable: true }, text)
      assert.deepEqual([cell.kind, cell.value, cell.style === 9], ['text', text, text !== "'x"])
    })

  for (const text of [
    '\u0000\u0001\u0007\u000b',
    'a\r\nb\tc',
    '_x0041_ _x_',
    '<&>"\'',
    '\ufffe\uffff',
    '',
    '  x  ',
    '🦣',
  ])
    test(`${JSON.stringify(text)} comes back whole`, async () => {
      const cell = await only({ name: 'a', type: { kind: 'utf8' }, nullable: true }, text)
      assert.deepEqual([cell.kind, cell.value], ['text', text])
    })

  test('a text that is too long for a cell is cut and says so, never within a character', async () => {
    const cell = await only({ name: 'a', type: { kind: 'utf8' }, nullable: true }, '🦣'.repeat(20_000))
    assert.ok(cell.value.length <= 32_767 && cell.value.length > 32_700)
    assert.match(cell.value, /^(🦣)+… \(cut: 40000 characters, a cell holds 32767\)$/u)
  })

  test('rows beyond what a sheet holds go on on the next one, under the same names', async () => {
    const batch = numbers(10)
    const chunks: Uint8Array[] = []
    for await (const chunk of workbook(batch.schema, streamOf([batch]), 5)) chunks.push(chunk)
    const { names, sheets } = readWorkbook(Buffer.concat(chunks))
    assert.deepEqual(names, ['Rows', 'Rows (2)', 'Rows (3)'])
    const column = sheets.map(sheet => ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'].map(place => sheet.get(place)?.value))
    assert.deepEqual(column, [
      ['n', '0', '1', '2', '3', undefined],
      ['n', '4', '5', '6', '7', undefined],
      ['n', '8', '9', undefined, undefined, undefined],
    ])
  })

  test('1,048,576 rows are two sheets: the header is a row too', async () => {
    const batch = numbers(65_536)
    const { names, sheets } = await exported(
      batch.schema,
      Array.from({ length: 16 }, () => batch),
    )
    assert.deepEqual(names, ['Rows', 'Rows (2)'])
    assert.equal(sheets[0]!.get('A1048576')?.value, '65534')
    assert.equal(sheets[1]!.get('A2')?.value, '65535')
  })

  test('more columns than a sheet has are refused in words', async () => {
    const fields = Array.from(
      { length: 16_385 },
      (_, index): DataField => ({ name: `c${index}`, type: { kind: 'bool' }, nullable: true }),
    )
    await assert.rejects(exported({ fields }, []), (error: unknown) => {
      return error instanceof TuskError && error.code === 'TOO_LARGE' && error.message.includes('16384 columns')
    })
  })

  test('columns are called as spreadsheets call them', () => {
    assert.deepEqual([0, 25, 26, 701, 702, 16_383].map(columnLetters), ['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD'])
  })
})

async function exported(schema: Schema, batches: readonly RecordBatch[]) {
  return readWorkbook(Buffer.concat(await exportChunks(xlsxExporter, schema, batches)))
}

async function only(field: DataField, value: string | bigint): Promise<WorkbookCell> {
  const builder = new BatchBuilder({ fields: [field] })
  builder.appendRow([value])
  const batch = builder.finish()
  return (await exported(batch.schema, [batch])).sheets[0]!.get('A2')!
}

function numbers(count: number): RecordBatch {
  const builder = new BatchBuilder({
    fields: [{ name: 'n', type: { kind: 'int', bits: 32, signed: true }, nullable: false }],
  })
  for (let at = 0; at < count; at++) builder.appendRow([at])
  return builder.finish()
}

/** Whether a cell stands for exactly this text. */
function holds({ kind, value, style }: WorkbookCell, text: string): boolean {
  if (kind === 'text') return value === text
  if (kind === 'boolean') return (value === '1' ? 'true' : 'false') === text
  if (style === 0) return value === text
  const moment = new Date(Math.round(Date.UTC(1899, 11, 30) + Number(value) * 86_400_000)).toISOString()
  const [day, time] = [moment.slice(0, 10), moment.slice(11, 23).replace('.000', '')]
  const plain = (written: string): string => written.replace(/(\.\d*?)0+(?=$|\+)/, '$1').replace(/\.(?=$|\+)/, '')
  const shown = [day, `${day} ${time}`, `${day} ${time}`, `${day} ${time}+00`, `${day} ${time}+00`, time, time][
    style - 2
  ]!
  return plain(shown) === plain(text)
}
