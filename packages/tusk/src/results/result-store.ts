import type { RecordBatch } from '../arrow/record-batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { Cancellable } from '../engine/engine.ts'
import type { TuskError } from '../errors.ts'
import type { StoringRoom } from './storing-room.ts'

/**
 * All results, on disk under `results/<id>/`: `rows.arrow` (the IPC stream as it came), `rows.index` (where each batch lies),
 * `result.json` (everything else). Readable from the first batch while a host still writes. Survives kill -9: a result whose
 * writer died is found at the next start, marked failed, and readable up to its last whole batch.
 */
export interface ResultStore extends AsyncDisposable {
  /** Makes the directory and the entry, state `storing`. RESULT_QUOTA when even a sweep frees too little. */
  create(request: NewResult): Promise<PendingResult>
  /**
   * Stores rows that are made in this process; complete when it resolves. RESULT_QUOTA and what making them throws; the result keeps
   * the rows before. Many rows belong into a host: this is for what code of Tusk or a plugin makes.
   */
  save(
    request: NewResult & { readonly schema: Schema },
    batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
    options?: Cancellable,
  ): Promise<StoredResult>
  /** RESULT_NOT_FOUND when absent or of another owner. */
  get(owner: string, id: string): StoredResult
  list(owner: string): readonly StoredResult[]
  remove(owner: string, id: string): Promise<void>
  /** Pinned results are not swept. */
  setPinned(owner: string, id: string, pinned: boolean): Promise<void>
  /** Removes by age, then oldest first down to the quota; never pinned, storing or `inUse` ones. Run at start and hourly. */
  sweep(): Promise<{ readonly removed: number; readonly freedBytes: number }>
  usage(): { readonly bytes: number; readonly quotaBytes: number; readonly results: number }
}

export interface NewResult {
  readonly owner: string
  readonly provenance: Provenance
}

export interface Provenance {
  readonly sql: string
  readonly engine: string
  readonly connectionId?: string
  readonly connectionName?: string
  /** Results that this one was made from. */
  readonly parents?: readonly string[]
  readonly startedAt: string
  readonly finishedAt?: string
  /** What the statement changed was undone: it was carried out for its plan only. */
  readonly rolledBack?: boolean
}

/** The writer's handle, held by whoever drives the host. Progress makes rows visible to readers. */
export interface PendingResult {
  readonly id: string
  readonly directory: string
  readonly result: StoredResult
  /** What the quota leaves for its rows: pass it on as `StatementRequest.room`. What is not used is free again with `finish`. */
  readonly room: StoringRoom
  started(schema: Schema): void
  progress(progress: { readonly rowCount: number; readonly byteCount: number; readonly schema?: Schema }): void
  finish(outcome: {
    readonly state: Exclude<ResultState, 'storing'>
    /** Of the last rows, when a column widened; absent: as progress said. */
    readonly schema?: Schema
    readonly rowCount: number
    readonly byteCount: number
    readonly affectedRows?: number
    readonly command?: string
    readonly error?: TuskError
  }): Promise<void>
}

export type ResultState = 'storing' | 'complete' | 'truncated' | 'cancelled' | 'failed'

export interface StoredResult {
  readonly id: string
  readonly owner: string
  readonly directory: string
  readonly schema: Schema
  readonly provenance: Provenance
  readonly rowCount: number
  readonly byteCount: number
  readonly affectedRows?: number | undefined
  readonly command?: string | undefined
  readonly state: ResultState
  readonly error?: TuskError | undefined
  readonly pinned: boolean
  /** Settles when the state is final. Never rejects. */
  readonly done: Promise<void>
  /** Rows as Arrow IPC stream bytes, cut from the file without decoding. Rows past the end are simply not there. */
  window(request: WindowRequest, options?: Cancellable): Promise<Uint8Array>
  /** One whole cell, however long, streamed as bytes: UTF-8 text for every type but binary, which is raw. Null: the cell is NULL. */
  cell(request: CellRequest, options?: Cancellable): Promise<CellContent | null>
  /** Batches in order, waiting for more while the result is still being stored. Not for the web process. */
  read(options?: ReadOptions): AsyncIterable<RecordBatch>
}

export interface WindowRequest {
  readonly offset: number
  /** At most 10,000 rows. */
  readonly limit: number
  /** Positions of the wanted columns, in the order wanted; absent: all. */
  readonly columns?: readonly number[]
  /** A view made by ResultCompute: its sorted and filtered row numbers are what offset and limit count. */
  readonly view?: string
  /**
   * Text and binary cells longer than this come cut (at a character), lists cut to whole items. Then the window has one more
   * column, last, named `tusk:cut`, utf8: per row null, or JSON `{"<position in the window>": <full byte length>}`.
   */
  readonly maxCellBytes?: number
}

export interface CellRequest {
  readonly row: number
  readonly column: number
  readonly view?: string
}

export interface CellContent {
  readonly byteLength: number
  readonly kind: 'text' | 'binary'
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface ReadOptions extends Cancellable {
  readonly offset?: number
  readonly limit?: number
  readonly columns?: readonly number[]
  readonly view?: string
}
