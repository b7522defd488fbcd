import { request } from '../../../ui/web/api.ts'
import {
  emptyView,
  type GridCell,
  type GridSource,
  type GridWindow,
  type WindowOptions,
} from '../../../ui/web/grid/grid-source.ts'
import { readWindow } from '../../../ui/web/result-source-window.ts'
import type { WireSharedResult } from '../../../wire.ts'

/** The rows that a link opens, as they are stored: neither sorted nor filtered, for a stranger has no work done here. */
export function createSharedSource(address: string, { state, schema, rowCount }: WireSharedResult): GridSource {
  const cellUrl = (row: number, column: number): string => `${address}/cell?row=${row}&column=${column}`
  return {
    schema,
    state,
    rowCount,
    totalRowCount: rowCount,
    view: emptyView,
    viewState: 'complete',
    onChange: () => () => undefined,
    cellUrl,
    window,
    cell,
  }

  async function window(
    offset: number,
    limit: number,
    columns: readonly number[],
    signal: AbortSignal,
    { maxCellBytes }: WindowOptions = {},
  ): Promise<GridWindow> {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit) })
    if (columns.length < schema.fields.length || columns.some((column, at) => column !== at))
      query.set('columns', columns.join(','))
    if (maxCellBytes !== undefined) query.set('cut', String(maxCellBytes))
    const response = await request(`${address}/rows?${query}`, { signal })
    return readWindow(new Uint8Array(await response.arrayBuffer()), maxCellBytes !== undefined)
  }

  async function cell(
    row: number,
    column: number,
    signal: AbortSignal,
    { maxBytes = Number.POSITIVE_INFINITY }: { readonly maxBytes?: number } = {},
  ): Promise<GridCell | null> {
    const response = await request(cellUrl(row, column), { signal })
    if (response.status === 204) return null
    const kind = response.headers.get('Content-Type')?.startsWith('text/') ? 'text' : 'binary'
    const bytes = new Uint8Array(await response.arrayBuffer())
    const complete = bytes.length <= maxBytes
    return { kind, byteLength: bytes.length, bytes: complete ? bytes : bytes.slice(0, maxBytes), complete }
  }
}
