import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/*
 * A spool is the rows of one result in its directory:
 *
 * - `rows.arrow`: an Arrow IPC stream: the schema, record batches as they came, the end mark once the writer is done.
 * - `rows.index`: one record of 32 bytes for each batch, added after the batch's last byte is written, so whoever follows
 *   the index never meets half a batch. Little endian: position u64 (of the message, prefix included), body length u64,
 *   metadata length u32 (prefix included), row count u32, CRC-32 of these 24 bytes u32, zero u32.
 * - `views/<id>.u32`: row numbers of a sorted or filtered view as raw little-endian uint32; `<id>.head.u32` holds its first
 *   page while the rest is being made.
 *
 * The index can always be made again from `rows.arrow`. When a column widens, both files are replaced; a reader that has
 * the old ones open goes on reading those.
 */

/** Where one batch lies in `rows.arrow`. */
export interface IndexRecord {
  readonly position: number
  readonly metadataLength: number
  readonly bodyLength: number
  readonly rowCount: number
}

export const indexRecordLength = 32

export function rowsFile(directory: string): string {
  return join(directory, 'rows.arrow')
}

export function indexFile(directory: string): string {
  return join(directory, 'rows.index')
}

export function viewFile(directory: string, view: string): string {
  return join(directory, 'views', `${view}.u32`)
}

export function viewHeadFile(directory: string, view: string): string {
  return join(directory, 'views', `${view}.head.u32`)
}

export function encodeIndexRecord(record: IndexRecord): Buffer {
  const bytes = Buffer.alloc(indexRecordLength)
  bytes.writeBigUInt64LE(BigInt(record.position), 0)
  bytes.writeBigUInt64LE(BigInt(record.bodyLength), 8)
  bytes.writeUInt32LE(record.metadataLength, 16)
  bytes.writeUInt32LE(record.rowCount, 20)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 24)), 24)
  return bytes
}

/** Undefined when the record is damaged. */
export function decodeIndexRecord(bytes: Buffer): IndexRecord | undefined {
  if (bytes.readUInt32LE(24) !== crc32(bytes.subarray(0, 24))) return undefined
  return {
    position: Number(bytes.readBigUInt64LE(0)),
    bodyLength: Number(bytes.readBigUInt64LE(8)),
    metadataLength: bytes.readUInt32LE(16),
    rowCount: bytes.readUInt32LE(20),
  }
}
