import { TuskError } from '../errors.ts'

/** Ends an IPC stream. */
export const endOfStream: Uint8Array = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

export interface MessagePrefix {
  /** Bytes of the prefix itself, before the metadata. */
  readonly byteLength: number
  /** Bytes of the metadata after the prefix; 0: the end of the stream. */
  readonly metadataLength: number
}

/**
 * The 8 bytes that each IPC message begins with. Undefined when there are too few bytes left for one.
 * RESULT_DAMAGED when they are no prefix.
 */
export function readMessagePrefix(bytes: Uint8Array, offset = 0): MessagePrefix | undefined {
  if (bytes.byteLength - offset < 8) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 8)
  const metadataLength = view.getInt32(4, true)
  if (view.getUint32(0, true) !== 0xffffffff || metadataLength < 0) {
    throw new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail: 'A message does not begin as it should.' })
  }
  return { byteLength: 8, metadataLength }
}

/** Bytes that can be read by position: a file, or a buffer. `read` may give fewer bytes than asked for at the end. */
export interface ByteSource {
  readonly byteLength: number
  read(position: number, byteLength: number): Uint8Array
}

export interface Message {
  readonly kind: MessageKind
  /** Where the message begins, prefix included. */
  readonly position: number
  readonly metadata: Uint8Array
  readonly bodyPosition: number
  readonly bodyLength: number
  /** Where the next message begins. */
  readonly end: number
}

export type MessageKind = 'schema' | 'recordBatch' | 'other'

/**
 * The messages of an IPC stream in a file, without reading bodies. Ends at the end mark, at the end of the source, or
 * before a message that is not wholly there, as a writer leaves it that was killed: `end` of the last message is where
 * the whole ones stop.
 */
export function* walkMessages(source: ByteSource, position = 0): Generator<Message, void, undefined> {
  for (let at = position; ; ) {
    const prefix = readMessagePrefix(source.read(at, Math.min(8, Math.max(0, source.byteLength - at))))
    if (prefix === undefined || prefix.metadataLength === 0) return
    const bodyPosition = at + prefix.byteLength + prefix.metadataLength
    if (bodyPosition > source.byteLength) return
    const metadata = source.read(at + prefix.byteLength, prefix.metadataLength)
    if (metadata.byteLength < prefix.metadataLength) return
    const { kind, bodyLength } = readMessageHeader(metadata)
    const end = bodyPosition + bodyLength
    if (end > source.byteLength) return
    yield { kind, position: at, metadata, bodyPosition, bodyLength, end }
    at = end
  }
}

/** What a message is and how long its body. */
export function readMessageHeader(metadata: Uint8Array): { readonly kind: MessageKind; readonly bodyLength: number } {
  return readMetadata(metadata, message => {
    const headerType = message.uint8(1)
    const bodyLength = message.int64(3)
    if (bodyLength < 0) throw badMetadata()
    const kind = headerType === schemaHeader ? 'schema' : headerType === recordBatchHeader ? 'recordBatch' : 'other'
    return { kind, bodyLength }
  })
}

/** Where the schema table lies in the metadata of a schema message. */
export function schemaTablePosition(metadata: Uint8Array): number {
  return readMetadata(metadata, message => {
    const schema = message.table(2)
    if (schema === undefined) throw badMetadata()
    return schema.position
  })
}

export interface BatchHeader {
  readonly rowCount: number
  readonly nodes: readonly { readonly length: number; readonly nullCount: number }[]
  /** Places in the body. */
  readonly buffers: readonly { readonly offset: number; readonly length: number }[]
  readonly bodyLength: number
}

/** The metadata of one record batch: where each buffer lies in the body. UNSUPPORTED for compressed bodies. */
export function decodeBatchHeader(metadata: Uint8Array): BatchHeader {
  return readMetadata(metadata, message => {
    const batch = message.table(2)
    if (message.uint8(1) !== recordBatchHeader || batch === undefined) throw badMetadata()
    if (batch.has(3)) throw new TuskError('UNSUPPORTED', 'Compressed Arrow data is not supported.')
    const bodyLength = message.int64(3)
    const nodes = batch.pairs(1).map(([length, nullCount]) => ({ length, nullCount }))
    const buffers = batch.pairs(2).map(([offset, length]) => ({ offset, length }))
    const inside = buffers.every(({ offset, length }) => offset >= 0 && length >= 0 && offset + length <= bodyLength)
    const rowCount = batch.int64(0)
    if (!inside || rowCount < 0) throw badMetadata()
    return { rowCount, nodes, buffers, bodyLength }
  })
}

/** Members of Arrow's `MessageHeader` union. */
const schemaHeader = 1
export const recordBatchHeader = 3

/** Reads one flatbuffer table. Slots count from 0 in the order of the Arrow schema files. */
class FlatTable {
  readonly #view: DataView
  readonly position: number
  readonly #vtable: number

  constructor(view: DataView, position: number) {
    this.#view = view
    this.position = position
    this.#vtable = position - view.getInt32(position, true)
  }

  has(slot: number): boolean {
    return this.#field(slot) !== 0
  }

  uint8(slot: number): number {
    const at = this.#field(slot)
    return at === 0 ? 0 : this.#view.getUint8(at)
  }

  int64(slot: number): number {
    const at = this.#field(slot)
    return at === 0 ? 0 : this.#int64At(at)
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot)
    return at === 0 ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true))
  }

  /** A vector of structs of two int64. */
  pairs(slot: number): readonly (readonly [number, number])[] {
    const at = this.#field(slot)
    if (at === 0) return []
    const vector = at + this.#view.getUint32(at, true)
    const count = this.#view.getUint32(vector, true)
    if (vector + 4 + count * 16 > this.#view.byteLength) throw badMetadata()
    const pairs: [number, number][] = []
    for (let index = 0; index < count; index++) {
      const start = vector + 4 + index * 16
      pairs.push([this.#int64At(start), this.#int64At(start + 8)])
    }
    return pairs
  }

  #field(slot: number): number {
    const entry = 4 + slot * 2
    if (entry >= this.#view.getUint16(this.#vtable, true)) return 0
    const offset = this.#view.getUint16(this.#vtable + entry, true)
    return offset === 0 ? 0 : this.position + offset
  }

  #int64At(at: number): number {
    const value = this.#view.getInt32(at + 4, true) * 0x1_0000_0000 + this.#view.getUint32(at, true)
    if (!Number.isSafeInteger(value)) throw badMetadata()
    return value
  }
}

/** Reads a flatbuffer; offsets that lead out of it are damage. */
function readMetadata<Result>(metadata: Uint8Array, read: (message: FlatTable) => Result): Result {
  const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.byteLength)
  try {
    return read(new FlatTable(view, view.getUint32(0, true)))
  } catch (error) {
    throw error instanceof RangeError ? badMetadata(error) : error
  }
}

function badMetadata(cause?: unknown): TuskError {
  return new TuskError('RESULT_DAMAGED', 'The rows are damaged.', { detail: 'A message cannot be read.', cause })
}
