import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { tableFromIPC } from '@uwdata/flechette'
import fc from 'fast-check'
import {
  BatchBuilder,
  canWiden,
  type DataField,
  decodeBatch,
  decodeBatchHeader,
  decodeSchemaMessage,
  decodeStream,
  encodeBatchMessage,
  encodeSchemaMessage,
  encodeStream,
  endOfStream,
  projectBatch,
  readColumns,
  readMessagePrefix,
  type Schema,
  walkMessages,
  widenBatch,
} from '../../src/arrow/index.ts'
import { TuskError } from '../../src/errors.ts'
import { hostileBatch, hostileColumns, hostileSchema } from '../support/hostile-values.ts'
import { valuesOf } from './arbitrary-columns.ts'

suite('IPC bytes', () => {
  test('batch messages are padded to 8 bytes and share the memory of the batch', () => {
    const batch = hostileBatch()
    const parts = encodeBatchMessage(batch)
    assert.equal(parts[0]!.byteLength % 8, 0)
    assert.equal(parts.reduce((sum, part) => sum + part.byteLength, 0) % 8, 0)
    for (const buffer of batch.buffers) assert.ok(buffer.byteLength === 0 || parts.includes(buffer))
  })

  test('the header of a batch tells where its buffers are without the body', () => {
    const batch = hostileBatch()
    const [head, ...body] = encodeBatchMessage(batch)
    const prefix = readMessagePrefix(head!)!
    const header = decodeBatchHeader(head!.subarray(prefix.byteLength, prefix.byteLength + prefix.metadataLength))
    const bytes = new Uint8Array(Buffer.concat(body))
    assert.equal(header.rowCount, batch.rowCount)
    assert.equal(header.bodyLength, bytes.byteLength)
    assert.deepEqual(header.nodes, batch.nodes)
    for (const [index, { offset, length }] of header.buffers.entries()) {
      assert.equal(offset % 8, 0)
      assert.deepStrictEqual(bytes.subarray(offset, offset + length), batch.buffers[index])
    }
    const again = decodeBatch(batch.schema, header, bytes)
    assert.deepStrictEqual(valuesOf(again), valuesOf(batch))
  })

  test('walking a file finds each whole message and stops before a torn one, wherever it is torn', () => {
    const batch = hostileBatch()
    const bytes = encodeStream(hostileSchema, [batch, batch])
    const all = [...walkMessages(sourceOf(bytes))]
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['schema', 'recordBatch', 'recordBatch'],
    )
    assert.equal(all.at(-1)!.end, bytes.byteLength - endOfStream.byteLength)
    fc.assert(
      fc.property(fc.nat(bytes.byteLength), length => {
        const whole = [...walkMessages(sourceOf(bytes.subarray(0, length)))]
        assert.deepEqual(
          whole.map(({ end }) => end),
          all.map(({ end }) => end).filter(end => end <= length),
        )
      }),
    )
  })

  test('a torn stream is reported, a missing end mark is not', () => {
    const bytes = encodeStream(hostileSchema, [hostileBatch()])
    assert.equal(decodeStream(bytes.subarray(0, bytes.length - 8)).batches.length, 1)
    for (const length of [0, 4, 8, 100, bytes.length - 9, bytes.length - 4]) {
      assert.throws(() => decodeStream(bytes.subarray(0, length)), damaged, `${length} bytes`)
    }
  })

  test('random damage after the schema ends in an error or in rows, never in a hang or another error', () => {
    const nested = projectBatch(hostileBatch(), [0, 3, 9, hostileColumns.length - 7, hostileColumns.length - 1])
    const bytes = encodeStream(nested.schema, [nested])
    fc.assert(
      fc.property(
        fc.integer({ min: decodeSchemaMessage(bytes).byteLength, max: bytes.length - 1 }),
        fc.nat(255),
        (place, byte) => {
          const damagedBytes = bytes.slice()
          damagedBytes[place] = byte
          try {
            for (const batch of decodeStream(damagedBytes).batches) {
              for (const column of readColumns(batch)) for (let row = 0; row < batch.rowCount; row++) column.json(row)
            }
          } catch (error) {
            assert.ok(error instanceof TuskError, String(error))
          }
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('a second schema message widens the batches after it', () => {
    const wide: Schema = { fields: [{ name: 'a', type: { kind: 'utf8' }, nullable: true }] }
    const later = new BatchBuilder(wide)
    later.appendRow(['x'])
    const bytes = Buffer.concat([
      encodeSchemaMessage(smallSchema),
      ...encodeBatchMessage(smallBatch()),
      encodeSchemaMessage(wide),
      ...encodeBatchMessage(later.finish()),
      endOfStream,
    ])
    const { schema, batches } = decodeStream(bytes)
    assert.deepEqual(schema, wide)
    assert.deepEqual(
      batches.map(batch => batch.schema),
      [smallSchema, wide],
    )
    assert.ok(canWiden(batches[0]!.schema, schema))
    assert.deepStrictEqual(valuesOf(widenBatch(batches[0]!, schema)), [['1', null]])
  })

  test('1,600 columns', () => {
    const schema: Schema = {
      fields: Array.from({ length: 1600 }, (_, index) => ({
        name: `column ${index}`,
        type: index % 2 === 0 ? { kind: 'utf8' } : { kind: 'int', bits: 64, signed: true },
        nullable: true,
        sourceType: 'some type',
        metadata: { table: 'public.wide' },
      })),
    }
    const builder = new BatchBuilder(schema, 4)
    for (let row = 0; row < 3; row++) {
      builder.appendRow(schema.fields.map((_, index) => (index % 2 === 0 ? `${row}/${index}` : BigInt(index))))
    }
    const { schema: back, batches } = decodeStream(encodeStream(schema, [builder.finish()]))
    assert.deepStrictEqual(back, schema)
    assert.equal(readColumns(batches[0]!)[1598]!.text(2), '2/1598')
  })

  test('no rows, no columns', () => {
    const empty = new BatchBuilder(hostileSchema).finish()
    assert.equal(decodeStream(encodeStream(hostileSchema, [empty])).batches[0]!.rowCount, 0)
    assert.equal(decodeStream(encodeStream(hostileSchema, [])).batches.length, 0)
    const none = decodeStream(
      encodeStream({ fields: [] }, [{ schema: { fields: [] }, rowCount: 3, nodes: [], buffers: [] }]),
    )
    assert.deepEqual(none.schema, { fields: [] })
    assert.equal(none.batches[0]!.rowCount, 3)
  })

  test('repeated and empty names', () => {
    const fields = ['', 'a', '', 'a', 'ä"\n'].map(
      name => ({ name, type: { kind: 'bool' }, nullable: true }) satisfies DataField,
    )
    assert.deepStrictEqual(decodeSchemaMessage(encodeSchemaMessage({ fields })).schema, { fields })
  })

  test('cells of 0 and of 10 MB', () => {
    const schema: Schema = {
      fields: [
        { name: 't', type: { kind: 'utf8' }, nullable: true },
        { name: 'b', type: { kind: 'binary' }, nullable: true },
      ],
    }
    const text = 'é'.repeat(5_000_000)
    const bytes = new Uint8Array(10_000_000).fill(1)
    const builder = new BatchBuilder(schema)
    builder.appendRow([text, bytes])
    builder.appendRow(['', new Uint8Array(0)])
    const [texts, binaries] = readColumns(decodeStream(encodeStream(schema, [builder.finish()])).batches[0]!)
    assert.equal(texts!.byteLength(0), 10_000_000)
    assert.ok(texts!.text(0) === text)
    assert.equal(texts!.text(1), '')
    assert.equal(binaries!.text(0)!.length, 20_000_002)
    assert.equal(binaries!.text(1), '\\x')
  })

  test('other Arrow readers find the standard extension names', () => {
    const schema: Schema = {
      fields: [
        { name: 'j', type: { kind: 'utf8' }, nullable: true, logical: 'json', sourceType: 'jsonb' },
        { name: 'g', type: { kind: 'binary' }, nullable: true, logical: 'wkb', metadata: { srid: '4326' } },
        { name: 'u', type: { kind: 'utf8' }, nullable: true, logical: 'uuid' },
      ],
    }
    const { fields } = tableFromIPC(encodeSchemaMessage(schema)).schema
    assert.deepEqual(
      fields.map(({ metadata }) => metadata?.get('ARROW:extension:name')),
      ['arrow.json', 'geoarrow.wkb', undefined],
    )
    assert.equal(fields[0]!.metadata!.get('tusk:sourceType'), 'jsonb')
    assert.deepStrictEqual(decodeSchemaMessage(encodeSchemaMessage(schema)).schema, schema)
  })
})

const smallSchema: Schema = { fields: [{ name: 'a', type: { kind: 'int', bits: 32, signed: true }, nullable: true }] }

function smallBatch() {
  const builder = new BatchBuilder(smallSchema)
  builder.appendRow([1])
  builder.appendRow([null])
  return builder.finish()
}

function sourceOf(bytes: Uint8Array) {
  return {
    byteLength: bytes.byteLength,
    read: (position: number, byteLength: number) => bytes.subarray(position, position + byteLength),
  }
}

function damaged(error: unknown): boolean {
  return error instanceof TuskError && error.code === 'RESULT_DAMAGED'
}
