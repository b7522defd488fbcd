import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { decodeBatchHeader, decodeSchemaMessage, readMessagePrefix, walkMessages } from '../arrow/ipc.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { TuskError } from '../errors.ts'
import { type ColumnPlace, placeColumns } from './column-place.ts'
import { PositionedFile } from './positioned-file.ts'
import { finalRowCount } from './result-file.ts'
import { decodeIndexRecord, type IndexRecord, indexFile, indexRecordLength, rowsFile } from './spool-format.ts'

/** Where the buffers of one stored batch lie in the file. */
export interface StoredBatch {
  readonly rowCount: number
  /** Per field node. */
  readonly lengths: Float64Array
  readonly nullCounts: Float64Array
  /** Per buffer: its first byte in the file, and how many. */
  readonly positions: Float64Array
  readonly byteLengths: Float64Array
}

/**
 * Reads a spool, also while it is being written: `refresh` takes in what has come. All reads are synchronous, of no more than
 * what is asked for. A short or damaged index is replaced by walking the messages. RESULT_DAMAGED when the rows themselves are.
 */
export class SpoolReader implements Disposable {
  readonly directory: string
  readonly file: PositionedFile
  readonly schema: Schema
  /** The schema message as it stands in the file. */
  readonly schemaBytes: Uint8Array
  readonly columns: readonly ColumnPlace[]
  readonly #batches: IndexRecord[] = []
  readonly #starts: number[] = [0]
  readonly #opened = new Map<number, StoredBatch>()
  readonly #indexDescriptor: number | undefined
  #indexUsable = true
  #openedNumbers = 0

  constructor(directory: string) {
    this.directory = directory
    const { rows, index } = openFiles(directory)
    this.file = rows
    this.#indexDescriptor = index
    try {
      this.schemaBytes = readSchemaBytes(this.file)
      this.schema = decodeSchemaMessage(this.schemaBytes).schema
      this.columns = placeColumns(this.schema)
      this.refresh()
    } catch (error) {
      this[Symbol.dispose]()
      throw inFile(this.file.path, error)
    }
  }

  /**
   * A reader of every whole batch in the file, also of those that a writer which was killed had not added to the index.
   * RESULT_DAMAGED when the result is not being stored any more and has more rows than the file.
   */
  static whole(directory: string): SpoolReader {
    const reader = new SpoolReader(directory)
    try {
      reader.walkRest()
      reader.#checkRowCount(finalRowCount(directory))
      return reader
    } catch (error) {
      reader[Symbol.dispose]()
      throw error
    }
  }

  get batchCount(): number {
    return this.#batches.length
  }

  get rowCount(): number {
    return this.#starts[this.#batches.length]!
  }

  /** First row of each batch, and at the end the row count. */
  get batchStarts(): readonly number[] {
    return this.#starts
  }

  /** Bytes of the stream up to the end of its last whole batch. */
  get byteCount(): number {
    return this.#end
  }

  /** Bytes of one batch, its header not counted. */
  bodyLength(batch: number): number {
    return this.#batches[batch]!.bodyLength
  }

  /** Takes in batches that were added since. */
  refresh(): void {
    const size = this.file.size()
    if (this.#indexUsable) this.#followIndex(size)
    if (!this.#indexUsable || this.#indexDescriptor === undefined) this.walkRest()
  }

  /** Takes in whole batches that the index does not have. */
  walkRest(): void {
    try {
      this.#walk()
    } catch (error) {
      throw inFile(this.file.path, error)
    }
  }

  /** Whether the writer has replaced the file since it was opened (a column widened). */
  get replaced(): boolean {
    return isReplaced(this.file)
  }

  /** The batch that holds `row`. */
  batchOf(row: number): number {
    let low = 0
    let high = this.#batches.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= row) low = middle
      else high = middle - 1
    }
    return low
  }

  batch(index: number): StoredBatch {
    const known = this.#opened.get(index)
    if (known !== undefined) return known
    const opened = this.#openBatch(index)
    this.#opened.set(index, opened)
    this.#openedNumbers += numbersIn(opened)
    for (const [oldest, batch] of this.#opened) {
      if (this.#openedNumbers <= maxOpenedNumbers || oldest === index) break
      this.#opened.delete(oldest)
      this.#openedNumbers -= numbersIn(batch)
    }
    return opened
  }

  /** One batch with the given columns only, in that order. Buffers are read as they lie, one read for neighbouring columns. */
  readBatch(index: number, columns: readonly number[]): RecordBatch {
    const batch = this.batch(index)
    const places = columns.map(column => this.columns[column]!)
    const spans = places.map(place => spanOf(batch, place))
    const bytes = new Uint8Array(spans.reduce((sum, span) => sum + span.byteLength, 0))
    for (let first = 0, at = 0; first < spans.length; ) {
      let last = first
      let byteLength = spans[first]!.byteLength
      while (last + 1 < spans.length && spans[last + 1]!.position === spans[first]!.position + byteLength) {
        byteLength += spans[++last]!.byteLength
      }
      this.file.readInto(bytes.subarray(at, at + byteLength), spans[first]!.position)
      at += byteLength
      first = last + 1
    }
    const nodes: { length: number; nullCount: number }[] = []
    const buffers: Uint8Array[] = []
    let at = 0
    for (const [order, place] of places.entries()) {
      for (let node = place.node; node < place.nodeEnd; node++) {
        nodes.push({ length: batch.lengths[node]!, nullCount: batch.nullCounts[node]! })
      }
      const span = spans[order]!
      for (let buffer = place.buffer; buffer < place.bufferEnd; buffer++) {
        const byteLength = batch.byteLengths[buffer]!
        const from = byteLength === 0 ? 0 : at + batch.positions[buffer]! - span.position
        buffers.push(bytes.subarray(from, from + byteLength))
      }
      at += span.byteLength
    }
    const all = columns.length === this.columns.length && columns.every((column, order) => column === order)
    const schema = all ? this.schema : { fields: columns.map(column => this.schema.fields[column]!) }
    return { schema, rowCount: batch.rowCount, nodes, buffers }
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]()
    if (this.#indexDescriptor !== undefined && this.#indexUsable) closeSync(this.#indexDescriptor)
    this.#indexUsable = false
  }

  get #end(): number {
    const last = this.#batches.at(-1)
    return last === undefined ? this.schemaBytes.byteLength : last.position + last.metadataLength + last.bodyLength
  }

  #checkRowCount(expected: number | undefined): void {
    if (expected === undefined || this.rowCount >= expected) return
    throw new TuskError('RESULT_DAMAGED', 'Rows of this result are missing.', {
      detail: `${this.file.path} holds ${this.rowCount} of ${expected} rows.`,
      hint: 'Run the query again.',
    })
  }

  #walk(): void {
    for (const message of walkMessages(this.file.asByteSource(), this.#end)) {
      if (message.kind !== 'recordBatch') throw damaged(this.file.path, 'It holds something else than rows.')
      this.#add({
        position: message.position,
        metadataLength: message.bodyPosition - message.position,
        bodyLength: message.bodyLength,
        rowCount: decodeBatchHeader(message.metadata).rowCount,
      })
    }
  }

  #followIndex(size: number): void {
    if (this.#indexDescriptor === undefined) return
    const chunk = Buffer.allocUnsafe(indexRecordLength * 1024)
    for (;;) {
      const read = readSync(this.#indexDescriptor, chunk, 0, chunk.byteLength, this.#batches.length * indexRecordLength)
      for (let at = 0; at + indexRecordLength <= read; at += indexRecordLength) {
        const record = decodeIndexRecord(chunk.subarray(at, at + indexRecordLength))
        const wholly =
          record !== undefined &&
          record.position === this.#end &&
          record.position + record.metadataLength + record.bodyLength <= Math.max(size, this.file.size())
        if (!wholly) {
          this.#giveUpIndex()
          return
        }
        this.#add(record)
      }
      if (read < chunk.byteLength) return
    }
  }

  #giveUpIndex(): void {
    if (this.#indexDescriptor !== undefined) closeSync(this.#indexDescriptor)
    this.#indexUsable = false
  }

  #add(record: IndexRecord): void {
    this.#starts.push(this.rowCount + record.rowCount)
    this.#batches.push(record)
  }

  #openBatch(index: number): StoredBatch {
    const record = this.#batches[index]
    if (record === undefined) throw new TuskError('INTERNAL', `There is no batch ${index}.`)
    const message = new Uint8Array(record.metadataLength)
    this.file.readInto(message, record.position)
    const header = headerOf(message, this.file.path)
    if (header.rowCount !== record.rowCount || header.bodyLength !== record.bodyLength) {
      throw damaged(this.file.path, `Batch ${index} is not the one of the index.`)
    }
    const last = this.columns.at(-1)
    if (header.nodes.length !== (last?.nodeEnd ?? 0) || header.buffers.length !== (last?.bufferEnd ?? 0)) {
      throw damaged(this.file.path, `Batch ${index} does not match the columns.`)
    }
    const body = record.position + record.metadataLength
    return {
      rowCount: header.rowCount,
      lengths: Float64Array.from(header.nodes, node => node.length),
      nullCounts: Float64Array.from(header.nodes, node => node.nullCount),
      positions: Float64Array.from(header.buffers, buffer => body + buffer.offset),
      byteLengths: Float64Array.from(header.buffers, buffer => buffer.length),
    }
  }
}

function headerOf(message: Uint8Array, path: string): ReturnType<typeof decodeBatchHeader> {
  try {
    return decodeBatchHeader(message.subarray(readMessagePrefix(message)?.byteLength))
  } catch (error) {
    throw inFile(path, error)
  }
}

/** Keeps the places of buffers of a wide or long result within about 16 MB. */
const maxOpenedNumbers = 2_000_000

function numbersIn(batch: StoredBatch): number {
  return 2 * (batch.lengths.length + batch.positions.length)
}

/** The bytes from a column's first buffer to the end of its last, padding included. */
function spanOf(batch: StoredBatch, place: ColumnPlace): { readonly position: number; readonly byteLength: number } {
  let position = Number.POSITIVE_INFINITY
  let end = 0
  for (let buffer = place.buffer; buffer < place.bufferEnd; buffer++) {
    const byteLength = batch.byteLengths[buffer]!
    if (byteLength === 0) continue
    position = Math.min(position, batch.positions[buffer]!)
    end = Math.max(end, batch.positions[buffer]! + paddedLength(byteLength))
  }
  return end === 0 ? { position: 0, byteLength: 0 } : { position, byteLength: end - position }
}

function paddedLength(byteLength: number): number {
  return Math.ceil(byteLength / 8) * 8
}

function readSchemaBytes(file: PositionedFile): Uint8Array {
  const prefix = readMessagePrefix(file.read(0, 8))
  if (prefix === undefined) throw damaged(file.path, 'It does not begin with a schema.')
  const bytes = file.read(0, prefix.byteLength + prefix.metadataLength)
  if (bytes.byteLength < prefix.byteLength + prefix.metadataLength) throw damaged(file.path, 'Its schema is not whole.')
  return bytes
}

/** Rows and index of one writing: a writer that widens a column replaces both. */
function openFiles(directory: string): { readonly rows: PositionedFile; readonly index: number | undefined } {
  for (;;) {
    const rows = new PositionedFile(rowsFile(directory))
    const index = openIfThere(indexFile(directory))
    if (!isReplaced(rows)) return { rows, index }
    rows[Symbol.dispose]()
    if (index !== undefined) closeSync(index)
  }
}

function isReplaced(file: PositionedFile): boolean {
  return statSync(file.path, { throwIfNoEntry: false })?.ino !== file.inode
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function damaged(path: string, detail: string): TuskError {
  return new TuskError('RESULT_DAMAGED', 'The stored rows are damaged.', {
    detail: `${path}: ${detail}`,
    hint: 'Run the query again.',
  })
}

/** What is wrong with bytes of a file, with the file's path. */
function inFile(path: string, error: unknown): unknown {
  if (!(error instanceof TuskError) || error.code !== 'RESULT_DAMAGED' || error.detail?.includes(path)) return error
  return damaged(path, error.detail ?? error.message)
}
