import { TuskError } from '../errors.ts'
import { decodeBatch, encodeBatchMessage } from './ipc-batch.ts'
import { endOfStream, type Message, walkMessages } from './ipc-message.ts'
import { decodeSchemaMessage, encodeSchemaMessage } from './ipc-schema.ts'
import type { RecordBatch } from './record-batch.ts'
import type { Schema } from './schema.ts'

/**
 * Reads a whole IPC stream. Buffers of the batches are views of `bytes`. A schema message between batches is a widening:
 * the batches after it carry the new schema, and `schema` is the last one. RESULT_DAMAGED when the stream has no schema.
 */
export function decodeStream(bytes: Uint8Array): { readonly schema: Schema; readonly batches: readonly RecordBatch[] } {
  const source = {
    byteLength: bytes.byteLength,
    read: (position: number, byteLength: number) => bytes.subarray(position, position + byteLength),
  }
  let schema: Schema | undefined
  let last: Message | undefined
  const batches: RecordBatch[] = []
  for (const message of walkMessages(source)) {
    last = message
    if (message.kind === 'schema') schema = decodeSchemaMessage(bytes.subarray(message.position)).schema
    else if (schema === undefined) break
    else if (message.kind === 'recordBatch') {
      batches.push(decodeBatch(schema, message.metadata, bytes.subarray(message.bodyPosition, message.end)))
    } else throw new TuskError('UNSUPPORTED', 'Arrow streams with dictionaries are not supported.')
  }
  if (schema === undefined || last === undefined || !endsCleanly(bytes, last.end)) {
    throw new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail: 'The Arrow stream is not complete.' })
  }
  return { schema, batches }
}

/** A whole IPC stream in one buffer: for small things and tests; `encodeBatchMessage` gives the parts without copying. */
export function encodeStream(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  return joinBytes([encodeSchemaMessage(schema), ...batches.flatMap(encodeBatchMessage), endOfStream])
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let position = 0
  for (const part of parts) {
    joined.set(part, position)
    position += part.byteLength
  }
  return joined
}

/** A stream may stop without its end mark, but not inside a message. */
function endsCleanly(bytes: Uint8Array, end: number): boolean {
  if (bytes.byteLength === end) return true
  return bytes.byteLength >= end + endOfStream.length && endOfStream.every((byte, index) => bytes[end + index] === byte)
}
