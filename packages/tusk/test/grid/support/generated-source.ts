import {
  emptyView,
  type GridCell,
  type GridChange,
  type GridColumnSummary,
  type GridSource,
  type GridSourceState,
  type GridView,
  type GridWindow,
} from '../../../src/ui/web/grid/grid-source.ts'
import type { DataField, Schema } from '../../../src/wire.ts'

export interface GeneratedSourceOptions {
  readonly rows: number
  readonly columns?: number
  readonly delay?: number
  readonly state?: GridSourceState
  readonly info?: string
}

const kinds: readonly Omit<DataField, 'name'>[] = [
  { type: { kind: 'int', bits: 64, signed: true }, nullable: false, sourceType: 'bigint' },
  { type: { kind: 'utf8' }, nullable: true, sourceType: 'text' },
  { type: { kind: 'decimal', precision: 12, scale: 2 }, nullable: true, sourceType: 'numeric(12,2)' },
  { type: { kind: 'timestamp', unit: 'us', timezone: null }, nullable: true, sourceType: 'timestamp' },
  { type: { kind: 'bool' }, nullable: true, sourceType: 'boolean' },
  { type: { kind: 'utf8' }, nullable: true, sourceType: 'jsonb', logical: 'json' },
  { type: { kind: 'float', bits: 64 }, nullable: true, sourceType: 'double precision' },
  { type: { kind: 'binary' }, nullable: true, sourceType: 'bytea' },
  { type: { kind: 'utf8' }, nullable: true, sourceType: 'uuid', logical: 'uuid' },
  { type: { kind: 'date' }, nullable: true, sourceType: 'date' },
]
const names = ['id', 'customer', 'price', 'created_at', 'active', 'payload', 'ratio', 'digest', 'key', 'day']
const words = [
  'Ada Lovelace',
  'Grace Hopper',
  'Alan Turing',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Ørsted, H. C.',
  'NULL',
]

/** Rows made on demand, each value a function of its place: any number of rows weighs nothing. */
export class GeneratedSource implements GridSource {
  readonly schema: Schema
  readonly totalRowCount: number
  readonly info: string | undefined
  state: GridSourceState
  rowCount: number
  view: GridView = emptyView
  viewState: 'complete' | 'building' = 'complete'
  /** How setView answers: `hold` never does. */
  viewMode: 'ready' | 'hold' | 'fail' = 'ready'
  failWindows = false
  windowCount = 0
  abortedCount = 0
  longest = 0
  readonly #delay: number
  readonly #listeners = new Set<(change: GridChange) => void>()

  constructor(options: GeneratedSourceOptions) {
    const columns = options.columns ?? 30
    this.totalRowCount = options.rows
    this.rowCount = options.rows
    this.state = options.state ?? 'complete'
    this.info = options.info
    this.#delay = options.delay ?? 5
    this.schema = {
      fields: Array.from({ length: columns }, (_, column) => ({
        ...kinds[column % kinds.length]!,
        name: column < kinds.length ? names[column]! : `${names[column % kinds.length]}_${Math.floor(column / 10)}`,
      })),
    }
  }

  get listenerCount(): number {
    return this.#listeners.size
  }

  async window(
    offset: number,
    limit: number,
    columns: readonly number[],
    signal: AbortSignal,
    options: { readonly maxCellBytes?: number } = {},
  ): Promise<GridWindow> {
    this.windowCount++
    signal.addEventListener('abort', () => this.abortedCount++, { once: true })
    await pause(this.#delay, signal)
    if (this.failWindows) throw new Error('The rows could not be read.')
    const rowCount = Math.max(0, Math.min(limit, this.rowCount - offset))
    const full = (row: number, position: number) => this.text(offset + row, columns[position]!)
    const max = options.maxCellBytes ?? Number.POSITIVE_INFINITY
    return {
      rowCount,
      byteLength: rowCount * columns.length * 20,
      text: (row, position) => full(row, position)?.slice(0, max) ?? null,
      json: (row, position) => jsonOf(this.schema.fields[columns[position]!]!, full(row, position)),
      fullByteLength: (row, position) => {
        const length = full(row, position)?.length ?? 0
        return length > max ? length : undefined
      },
    }
  }

  onChange(listener: (change: GridChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async setView(view: GridView, signal: AbortSignal): Promise<void> {
    if (this.viewMode === 'hold') await pause(1e8, signal)
    await pause(this.#delay, signal)
    if (this.viewMode === 'fail') throw new Error('price: "abc" is not a number')
    this.view = view
    this.rowCount = view.filter.length > 0 ? Math.ceil(this.totalRowCount / 10) : this.totalRowCount
    this.tell('reset')
  }

  grow(rowCount: number, state: GridSourceState): void {
    this.rowCount = rowCount
    this.state = state
    this.tell('rows')
  }

  async cell(
    row: number,
    column: number,
    signal: AbortSignal,
    options: { readonly maxBytes?: number } = {},
  ): Promise<GridCell | null> {
    await pause(this.#delay, signal)
    const text = this.text(row, column)
    if (text === null) return null
    if (this.schema.fields[column]!.type.kind === 'binary') {
      const bytes = Uint8Array.from({ length: (text.length - 2) / 2 }, (_, at) =>
        Number.parseInt(text.slice(2 + 2 * at, 4 + 2 * at), 16),
      )
      return { kind: 'binary', byteLength: bytes.length, bytes, complete: true }
    }
    const bytes = new TextEncoder().encode(text)
    const limit = options.maxBytes ?? bytes.length
    return { kind: 'text', byteLength: bytes.length, bytes: bytes.subarray(0, limit), complete: bytes.length <= limit }
  }

  async summary(column: number, signal: AbortSignal): Promise<GridColumnSummary> {
    await pause(this.#delay, signal)
    const isNumber = this.schema.fields[column]!.type.kind !== 'utf8'
    return {
      rowCount: this.rowCount,
      nullCount: Math.floor(this.rowCount / 13),
      distinctEstimate: 7,
      min: isNumber ? '0.00' : 'Ada Lovelace',
      max: isNumber ? '9999.99' : 'Ørsted, H. C.',
      ...(isNumber
        ? {
            mean: '4999.87',
            standardDeviation: '2886.7',
            quantiles: { p5: '500.1', p25: '2500.2', p50: '5000.01', p75: '7500.3', p95: '9500.4' },
            histogram: Array.from({ length: 24 }, (_, at) => ({
              from: `${at * 400}`,
              to: `${at * 400 + 400}`,
              count: Math.round(1000 * Math.exp(-((at - 9) ** 2) / 30)),
            })),
          }
        : {}),
      top: words.map((value, at) => ({ value: at === 6 ? null : value, count: 900_000 - at * 100_000 })),
    }
  }

  /** The exact text of a cell in the current view: sorting turns the order round. */
  text(viewRow: number, column: number): string | null {
    const isReversed = this.view.sort[0]?.descending === true
    const row = isReversed ? this.rowCount - 1 - viewRow : viewRow
    if (column % 10 !== 0 && (row * 7 + column) % 13 === 0) return null
    switch (column % 10) {
      case 0:
        return String(row + column)
      case 1:
        return this.#word(row)
      case 2:
        return `${((row * 37) % 10_000) - 5_000}.${String(row % 100).padStart(2, '0')}`
      case 3:
        return `2026-0${1 + (row % 9)}-1${row % 10} 0${row % 10}:15:00.${String(row % 1_000_000).padStart(6, '0')}`
      case 4:
        return row % 3 === 0 ? 'false' : 'true'
      case 5:
        return `{"id": ${row}, "big": 12345678901234567890.10, "tags": ["a", "b"], "empty": {}}`
      case 6:
        return String(Math.sin(row))
      case 7:
        return `\\x${(row % 65_536).toString(16).padStart(4, '0')}deadbeef`
      case 8:
        return `${row.toString(16).padStart(8, '0')}-0000-4000-8000-${column.toString(16).padStart(12, '0')}`
      default:
        return `20${String(10 + (row % 90)).padStart(2, '0')}-12-31`
    }
  }

  #word(row: number): string {
    if (this.longest > 0 && row === 3) return 'x'.repeat(this.longest)
    if (row % 50 === 4) return 'two\nlines\tand "quotes"'
    if (row % 50 === 5) return ''
    if (row % 50 === 6) return '  blanks  around '
    return words[row % words.length]!
  }

  tell(change: GridChange): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}

function jsonOf(field: DataField, text: string | null): string {
  if (text === null) return 'null'
  return field.logical === 'json' || ['int', 'float', 'decimal', 'bool'].includes(field.type.kind)
    ? text
    : JSON.stringify(text)
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason)
      },
      { once: true },
    )
  })
}
