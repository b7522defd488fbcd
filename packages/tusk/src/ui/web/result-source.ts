import type { Points, PointsRequest } from '../../results/grouping.ts'
import type { Schema, WireFailure, WireView, WireViewRequest } from '../../wire.ts'
import {
  emptyView,
  type GridCell,
  type GridChange,
  type GridColumnSummary,
  type GridColumnValues,
  type GridCondition,
  type GridSource,
  type GridSourceState,
  type GridView,
  type GridWindow,
  isFiltered,
  type WindowOptions,
} from './grid/grid-source.ts'
import { readWindow } from './result-source-window.ts'

/** What the page knows of a result, from a run's events or from `/api/results/:id`. */
export interface ResultProgress {
  readonly state: GridSourceState
  readonly rowCount: number
  readonly schema?: Schema | undefined
  /** `UPDATE 3`, `CREATE TABLE`: what the statement did when it returned no rows. */
  readonly info?: string | undefined
}

/** Rows of a stored result by its id. The page pushes in what it hears of the run, since only the page listens to its events. */
export interface ResultSource extends GridSource {
  readonly resultId: string
  /** The id of the sorted and filtered view that is shown, for exports of what is seen. */
  readonly viewId: string | undefined
  progress(progress: ResultProgress): void
  /** Stops what is still being waited for. */
  destroy(): void
}

/** `address`: where its rows, cells and views are asked for; default: the person's own results. */
export function createResultSource(
  resultId: string,
  progress: ResultProgress,
  address = `/api/results/${encodeURIComponent(resultId)}`,
): ResultSource {
  return new HttpResultSource(resultId, progress, address)
}

/** An answer of the server that is no success; `code` and `hint` as in the error table. */
export class ResultRequestError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(message: string, code: string, hint?: string) {
    super(message)
    this.name = 'ResultRequestError'
    this.code = code
    this.hint = hint
  }
}

/** Rows asked for to learn how many of a filter's first rows are known before all of them are counted. */
const firstPageRows = 200
/** Values of a column that are offered at once. */
const mostValues = 200

class HttpResultSource implements ResultSource {
  readonly resultId: string
  readonly #address: string
  readonly #listeners = new Set<(change: GridChange) => void>()
  #progress: ResultProgress
  #schema: Schema
  #view: GridView = emptyView
  #viewId: string | undefined
  #viewRowCount: number | undefined
  #viewState: 'complete' | 'building' = 'complete'
  #viewError: unknown
  /** Aborts the wait for the rest of the current view. */
  #completion: AbortController | undefined

  constructor(resultId: string, progress: ResultProgress, address: string) {
    this.resultId = resultId
    this.#address = address
    this.#progress = progress
    this.#schema = progress.schema ?? { fields: [] }
  }

  get schema(): Schema {
    return this.#schema
  }

  get state(): GridSourceState {
    return this.#progress.state
  }

  get totalRowCount(): number {
    return this.#progress.rowCount
  }

  get rowCount(): number {
    return this.#viewRowCount ?? this.#progress.rowCount
  }

  get info(): string | undefined {
    return this.#progress.info
  }

  get view(): GridView {
    return this.#view
  }

  get viewId(): string | undefined {
    return this.#viewId
  }

  get viewState(): 'complete' | 'building' {
    return this.#viewState
  }

  get viewError(): unknown {
    return this.#viewError
  }

  progress(progress: ResultProgress): void {
    const previous = this.#progress
    this.#progress = progress
    if (progress.schema !== undefined && !isSameSchema(progress.schema, this.#schema)) this.#schema = progress.schema
    else if (previous.rowCount === progress.rowCount && previous.state === progress.state) return
    this.#tell('rows')
  }

  destroy(): void {
    this.#completion?.abort()
    this.#listeners.clear()
  }

  onChange(listener: (change: GridChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  window(
    offset: number,
    limit: number,
    columns: readonly number[],
    signal: AbortSignal,
    options: WindowOptions = {},
  ): Promise<GridWindow> {
    return this.#rows(offset, limit, columns, this.#viewId, signal, options)
  }

  async setView(view: GridView, signal: AbortSignal): Promise<void> {
    if (view.sort.length === 0 && !isFiltered(view)) {
      this.#showView(view, undefined, undefined, 'complete')
      return
    }
    const request: WireViewRequest = {
      sort: view.sort,
      filter: view.filter,
      ...(view.search === undefined ? {} : { search: view.search }),
    }
    const answer = await this.#json<WireView>('views', signal, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    })
    const rowCount = answer.rowCount ?? (await this.#firstRowCount(view, answer.id, signal))
    signal.throwIfAborted()
    this.#showView(view, answer.id, rowCount, answer.state)
    if (answer.state === 'building') void this.#awaitView(answer.id)
  }

  async cell(
    row: number,
    column: number,
    signal: AbortSignal,
    options: { readonly maxBytes?: number } = {},
  ): Promise<GridCell | null> {
    const stop = new AbortController()
    const response = await fetch(this.cellUrl(row, column), { signal: AbortSignal.any([signal, stop.signal]) })
    if (response.status === 204) return null
    if (!response.ok) throw await failureOf(response)
    const kind = response.headers.get('Content-Type')?.startsWith('text/') ? 'text' : 'binary'
    const length = response.headers.get('Content-Length')
    const limit = options.maxBytes ?? Number.POSITIVE_INFINITY
    const { bytes, complete } = await readBytes(response, limit)
    if (!complete) stop.abort()
    return { kind, byteLength: complete ? bytes.length : length === null ? undefined : Number(length), bytes, complete }
  }

  cellUrl(row: number, column: number): string {
    return this.#url('cell', { row, column, view: this.#viewId })
  }

  summary(column: number, signal: AbortSignal): Promise<GridColumnSummary> {
    const view = isFiltered(this.#view) ? this.#viewId : undefined
    return this.#json<GridColumnSummary>(`columns/${column}/summary`, signal, {}, { view })
  }

  async values(column: number, search: string, signal: AbortSignal): Promise<GridColumnValues> {
    const filter: readonly GridCondition[] = [
      ...this.#view.filter.filter(condition => condition.column !== column),
      ...(search === '' ? [] : [{ column, operator: 'contains', values: [search] } as const]),
    ]
    const request: PointsRequest = {
      limit: mostValues,
      grouping: {
        by: [{ column }],
        values: [{ function: 'count' }],
        order: 'value',
        rows: { filter, ...(this.#view.search === undefined ? {} : { search: this.#view.search }) },
      },
    }
    const { rows, isPart } = await this.#json<Points>('points', signal, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    })
    return { values: rows.map(([value, count]) => ({ value: value ?? null, count: Number(count) })), isPart }
  }

  #showView(
    view: GridView,
    viewId: string | undefined,
    rowCount: number | undefined,
    state: 'complete' | 'building',
  ): void {
    this.#completion?.abort()
    this.#completion = undefined
    this.#view = view
    this.#viewId = viewId
    this.#viewRowCount = rowCount
    this.#viewState = state
    this.#viewError = undefined
    this.#tell('reset')
  }

  /** Sorting keeps all rows; of a filter that is still being counted only the first page is known. */
  async #firstRowCount(view: GridView, viewId: string, signal: AbortSignal): Promise<number> {
    if (!isFiltered(view)) return this.totalRowCount
    const window = await this.#rows(0, firstPageRows, [0], viewId, signal, { maxCellBytes: 16 })
    return window.rowCount
  }

  /** Never rejects: what goes wrong is told as `viewError`. */
  async #awaitView(viewId: string): Promise<void> {
    const completion = new AbortController()
    this.#completion = completion
    try {
      const { rowCount } = await this.#json<WireView>(`views/${viewId}`, completion.signal, {}, { wait: true })
      if (completion.signal.aborted) return
      this.#viewRowCount = rowCount ?? this.#viewRowCount
    } catch (error) {
      if (completion.signal.aborted) return
      this.#viewError = error
    }
    this.#viewState = 'complete'
    this.#tell('rows')
  }

  async #rows(
    offset: number,
    limit: number,
    columns: readonly number[],
    view: string | undefined,
    signal: AbortSignal,
    options: WindowOptions,
  ): Promise<GridWindow> {
    const isAll = columns.length === this.#schema.fields.length && columns.every((column, index) => column === index)
    const url = this.#url('rows', {
      offset,
      limit,
      columns: isAll ? undefined : columns.join(','),
      view,
      cut: options.maxCellBytes,
    })
    const response = await fetch(url, { signal })
    if (!response.ok) throw await failureOf(response)
    return readWindow(new Uint8Array(await response.arrayBuffer()), options.maxCellBytes !== undefined)
  }

  async #json<Answer>(
    path: string,
    signal: AbortSignal,
    init: RequestInit = {},
    query: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ): Promise<Answer> {
    const response = await fetch(this.#url(path, query), { ...init, signal })
    if (!response.ok) throw await failureOf(response)
    return (await response.json()) as Answer
  }

  #url(path: string, query: Readonly<Record<string, string | number | boolean | undefined>>): string {
    const parameters = new URLSearchParams()
    for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, String(value))
    const text = parameters.toString()
    return `${this.#address}/${path}${text === '' ? '' : `?${text}`}`
  }

  #tell(change: GridChange): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}

async function failureOf(response: Response): Promise<ResultRequestError> {
  const text = await response.text()
  try {
    const { error } = JSON.parse(text) as WireFailure
    return new ResultRequestError(
      error.detail === undefined ? error.message : `${error.message} ${error.detail}`,
      error.code,
      error.hint,
    )
  } catch {
    return new ResultRequestError(`The server answered ${response.status} ${response.statusText}.`.trim(), 'INTERNAL')
  }
}

/** At most `limit` bytes of the body; the rest is left unread. */
async function readBytes(
  response: Response,
  limit: number,
): Promise<{ readonly bytes: Uint8Array; readonly complete: boolean }> {
  const parts: Uint8Array[] = []
  let length = 0
  let complete = true
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    const room = limit - length
    parts.push(value.length > room ? value.subarray(0, room) : value)
    length += Math.min(value.length, room)
    if (value.length > room) {
      complete = false
      break
    }
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return { bytes, complete }
}

function isSameSchema(one: Schema, other: Schema): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
