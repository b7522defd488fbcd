import type { FieldNode, RecordBatch } from '../../arrow/record-batch.ts'
import type { Schema } from '../../arrow/schema.ts'
import type { ByteCount } from './column-writers.ts'
import { ResultColumn } from './result-column.ts'
import type { SqliteValue } from './types.ts'

export type SqliteRow = readonly SqliteValue[]

/** The first rows decide the types; few, so that they are soon on the screen. */
const firstRows = 200
const firstBytes = 4 * 2 ** 20
const firstMilliseconds = 50
const cellsPerBatch = 400_000
const mostRows = 16_384
const fewestRows = 256
const bytesPerBatch = 16 * 2 ** 20
/** A slow statement shows what it has. */
const millisecondsPerBatch = 200

/** Turns the rows of an iterator into batches, blocking while it makes one. */
export class RowBatcher {
  readonly #rows: Iterator<SqliteRow>
  readonly #columns: readonly ResultColumn[]
  readonly #count: ByteCount = { bytes: 0 }
  readonly #capacity: number
  #schema: Schema
  #ahead: SqliteRow[] = []
  #isFirst = true
  #ended = false
  /** An error that came after rows, which are handed on first. */
  #failure: unknown

  /** Reads the first rows. Throws what the iterator throws when there is none. */
  constructor(rows: Iterator<SqliteRow>, columns: readonly { readonly name: string; readonly type: string | null }[]) {
    this.#rows = rows
    this.#capacity = Math.max(fewestRows, Math.min(mostRows, Math.floor(cellsPerBatch / columns.length)))
    this.#columns = columns.map(({ name, type }) => new ResultColumn(name, type, this.#capacity, this.#count))
    this.#readAhead()
    for (const [index, column] of this.#columns.entries()) column.fit(this.#ahead.map(row => row[index]!))
    this.#schema = { fields: this.#columns.map(column => column.field) }
  }

  get schema(): Schema {
    return this.#schema
  }

  /** Texts held U+FFFD in these columns. */
  get columnsWithReplacement(): readonly string[] {
    return this.#columns.filter(column => column.writer.hasReplacement).map(column => column.field.name)
  }

  /** The next rows, or undefined at the end. */
  next(): RecordBatch | undefined {
    let rowCount = 0
    const until = performance.now() + millisecondsPerBatch
    while (rowCount < this.#capacity) {
      const row = this.#nextRow()
      if (row === undefined) break
      const written = this.#append(row)
      if (written === row.length && (this.#count.bytes <= 2 * bytesPerBatch || rowCount === 0)) {
        rowCount++
        if (this.#count.bytes >= bytesPerBatch) break
        if (this.#ahead.length === 0 && (this.#isFirst || performance.now() > until)) break
        continue
      }
      for (const column of this.#columns.slice(0, written)) column.writer.dropLast()
      this.#ahead.unshift(row)
      if (rowCount > 0) break
      this.#widen(row)
    }
    if (rowCount > 0) return this.#finish(rowCount)
    if (this.#failure !== undefined) throw this.#failure
    return undefined
  }

  /** Ends the statement, also in the middle. */
  close(): void {
    this.#ended = true
    this.#ahead = []
    this.#rows.return?.()
  }

  #readAhead(): void {
    const until = performance.now() + firstMilliseconds
    let bytes = 0
    while (this.#ahead.length < firstRows && bytes < firstBytes && performance.now() < until) {
      const row = this.#nextFromSource()
      if (row === undefined) break
      this.#ahead.push(row)
      for (const value of row) if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length
    }
    if (this.#ahead.length === 0 && this.#failure !== undefined) throw this.#failure
  }

  #nextRow(): SqliteRow | undefined {
    return this.#ahead.length > 0 ? this.#ahead.shift() : this.#nextFromSource()
  }

  #nextFromSource(): SqliteRow | undefined {
    if (this.#ended) return undefined
    try {
      const next = this.#rows.next()
      if (!next.done) return next.value
    } catch (error) {
      this.#failure = error
    }
    this.#ended = true
    return undefined
  }

  /** How many columns took their value: all, or those before the one that must widen. */
  #append(row: SqliteRow): number {
    const columns = this.#columns
    for (let index = 0; index < columns.length; index++) if (!columns[index]!.writer.append(row[index]!)) return index
    return columns.length
  }

  #widen(row: SqliteRow): void {
    for (const [index, column] of this.#columns.entries()) column.fit([row[index]!])
    this.#schema = { fields: this.#columns.map(column => column.field) }
  }

  #finish(rowCount: number): RecordBatch {
    const nodes: FieldNode[] = []
    const buffers: Uint8Array[] = []
    for (const column of this.#columns) {
      const finished = column.finish()
      nodes.push(...finished.nodes)
      buffers.push(...finished.buffers)
    }
    this.#count.bytes = 0
    this.#isFirst = false
    return { schema: this.#schema, rowCount, nodes, buffers }
  }
}
