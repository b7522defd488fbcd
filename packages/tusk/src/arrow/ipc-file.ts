import { endOfStream, readMessagePrefix, schemaTablePosition } from './ipc-message.ts'
import { encodeSchemaMessage } from './ipc-schema.ts'
import { joinBytes } from './ipc-stream.ts'
import type { Schema } from './schema.ts'

/**
 * The Arrow IPC file format (Feather 2): `fileStart`, the schema message, the batch messages, then what `encodeFileEnd` gives.
 * A stream with a table of contents, so it is written without seeking.
 */
export const fileStart: Uint8Array = new TextEncoder().encode('ARROW1\0\0')

/** Where a record-batch message lies in the file. */
export interface FileBlock {
  readonly position: number
  /** Prefix included. */
  readonly metadataLength: number
  readonly bodyLength: number
}

/** End mark, footer and closing bytes. */
export function encodeFileEnd(schema: Schema, blocks: readonly FileBlock[]): Uint8Array {
  const footer = encodeFooter(schema, blocks)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setInt32(0, footer.byteLength, true)
  return joinBytes([endOfStream, footer, tail, fileStart.subarray(0, 6)])
}

/*
 * The footer's flatbuffer at fixed places: root offset, vtable, table, the empty vector of dictionaries, the vector of
 * batches, and then the whole flatbuffer of the schema message. Offsets in it are relative, so its schema table can be
 * pointed at where it is.
 */
const at = { vtable: 4, table: 16, dictionaries: 36, batches: 44 } as const
const blockSize = 24

function encodeFooter(schema: Schema, blocks: readonly FileBlock[]): Uint8Array {
  const message = encodeSchemaMessage(schema)
  const prefix = readMessagePrefix(message)!
  const metadata = message.subarray(prefix.byteLength, prefix.byteLength + prefix.metadataLength)
  const metadataPosition = at.batches + 4 + blocks.length * blockSize
  const footer = new Uint8Array(metadataPosition + metadata.byteLength)
  footer.set(metadata, metadataPosition)
  const view = new DataView(footer.buffer)
  view.setUint32(0, at.table, true)
  // vtable: its size, the table's size, then where each member lies: version, schema, dictionaries, batches
  for (const [index, value] of [12, 20, 16, 4, 8, 12].entries()) view.setUint16(at.vtable + index * 2, value, true)
  view.setInt32(at.table, at.table - at.vtable, true)
  view.setUint32(at.table + 4, metadataPosition + schemaTablePosition(metadata) - (at.table + 4), true)
  view.setUint32(at.table + 8, at.dictionaries - (at.table + 8), true)
  view.setUint32(at.table + 12, at.batches - (at.table + 12), true)
  view.setInt16(at.table + 16, metadataVersion5, true)
  view.setUint32(at.dictionaries, 0, true)
  view.setUint32(at.batches, blocks.length, true)
  for (const [index, block] of blocks.entries()) {
    const position = at.batches + 4 + index * blockSize
    view.setBigInt64(position, BigInt(block.position), true)
    view.setInt32(position + 8, block.metadataLength, true)
    view.setBigInt64(position + 16, BigInt(block.bodyLength), true)
  }
  return footer
}

const metadataVersion5 = 4
