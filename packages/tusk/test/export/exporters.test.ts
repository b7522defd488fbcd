import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BatchBuilder, type RecordBatch } from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import {
  checkExportOptions,
  csvExporter,
  exporters,
  insertExporter,
  reconcileExporter,
} from '../../src/export/index.ts'
import { exportChunks, exportText } from './export-text.ts'

suite('every exporter', () => {
  for (const exporter of exporters) {
    const rowsOf = exporter === reconcileExporter ? diffBatch : textBatch
    test(`${exporter.format} yields chunks of at most 256 kB, also for a cell of 3 MB`, async () => {
      const batches = [
        rowsOf(['x'.repeat(3_000_000), 'y']),
        rowsOf(Array.from({ length: 20_000 }, () => 'é'.repeat(50))),
      ]
      const chunks = await exportChunks(exporter, batches[0]!.schema, batches)
      // A packed format makes little of so many equal characters, and cuts what no cell holds.
      assert.ok(chunks.length > (exporter.format === 'xlsx' ? 5 : 10))
      for (const chunk of chunks) assert.ok(chunk.byteLength > 0 && chunk.byteLength <= 256 * 1024)
    })

    test(`${exporter.format} pulls no batch before the last is written, and closes the rows when left early`, async () => {
      const batch = rowsOf(Array.from({ length: 5000 }, () => 'x'.repeat(100)))
      let pulled = 0
      let closed = false
      async function* endless(): AsyncGenerator<RecordBatch, void, undefined> {
        try {
          for (;;) {
            pulled++
            yield batch
          }
        } finally {
          closed = true
        }
      }
      let chunks = 0
      for await (const _chunk of exporter.write(batch.schema, endless(), {})) {
        chunks++
        assert.ok(pulled <= chunks + 1)
        if (chunks === 5) break
      }
      assert.ok(closed)
    })

    test(`${exporter.format} passes an error of the rows on`, async () => {
      const { schema } = rowsOf([])
      async function* failing(): AsyncGenerator<RecordBatch, void, undefined> {
        yield rowsOf(['x'])
        throw new TuskError('QUERY_CANCELLED')
      }
      await assert.rejects(
        async () => {
          for await (const _chunk of exporter.write(schema, failing(), {}));
        },
        (error: unknown) => error instanceof TuskError && error.code === 'QUERY_CANCELLED',
      )
    })
  }

  test('formats and extensions differ', () => {
    assert.equal(new Set(exporters.map(({ format }) => format)).size, exporters.length)
    assert.equal(new Set(exporters.map(({ extension }) => extension)).size, exporters.length)
  })
})

suite('options of an exporter', () => {
  test('text from a URL is read as the option says', () => {
    assert.deepEqual(checkExportOptions(csvExporter, { header: 'false', formulaSafe: '1', delimiter: 'tab' }), {
      header: false,
      formulaSafe: true,
      delimiter: 'tab',
    })
  })

  for (const given of [{ nonsense: 'x' }, { header: 'maybe' }, { delimiter: 'colon' }, { nullText: 5 }]) {
    test(`${JSON.stringify(given)} is refused`, () => {
      assert.throws(
        () => checkExportOptions(csvExporter, given),
        (error: unknown) => error instanceof TuskError && error.code === 'BAD_REQUEST',
      )
    })
  }

  test('a table name cannot break out of its quotes', async () => {
    const batch = textBatch(["it's"])
    const text = await exportText(insertExporter, batch.schema, [batch], {
      table: 'a"; DROP TABLE b; --',
      schema: 's.t',
    })
    assert.equal(text, `INSERT INTO "s.t"."a""; DROP TABLE b; --" ("text") VALUES\n  ('it''s');\n`)
    await assert.rejects(async () => exportText(insertExporter, batch.schema, [batch], { table: '' }))
  })
})

function textBatch(values: readonly string[]): RecordBatch {
  const builder = new BatchBuilder({ fields: [{ name: 'text', type: { kind: 'utf8' }, nullable: true }] })
  for (const value of values) builder.appendRow([value])
  return builder.finish()
}

/** What only a diff can be written as: rows that are gone, by their text. */
function diffBatch(values: readonly string[]): RecordBatch {
  const fields = ['change', 'changed columns', 'text'].map(
    name => ({ name, type: { kind: 'utf8' }, nullable: true }) as const,
  )
  const builder = new BatchBuilder({ fields })
  for (const value of values) builder.appendRow(['removed', null, value])
  return builder.finish()
}
