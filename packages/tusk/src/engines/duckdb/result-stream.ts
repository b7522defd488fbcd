import type { Result } from '@duckdb/node-bindings'
import type { RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { ResultStream } from '../../engine/result-stream.ts'
import { TuskError } from '../../errors.ts'
import { BatchReader } from './batch-reader.ts'
import type { Bindings } from './bindings.ts'
import { shapeOf } from './types.ts'

/** What a stream needs of the connection it runs on. */
export interface StreamOwner {
  readonly duckdb: Bindings
  /** Runs a native call so that aborting the statement's signal interrupts it. */
  call<T>(work: () => Promise<T>): Promise<T>
  /** Throws when the statement's signal is aborted. */
  check(): void
  /** The statement is over, with its rows read to the end or not; frees the connection for the next one. */
  end(finished: boolean): Promise<void>
}

/** Rows of one running statement. The next chunk is fetched while the last one is turned into Arrow buffers. */
export class DuckdbResultStream implements ResultStream {
  readonly schema: Schema
  readonly command: string
  affectedRows: number | undefined
  readonly #owner: StreamOwner
  readonly #result: Result
  readonly #reader: BatchReader
  #state: 'new' | 'reading' | 'over' = 'new'

  constructor(owner: StreamOwner, result: Result, command: string) {
    const { duckdb } = owner
    this.#owner = owner
    this.#result = result
    this.command = command
    const hasRows = duckdb.result_return_type(result) === duckdb.ResultType.QUERY_RESULT
    const shapes = Array.from({ length: hasRows ? duckdb.column_count(result) : 0 }, (_, index) =>
      shapeOf(duckdb, duckdb.column_name(result, index), duckdb.column_logical_type(result, index)),
    )
    this.schema = { fields: shapes.map(shape => shape.field) }
    this.#reader = new BatchReader(duckdb, this.schema, shapes)
    if (duckdb.result_return_type(result) === duckdb.ResultType.CHANGED_ROWS) {
      this.affectedRows = duckdb.rows_changed(result)
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void> {
    if (this.#state !== 'new') throw new TuskError('INTERNAL', 'Rows of a statement can be read once.')
    this.#state = 'reading'
    const owner = this.#owner
    const { duckdb } = owner
    let finished = false
    let rows = 0
    try {
      owner.check()
      if (this.schema.fields.length !== 0) {
        let next = this.#fetch()
        for (;;) {
          const chunk = await next
          const size = chunk === null ? 0 : duckdb.data_chunk_get_size(chunk)
          owner.check()
          if (chunk === null || size === 0) break
          rows += size
          next = this.#fetch()
          try {
            yield* this.#reader.add(chunk)
            duckdb.data_chunk_reset(chunk)
          } finally {
            // Whoever leaves early must not free the statement under a call that still runs.
            await Promise.allSettled([next])
          }
        }
        if (duckdb.result_return_type(this.#result) === duckdb.ResultType.INVALID) throw brokenOff(rows)
        yield* this.#reader.rest()
      }
      finished = true
    } finally {
      this.#state = 'over'
      await owner.end(finished)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state !== 'new') return
    this.#state = 'over'
    await this.#owner.end(false)
  }

  #fetch() {
    const fetched = this.#owner.call(() => this.#owner.duckdb.fetch_chunk(this.#result))
    fetched.catch(() => undefined) // awaited later; until then a rejection is nobody's fault
    return fetched
  }
}

/** The streams of DuckDB's driver end without an error, also when there was one; it can tell that, but not what it was. */
function brokenOff(rowsSoFar: number): TuskError {
  return new TuskError('QUERY_FAILED', 'DuckDB stopped in the middle of the rows, and its driver does not tell why.', {
    detail: `It failed after ${rowsSoFar.toLocaleString('en')} rows. Most often a value cannot be converted, or memory or the space to spill has run out.`,
    hint: 'Put EXPLAIN ANALYZE before the statement to see the reason: that runs it once more, without its rows.',
  })
}
