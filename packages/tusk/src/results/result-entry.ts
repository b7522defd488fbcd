import { encodeSchemaMessage, endOfStream } from '../arrow/index.ts'
import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Cancellable } from '../engine/engine.ts'
import { TuskError } from '../errors.ts'
import type { LocatedCell } from './locate-cell.ts'
import { columnsOrAll, readRange, readRowsInOrder } from './read-rows.ts'
import type { ReadingThread } from './reading-thread.ts'
import type { ResultRecord } from './result-file.ts'
import type {
  CellContent,
  CellRequest,
  Provenance,
  ReadOptions,
  ResultState,
  StoredResult,
  WindowRequest,
} from './result-store.ts'
import { viewRowsFile } from './row-numbers.ts'
import { SpoolReader } from './spool-reader.ts'
import { checkedWindow } from './window.ts'

/** A result of the store, as it is at each moment. The store changes it by `update`. */
export class ResultEntry implements StoredResult {
  readonly directory: string
  readonly done: Promise<void>
  /** Bytes of all files in the directory, as last measured. */
  bytes = 0
  /** Bytes that its rows may take while it is being stored. */
  granted = 0
  readonly #thread: ReadingThread
  readonly #done = Promise.withResolvers<void>()
  #record: ResultRecord
  #error: TuskError | undefined
  #changed = Promise.withResolvers<void>()

  constructor(directory: string, record: ResultRecord, thread: ReadingThread) {
    this.directory = directory
    this.#record = record
    this.#error = record.error === undefined ? undefined : TuskError.fromJSON(record.error)
    this.#thread = thread
    this.done = this.#done.promise
    this.bytes = record.byteCount
    if (record.state !== 'storing') this.#done.resolve()
  }

  get record(): ResultRecord {
    return this.#record
  }

  get id(): string {
    return this.#record.id
  }

  get owner(): string {
    return this.#record.owner
  }

  get schema(): Schema {
    return this.#record.schema ?? { fields: [] }
  }

  get provenance(): Provenance {
    return this.#record.provenance
  }

  get rowCount(): number {
    return this.#record.rowCount
  }

  get byteCount(): number {
    return this.#record.byteCount
  }

  get affectedRows(): number | undefined {
    return this.#record.affectedRows
  }

  get command(): string | undefined {
    return this.#record.command
  }

  get state(): ResultState {
    return this.#record.state
  }

  get error(): TuskError | undefined {
    return this.#error
  }

  get pinned(): boolean {
    return this.#record.pinned
  }

  update(changes: Partial<ResultRecord>): void {
    this.#record = { ...this.#record, ...changes }
    if (changes.error !== undefined) this.#error = TuskError.fromJSON(changes.error)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
    if (this.#record.state !== 'storing') this.#done.resolve()
  }

  async window(request: WindowRequest, { signal }: Cancellable = {}): Promise<Uint8Array> {
    checkedWindow(request)
    if (!this.#hasRows()) return Buffer.concat([encodeSchemaMessage(this.schema), endOfStream])
    return (await this.#thread.ask({ kind: 'window', ...this.#place(), request }, signal)) as Uint8Array
  }

  async cell(request: CellRequest, { signal }: Cancellable = {}): Promise<CellContent | null> {
    if (!this.#hasRows()) throw new TuskError('NOT_FOUND', `There is no row ${request.row}.`)
    const cell = (await this.#thread.ask({ kind: 'cell', ...this.#place(), request }, signal)) as LocatedCell
    if (cell.kind === 'null') return null
    if (cell.kind === 'bytes') {
      return { byteLength: cell.bytes.byteLength, kind: cell.content, bytes: justThese(cell.bytes) }
    }
    return { byteLength: cell.byteLength, kind: cell.content, bytes: this.#bytesAt(cell, signal) }
  }

  async *read(options: ReadOptions = {}): AsyncGenerator<RecordBatch, void, undefined> {
    const { offset = 0, limit = Number.POSITIVE_INFINITY, view, signal } = options
    while (this.state === 'storing' && (this.#record.schema === undefined || view !== undefined)) {
      await this.#nextChange(signal)
    }
    if (this.#record.schema === undefined) return
    const columns = columnsOrAll(this.schema, options.columns)
    if (view === undefined) yield* this.#readInOrder(columns, offset, limit, signal)
    else {
      using reader = SpoolReader.whole(this.directory)
      yield* readRowsInOrder(reader, columns, viewRowsFile(this.directory, view), offset, limit)
    }
  }

  async *#readInOrder(
    columns: readonly number[],
    offset: number,
    limit: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<RecordBatch, void, undefined> {
    for (let row = offset; ; ) {
      const storing = this.state === 'storing'
      const end = Math.min(offset + limit, this.rowCount)
      const changed = this.#changed.promise
      if (row < end) {
        using reader = SpoolReader.whole(this.directory)
        for (const batch of readRange(reader, columns, row, end - row)) {
          signal?.throwIfAborted()
          yield batch
          row += batch.rowCount
        }
        if (row < end) throw rowsMissing(this.directory, row, end)
      }
      if (!storing || row >= offset + limit) return
      await abortable(changed, signal)
    }
  }

  async *#bytesAt(
    { inode, position, byteLength }: LocatedCell & { readonly kind: 'range' },
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { directory } = this
    for (let done = 0; done < byteLength; ) {
      const piece = { kind: 'bytes', directory, inode, position: position + done } as const
      const length = Math.min(pieceLength, byteLength - done)
      yield (await this.#thread.ask({ ...piece, byteLength: length }, signal)) as Uint8Array
      done += length
    }
  }

  /** Whether there is a file with rows. CONFLICT while it is not known whether there will be. */
  #hasRows(): boolean {
    if (this.#record.schema !== undefined) return true
    if (this.state !== 'storing') return false
    throw new TuskError('CONFLICT', 'The columns of this result are not known yet.')
  }

  #place(): { readonly directory: string; readonly rowCount?: number } {
    const { directory, rowCount } = this
    return this.state === 'storing' ? { directory } : { directory, rowCount }
  }

  async #nextChange(signal: AbortSignal | undefined): Promise<void> {
    await abortable(this.#changed.promise, signal)
  }
}

const pieceLength = 1 << 18

async function* justThese(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.byteLength > 0) yield bytes
}

async function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await promise
    return
  }
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function rowsMissing(directory: string, row: number, end: number): TuskError {
  return new TuskError('RESULT_DAMAGED', 'Rows of this result are missing.', {
    detail: `${directory} holds ${row} of ${end} rows.`,
    hint: 'Run the query again.',
  })
}
