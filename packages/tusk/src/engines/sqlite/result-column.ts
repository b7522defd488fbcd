import type { DataField } from '../../arrow/data-type.ts'
import { type ByteCount, type ColumnWriter, createWriter, isExactAsReal, isJson } from './column-writers.ts'
import { type ColumnKind, fieldOf, kindOfDeclaredType, type SqliteValue } from './types.ts'

/**
 * One column of a result while it is read. Its kind comes from the first rows, or from the declared type while there are only
 * NULLs, and widens without loss when a value does not fit: integers become reals only when all of them are exact as doubles,
 * and everything else becomes `mixed`: each value as its exact text. A column declared as JSON is `json` while its texts are.
 */
export class ResultColumn {
  readonly #name: string
  readonly #declaredType: string | null
  readonly #capacity: number
  readonly #count: ByteCount
  #kind: ColumnKind
  /** False while only NULLs have come. */
  #decided = false
  /** The integers of finished batches are exact as doubles. */
  #exactAsReal = true
  /** Rows have been handed on, so only the ways that `widenBatch` knows are open. */
  #handedOn = false
  #field: DataField
  #writer: ColumnWriter

  constructor(name: string, declaredType: string | null, capacity: number, count: ByteCount) {
    this.#name = name
    this.#declaredType = declaredType
    this.#capacity = capacity
    this.#count = count
    this.#kind = kindOfDeclaredType(declaredType)
    this.#field = fieldOf(name, this.#kind, declaredType)
    this.#writer = createWriter(this.#kind, this.#field, capacity, count)
  }

  get field(): DataField {
    return this.#field
  }

  get writer(): ColumnWriter {
    return this.#writer
  }

  /** Makes the column fit for the values. Call it with no rows in the writer. */
  fit(values: Iterable<SqliteValue>): void {
    const before = this.#kind
    for (const value of values) if (value !== null) this.#kind = this.#kindWith(value)
    if (this.#kind === before) return
    this.#field = fieldOf(this.#name, this.#kind, this.#declaredType)
    this.#writer = createWriter(this.#kind, this.#field, this.#capacity, this.#count)
  }

  finish(): ReturnType<ColumnWriter['finish']> {
    if (this.#exactAsReal) this.#exactAsReal = this.#writer.exactAsReal()
    const { nodes, buffers } = this.#writer.finish()
    this.#handedOn = true
    if (nodes[0]!.length > nodes[0]!.nullCount) this.#decided = true
    return { nodes, buffers }
  }

  #kindWith(value: Exclude<SqliteValue, null>): ColumnKind {
    if (!this.#decided) {
      this.#decided = true
      if (typeof value === 'bigint') this.#exactAsReal &&= isExactAsReal(value)
      return this.#firstKind(value)
    }
    switch (this.#kind) {
      case 'integer':
        if (typeof value === 'bigint') {
          this.#exactAsReal &&= isExactAsReal(value)
          return 'integer'
        }
        return typeof value === 'number' && this.#exactAsReal ? 'real' : 'mixed'
      case 'real':
        return typeof value === 'number' || (typeof value === 'bigint' && isExactAsReal(value)) ? 'real' : 'mixed'
      case 'text':
        return typeof value === 'string' ? 'text' : 'mixed'
      case 'json':
        return this.#kindOfJson(value)
      case 'blob':
        return value instanceof Uint8Array ? 'blob' : 'mixed'
      case 'mixed':
        return 'mixed'
    }
  }

  #firstKind(value: Exclude<SqliteValue, null>): ColumnKind {
    if (this.#kind === 'json') {
      const kind = this.#kindOfJson(value)
      return kind === 'mixed' && typeof value === 'string' ? 'text' : kind
    }
    if (typeof value === 'string') return 'text'
    if (!this.#handedOn) return typeof value === 'bigint' ? 'integer' : typeof value === 'number' ? 'real' : 'blob'
    // NULLs that were handed on as integers may become reals or text, but nothing becomes integers or blobs.
    if (value instanceof Uint8Array) return this.#kind === 'blob' ? 'blob' : 'mixed'
    if (this.#kind !== 'integer' && this.#kind !== 'real') return 'mixed'
    if (typeof value === 'number') return 'real'
    return this.#kind === 'integer' || isExactAsReal(value) ? this.#kind : 'mixed'
  }

  #kindOfJson(value: Exclude<SqliteValue, null>): ColumnKind {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return 'json'
    return typeof value === 'string' && isJson(value) ? 'json' : 'mixed'
  }
}
