import { constants, crc32, deflateRawSync } from 'node:zlib'
import { TuskError } from '../../errors.ts'

/** The most that a plain ZIP file, and any file in it before compression, may have. */
const largestZip = 0xffffffff

interface Entry {
  readonly name: Uint8Array
  readonly offset: number
  checksum: number
  size: number
  packedSize: number
}

/**
 * Writes a ZIP file as a stream, one file in it after the other; every method returns the bytes to be appended. Each piece is packed by itself, so
 * that a piece in is bytes out. Plain ZIP, which every spreadsheet reads: TOO_LARGE beyond 4 GB.
 */
export class ZipWriter {
  readonly #entries: Entry[] = []
  #entry: Entry | undefined
  #position = 0

  begin(name: string): Uint8Array {
    const entry = { name: encoder.encode(name), offset: this.#position, checksum: 0, size: 0, packedSize: 0 }
    this.#entry = entry
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    writeCommon(header, 4)
    header.writeUInt16LE(entry.name.byteLength, 26)
    return this.#count(Buffer.concat([header, entry.name]))
  }

  piece(bytes: Uint8Array): Uint8Array {
    return this.#pack(bytes, constants.Z_SYNC_FLUSH)
  }

  end(): Uint8Array {
    const last = this.#pack(new Uint8Array(), constants.Z_FINISH)
    const entry = this.#entry!
    const descriptor = Buffer.alloc(16)
    descriptor.writeUInt32LE(0x08074b50, 0)
    writeSizes(descriptor, 4, entry)
    this.#entries.push(entry)
    this.#entry = undefined
    return Buffer.concat([last, this.#count(descriptor)])
  }

  /** The table of contents: nothing comes after it. */
  finish(): Uint8Array {
    const start = this.#position
    const directory = Buffer.concat(this.#entries.map(directoryEntry))
    const tail = Buffer.alloc(22)
    tail.writeUInt32LE(0x06054b50, 0)
    tail.writeUInt16LE(this.#entries.length, 8)
    tail.writeUInt16LE(this.#entries.length, 10)
    tail.writeUInt32LE(directory.byteLength, 12)
    tail.writeUInt32LE(start, 16)
    return this.#count(Buffer.concat([directory, tail]))
  }

  #pack(bytes: Uint8Array, flush: number): Uint8Array {
    const entry = this.#entry!
    entry.checksum = crc32(bytes, entry.checksum)
    entry.size += bytes.byteLength
    const packed = deflateRawSync(bytes, { level: 4, finishFlush: flush })
    entry.packedSize += packed.byteLength
    return this.#count(packed)
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#position += bytes.byteLength
    if (this.#position <= largestZip && (this.#entry?.size ?? 0) <= largestZip) return bytes
    throw new TuskError('TOO_LARGE', 'The rows do not fit into a workbook.', {
      detail: 'A workbook may have 4 GB.',
      hint: 'Filter the rows, or export as Parquet or CSV.',
    })
  }
}

const encoder = new TextEncoder()

/** Version, flags (sizes follow the data; names are UTF-8), method, time: the same for all, so that equal rows are equal files. */
function writeCommon(target: Buffer, at: number): void {
  target.writeUInt16LE(20, at)
  target.writeUInt16LE(0x0808, at + 2)
  target.writeUInt16LE(8, at + 4)
  target.writeUInt16LE(0, at + 6)
  target.writeUInt16LE(0x21, at + 8)
}

function writeSizes(target: Buffer, at: number, entry: Entry): void {
  target.writeUInt32LE(entry.checksum, at)
  target.writeUInt32LE(entry.packedSize, at + 4)
  target.writeUInt32LE(entry.size, at + 8)
}

function directoryEntry(entry: Entry): Uint8Array {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6)
  writeSizes(header, 16, entry)
  header.writeUInt16LE(entry.name.byteLength, 28)
  header.writeUInt32LE(entry.offset, 42)
  return Buffer.concat([header, entry.name])
}
