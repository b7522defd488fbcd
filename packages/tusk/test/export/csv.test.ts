import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BatchBuilder, type DataField, type RecordBatch, sliceBatch } from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { csvExporter } from '../../src/export/index.ts'
import { hostileBatch, hostileCell, hostileColumns, hostileRowCount, hostileSchema } from '../support/hostile-values.ts'
import { exportText } from './export-text.ts'

suite('CSV', () => {
  for (const [delimiter, separator] of [
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
  ] as const) {
    test(`exact mode, parsed again, is the exact text of every hostile value (${delimiter})`, async () => {
      const batch = hostileBatch()
      const batches = [sliceBatch(batch, 0, 5), sliceBatch(batch, 5, 1000)]
      const text = await exportText(csvExporter, hostileSchema, batches, { formulaSafe: false, delimiter })
      const [header, ...rows] = parseCsv(text, separator)
      assert.deepEqual(
        header,
        hostileSchema.fields.map(({ name }) => name),
      )
      assert.equal(rows.length, hostileRowCount)
      for (const [row, cells] of rows.entries()) {
        assert.deepEqual(
          cells,
          hostileColumns.map((_, index) => hostileCell(index, row).text),
        )
      }
    })
  }

  test('formula-safe mode changes text that begins like a formula and nothing else', async () => {
    const [, ...rows] = parseCsv(await exportText(csvExporter, hostileSchema, [hostileBatch()]), ',')
    for (const [index, { field }] of hostileColumns.entries()) {
      for (const [row, cells] of rows.entries()) {
        const { text } = hostileCell(index, row)
        const harmless = ['decimal', 'interval', 'timetz', 'uuid', 'bit'].includes(field.logical ?? '')
        const number = field.logical === 'mixed' && text !== null && /^-?[\d.]+$/.test(text)
        const guarded = field.type.kind === 'utf8' && !harmless && !number && /^[=+\-@\t\r\n＝＋－＠]/.test(text ?? '')
        assert.equal(cells[index], guarded ? `'${text}` : text, `${field.name} ${row}`)
      }
    }
  })

  test('numbers stay numbers in formula-safe mode', async () => {
    const int = batchOf({ name: 'a', type: { kind: 'int', bits: 64, signed: true }, nullable: true }, [-1n])
    assert.equal(await exportText(csvExporter, int.schema, [int]), 'a\r\n-1\r\n')
    const numeric = batchOf({ name: 'a', type: { kind: 'utf8' }, nullable: true, logical: 'decimal' }, ['-1.50'])
    assert.equal(await exportText(csvExporter, numeric.schema, [numeric]), 'a\r\n-1.50\r\n')
  })

  test('a column name is guarded and quoted like a cell', async () => {
    const batch = batchOf({ name: '=HYPERLINK("x","y")', type: { kind: 'bool' }, nullable: true }, [])
    assert.equal(await exportText(csvExporter, batch.schema, [batch]), `"'=HYPERLINK(""x"",""y"")"\r\n`)
    assert.equal(
      await exportText(csvExporter, batch.schema, [batch], { formulaSafe: false }),
      '"=HYPERLINK(""x"",""y"")"\r\n',
    )
  })

  test('NULL, empty text and the text for NULL can be told apart', async () => {
    const batch = batchOf(text('a'), [null, '', 'NULL'])
    assert.equal(await exportText(csvExporter, batch.schema, [batch], { lineEnd: 'lf' }), 'a\n\n""\nNULL\n')
    assert.equal(
      await exportText(csvExporter, batch.schema, [batch], { lineEnd: 'lf', nullText: 'NULL' }),
      'a\nNULL\n\n"NULL"\n',
    )
    await assert.rejects(
      async () => exportText(csvExporter, batch.schema, [batch], { nullText: 'a,b' }),
      (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST',
    )
  })

  test('header, line end and byte order mark are options', async () => {
    const batch = batchOf(text('a'), ['x'])
    assert.equal(await exportText(csvExporter, batch.schema, [batch], { header: false, lineEnd: 'lf' }), 'x\n')
    assert.equal(await exportText(csvExporter, batch.schema, [batch], { byteOrderMark: true }), '\uFEFFa\r\nx\r\n')
  })

  test('no rows give the header, no columns nothing', async () => {
    assert.equal(await exportText(csvExporter, { fields: [text('a'), text('')] }, []), 'a,""\r\n')
    assert.equal(await exportText(csvExporter, { fields: [] }, []), '')
  })
})

function text(name: string): DataField {
  return { name, type: { kind: 'utf8' }, nullable: true }
}

function batchOf(field: DataField, values: readonly (string | bigint | null)[]): RecordBatch {
  const builder = new BatchBuilder({ fields: [field] })
  for (const value of values) builder.appendRow([value])
  return builder.finish()
}

/** RFC 4180, written apart from ours; a cell without quotes and characters is NULL. */
function parseCsv(source: string, separator: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  let at = 0
  while (at < source.length) {
    let cell: string | null
    if (source[at] === '"') {
      cell = ''
      for (at++; ; at++) {
        if (source[at] === '"') {
          if (source[at + 1] !== '"') break
          at++
        }
        cell += source[at]
      }
      at++
    } else {
      const start = at
      while (source[at] !== separator && source[at] !== '\r') at++
      cell = at === start ? null : source.slice(start, at)
    }
    row.push(cell)
    if (source[at] === separator) at++
    else {
      assert.equal(source.slice(at, at + 2), '\r\n')
      at += 2
      rows.push(row)
      row = []
    }
  }
  return rows
}
