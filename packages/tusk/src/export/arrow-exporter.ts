import { encodeBatchMessage } from '../arrow/ipc-batch.ts'
import { encodeFileEnd, type FileBlock, fileStart } from '../arrow/ipc-file.ts'
import { endOfStream } from '../arrow/ipc-message.ts'
import { encodeSchemaMessage } from '../arrow/ipc-schema.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { widenBatch } from '../arrow/widen-batch.ts'
import { largestChunk, split } from './chunks.ts'
import { optionValue } from './export-options.ts'
import type { Exporter, ExportOption } from './exporter.ts'

const options: readonly ExportOption[] = [
  {
    key: 'layout',
    label: 'Layout',
    kind: 'choice',
    default: 'file',
    choices: ['file', 'stream'],
    help: 'A file (Feather 2) can be read from anywhere, a stream while it is being written.',
  },
]

/** Arrow IPC as the file format, which data frames read as Feather, or as a stream. UNSUPPORTED when a batch is wider than the schema. */
export const arrowExporter: Exporter = {
  format: 'arrow',
  label: 'Arrow',
  extension: 'arrow',
  mimeType: 'application/vnd.apache.arrow.file',
  options,
  write(schema, batches, given) {
    return inChunks(messages(schema, batches, optionValue(options, given, 'layout') === 'file'))
  },
}

async function* messages(
  schema: Schema,
  batches: AsyncIterable<RecordBatch>,
  file: boolean,
): AsyncGenerator<readonly Uint8Array[], void, undefined> {
  const start = file ? [fileStart, encodeSchemaMessage(schema)] : [encodeSchemaMessage(schema)]
  const blocks: FileBlock[] = []
  let position = sizeOf(start)
  yield start
  for await (const batch of batches) {
    const message = encodeBatchMessage(widenBatch(batch, schema))
    const metadataLength = message[0]!.byteLength
    const bodyLength = sizeOf(message) - metadataLength
    if (file) blocks.push({ position, metadataLength, bodyLength })
    position += metadataLength + bodyLength
    yield message
  }
  yield [file ? encodeFileEnd(schema, blocks) : endOfStream]
}

/** Joins short parts and cuts long ones. */
async function* inChunks(messages: AsyncIterable<readonly Uint8Array[]>): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = new Uint8Array(largestChunk)
  let used = 0
  for await (const parts of messages) {
    for (const part of parts) {
      if (used !== 0 && used + part.byteLength > largestChunk) {
        yield chunk.subarray(0, used)
        chunk = new Uint8Array(largestChunk)
        used = 0
      }
      if (part.byteLength > longPart) yield* split(part)
      else {
        chunk.set(part, used)
        used += part.byteLength
      }
    }
  }
  if (used !== 0) yield chunk.subarray(0, used)
}

/** Copying less than this costs less than a chunk of its own. */
const longPart = 64 * 1024

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0)
}
