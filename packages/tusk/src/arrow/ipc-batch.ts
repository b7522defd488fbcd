import { TuskError } from '../errors.ts'
import { type BatchHeader, decodeBatchHeader, recordBatchHeader } from './ipc-message.ts'
import { bufferCount, nodeCount } from './layout.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/** The parts of one IPC record-batch message, in order: metadata, then the batch's own buffers, padded to 8 bytes. Nothing is copied. */
export function encodeBatchMessage(batch: RecordBatch): readonly Uint8Array[] {
  const head = new Uint8Array(prefixLength + metadataLength(batch.nodes.length, batch.buffers.length))
  const parts: Uint8Array[] = [head]
  const view = new DataView(head.buffer)
  view.setUint32(0, 0xffffffff, true)
  view.setInt32(4, head.byteLength - prefixLength, true)
  const metadata = new DataView(head.buffer, prefixLength)
  writeTables(metadata, batch)

  metadata.setUint32(at.nodes, batch.nodes.length, true)
  let position = at.nodes + 4
  for (const node of batch.nodes) {
    setInt64(metadata, position, node.length)
    setInt64(metadata, position + 8, node.nullCount)
    position += 16
  }

  position = buffersAt(batch.nodes.length)
  metadata.setUint32(position, batch.buffers.length, true)
  position += 4
  let bodyLength = 0
  for (const buffer of batch.buffers) {
    const length = buffer.byteLength
    setInt64(metadata, position, bodyLength)
    setInt64(metadata, position + 8, length)
    position += 16
    if (length === 0) continue
    parts.push(buffer)
    const padding = -length & 7
    if (padding !== 0) parts.push(zeros.subarray(0, padding))
    bodyLength += length + padding
  }
  setInt64(metadata, at.message + 8, bodyLength)
  return parts
}

/** Bytes of all parts of `encodeBatchMessage`. */
export function batchMessageLength({ nodes, buffers }: RecordBatch): number {
  let length = prefixLength + metadataLength(nodes.length, buffers.length)
  for (const { byteLength } of buffers) length += byteLength + (-byteLength & 7)
  return length
}

/** The batch in one message. Buffers are views of `body`, so they live as long as it does. */
export function decodeBatch(schema: Schema, metadata: Uint8Array | BatchHeader, body: Uint8Array): RecordBatch {
  const header = metadata instanceof Uint8Array ? decodeBatchHeader(metadata) : metadata
  const nodes = schema.fields.reduce((sum, field) => sum + nodeCount(field.type), 0)
  const buffers = schema.fields.reduce((sum, field) => sum + bufferCount(field.type), 0)
  if (header.nodes.length !== nodes || header.buffers.length !== buffers || body.byteLength < header.bodyLength) {
    throw new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail: 'A batch does not match its schema.' })
  }
  return {
    schema,
    rowCount: header.rowCount,
    nodes: header.nodes,
    buffers: header.buffers.map(({ offset, length }) => body.subarray(offset, offset + length)),
  }
}

const prefixLength = 8
const zeros = new Uint8Array(8)

/*
 * The flatbuffer of a record batch always has the same shape, so it is laid down at fixed places:
 * root offset, vtable and table of Message, vtable and table of RecordBatch, then the two vectors.
 */
const at = { root: 0, messageVtable: 4, message: 16, batchVtable: 36, batch: 48, nodes: 68 } as const

function buffersAt(nodes: number): number {
  return at.nodes + 4 + nodes * 16 + 4
}

function metadataLength(nodes: number, buffers: number): number {
  return buffersAt(nodes) + 4 + buffers * 16
}

function writeTables(view: DataView, batch: RecordBatch): void {
  view.setUint32(at.root, at.message, true)
  // vtable: its size, the table's size, then where each member lies in the table: version, header type, header, body length
  for (const [index, value] of [12, 20, 16, 18, 4, 8].entries())
    view.setUint16(at.messageVtable + index * 2, value, true)
  view.setInt32(at.message, at.message - at.messageVtable, true)
  view.setUint32(at.message + 4, at.batch - (at.message + 4), true)
  view.setInt16(at.message + 16, metadataVersion5, true)
  view.setUint8(at.message + 18, recordBatchHeader)
  // members: length, nodes, buffers
  for (const [index, value] of [10, 20, 8, 4, 16].entries()) view.setUint16(at.batchVtable + index * 2, value, true)
  view.setInt32(at.batch, at.batch - at.batchVtable, true)
  view.setUint32(at.batch + 4, at.nodes - (at.batch + 4), true)
  setInt64(view, at.batch + 8, batch.rowCount)
  view.setUint32(at.batch + 16, buffersAt(batch.nodes.length) - (at.batch + 16), true)
}

const metadataVersion5 = 4

function setInt64(view: DataView, position: number, value: number): void {
  view.setUint32(position, value >>> 0, true)
  view.setInt32(position + 4, Math.floor(value / 0x1_0000_0000), true)
}
