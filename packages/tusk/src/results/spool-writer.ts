import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { batchMessageLength, encodeBatchMessage, encodeSchemaMessage, endOfStream, widenBatch } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import { TuskError } from '../errors.ts'
import { diskError as stateError } from '../home/disk-error.ts'
import { encodeIndexRecord, indexFile, rowsFile } from './spool-format.ts'
import { SpoolReader } from './spool-reader.ts'

/**
 * Writes the rows of one result into its directory, a batch at a time. A batch is readable by others as soon as `append`
 * resolves. Errors are DISK_FULL, or STATE_DAMAGED with the path; the batches before stay readable.
 */
export class SpoolWriter implements AsyncDisposable {
  readonly #directory: string
  #schema: Schema
  #rows: FileHandle
  #index: FileHandle
  #end: number
  #batchCount = 0
  #rowCount = 0
  #closed = false
  /** What is on its way to the disk, and up to where. */
  #syncing: Promise<void> | undefined
  #syncedTo = 0

  private constructor(directory: string, schema: Schema, files: SpoolFiles) {
    this.#directory = directory
    this.#schema = schema
    this.#rows = files.rows
    this.#index = files.index
    this.#end = files.end
  }

  /** Starts the files of `schema` in a directory that has none. */
  static async create(directory: string, schema: Schema): Promise<SpoolWriter> {
    const files = await startFiles(rowsFile(directory), indexFile(directory), schema)
    return new SpoolWriter(directory, schema, files)
  }

  /** That of the last batch. */
  get schema(): Schema {
    return this.#schema
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of the stream so far. */
  get byteCount(): number {
    return this.#end
  }

  /**
   * Bytes that appending `batch` and finishing need in all. Where its schema is wider, the earlier rows lie there twice for a moment and are
   * longer afterwards, of which this is an estimate; `byteCount` is exact again.
   */
  sizeWith(batch: RecordBatch): number {
    const earlier = this.#widens(batch) ? this.#end * 3 : this.#end
    return earlier + batchMessageLength(batch) + endOfStream.byteLength
  }

  /** A batch with a wider schema has all earlier ones converted first. */
  async append(batch: RecordBatch): Promise<void> {
    if (this.#widens(batch)) await this.#widen(batch.schema)
    await this.#write(batch)
    this.#syncAlong()
  }

  /** Ends the stream and makes it durable. */
  async finish(): Promise<void> {
    await onDisk(rowsFile(this.#directory), async () => {
      await writeAll(this.#rows, [endOfStream], this.#end)
      await this.#syncing
      await this.#rows.sync()
      await this.#index.sync()
    })
    await this[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#closeFiles()
  }

  #widens({ schema }: RecordBatch): boolean {
    return schema !== this.#schema && !sameSchema(schema, this.#schema)
  }

  async #closeFiles(): Promise<void> {
    await Promise.allSettled([this.#syncing])
    await this.#rows.close()
    await this.#index.close()
  }

  async #write(batch: RecordBatch): Promise<void> {
    const parts = encodeBatchMessage(batch)
    const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0)
    const metadataLength = parts[0]!.byteLength
    const record = encodeIndexRecord({
      position: this.#end,
      metadataLength,
      bodyLength: byteLength - metadataLength,
      rowCount: batch.rowCount,
    })
    try {
      await onDisk(rowsFile(this.#directory), async () => {
        await writeAll(this.#rows, parts, this.#end)
        await writeAll(this.#index, [record], this.#batchCount * record.byteLength)
      })
    } catch (error) {
      await this.#rows.truncate(this.#end)
      await this.#index.truncate(this.#batchCount * record.byteLength)
      throw error
    }
    this.#end += byteLength
    this.#batchCount++
    this.#rowCount += batch.rowCount
  }

  /** Has the disk take what there is while the next batches come, so that `finish` waits for the last of it only. */
  #syncAlong(): void {
    if (this.#syncing !== undefined || this.#end - this.#syncedTo < bytesOfSync) return
    this.#syncedTo = this.#end
    const syncing = this.#rows.datasync().then(() => {
      this.#syncing = undefined
    })
    this.#syncing = syncing
    // Where it failed, `finish` meets the error.
    syncing.catch(() => undefined)
  }

  async #widen(schema: Schema): Promise<void> {
    const rowsPath = `${rowsFile(this.#directory)}.widened`
    const indexPath = `${indexFile(this.#directory)}.widened`
    const files = await startFiles(rowsPath, indexPath, schema)
    const wider = new SpoolWriter(this.#directory, schema, files)
    try {
      using reader = new SpoolReader(this.#directory)
      const columns = schema.fields.map((_, column) => column)
      for (let index = 0; index < reader.batchCount; index++) {
        await wider.#write(widenBatch(reader.readBatch(index, columns), schema))
      }
      await onDisk(rowsPath, async () => {
        // Without its old index, a spool is walked; with a wrong one it would be misread.
        await unlink(indexFile(this.#directory))
        await rename(rowsPath, rowsFile(this.#directory))
        await rename(indexPath, indexFile(this.#directory))
      })
    } catch (error) {
      await wider[Symbol.asyncDispose]()
      await Promise.allSettled([unlink(rowsPath), unlink(indexPath)])
      throw error
    }
    await this.#closeFiles()
    this.#rows = wider.#rows
    this.#index = wider.#index
    this.#end = wider.#end
    this.#syncing = undefined
    this.#syncedTo = 0
    this.#schema = schema
  }
}

const bytesOfSync = 32 << 20

interface SpoolFiles {
  readonly rows: FileHandle
  readonly index: FileHandle
  readonly end: number
}

async function startFiles(rowsPath: string, indexPath: string, schema: Schema): Promise<SpoolFiles> {
  return await onDisk(rowsPath, async () => {
    // The index comes first: a reader that finds rows without one takes it for lost.
    const index = await open(indexPath, 'w', 0o600)
    try {
      const rows = await open(rowsPath, 'w', 0o600)
      try {
        const message = encodeSchemaMessage(schema)
        await writeAll(rows, [message], 0)
        return { rows, index, end: message.byteLength }
      } catch (error) {
        await rows.close()
        throw error
      }
    } catch (error) {
      await index.close()
      throw error
    }
  })
}

/** Writes all parts from `position` on, however little the system takes at once. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  let at = position
  let waiting = joinSmall(parts)
  while (waiting.length > 0) {
    const group = waiting.slice(0, maxPartsAtOnce)
    const { bytesWritten } = await file.writev(group, at)
    at += bytesWritten
    waiting = without(group, bytesWritten).concat(waiting.slice(maxPartsAtOnce))
  }
}

/** Systems take 1024 parts in one call. */
const maxPartsAtOnce = 1_000
const smallPart = 4_096

/** Wide results have thousands of tiny buffers: neighbours are copied together. */
function joinSmall(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = (): void => {
    if (small.length > 0) joined.push(small.length === 1 ? small[0]! : Buffer.concat(small))
    small = []
  }
  for (const part of parts) {
    if (part.byteLength < smallPart) small.push(part)
    else {
      flush()
      joined.push(part)
    }
  }
  flush()
  return joined
}

function without(parts: readonly Uint8Array[], byteLength: number): Uint8Array[] {
  let left = byteLength
  let first = 0
  while (first < parts.length && parts[first]!.byteLength <= left) left -= parts[first++]!.byteLength
  const rest = parts.slice(first)
  if (left > 0) rest[0] = rest[0]!.subarray(left)
  return rest
}

function sameSchema(one: Schema, other: Schema): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

async function onDisk<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw diskError(error, path)
  }
}

/** An error of the file system in the words of Tusk. */
export function diskError(error: unknown, path: string): TuskError {
  const known = stateError(error, path)
  if (known?.code === 'DISK_FULL' && error !== known) {
    return new TuskError('DISK_FULL', 'The disk is full: the result could not be stored any further.', {
      detail: path,
      hint: 'Free some space, or remove results that are not needed.',
      ...(known.sourceCode === undefined ? {} : { sourceCode: known.sourceCode }),
      cause: error,
    })
  }
  if (known !== undefined) return known
  return new TuskError('INTERNAL', 'The result could not be stored.', {
    detail: error instanceof Error ? `${path}: ${error.message}` : path,
    cause: error,
  })
}
