import type { WireResult } from '../../../wire.ts'
import { api, request } from '../api.ts'
import { readWindow } from '../result-source-window.ts'

export interface ChartRows {
  readonly columns: readonly string[]
  /** Numbers and texts; null for nothing. */
  readonly rows: readonly (readonly (string | number | null)[])[]
  /** More than there are rows when not all were taken. */
  readonly total: number
}

/** More points than this are no better to see. */
const mostRows = 5_000

export async function rowsOfResult(resultId: string, signal: AbortSignal): Promise<ChartRows> {
  const path = `/api/results/${encodeURIComponent(resultId)}`
  const { schema, rowCount } = await api.get<WireResult>(path, { signal })
  const limit = Math.min(mostRows, rowCount)
  const response = await request(`${path}/rows?offset=0&limit=${limit}`, { signal })
  const window = readWindow(new Uint8Array(await response.arrayBuffer()), false)
  const isNumber = schema.fields.map(({ type }) => ['int', 'float', 'decimal'].includes(type.kind))
  const rows = Array.from({ length: window.rowCount }, (_, row) =>
    schema.fields.map((_field, column) => {
      const text = window.text(row, column)
      return text !== null && isNumber[column] === true ? Number(text) : text
    }),
  )
  return { columns: schema.fields.map(({ name }) => name), rows, total: rowCount }
}

export function rowsOfObjects(objects: readonly Readonly<Record<string, unknown>>[]): ChartRows {
  const columns = [...new Set(objects.slice(0, 100).flatMap(Object.keys))]
  const rows = objects.slice(0, mostRows).map(object => columns.map(name => plain(object[name])))
  return { columns, rows, total: objects.length }
}

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  return typeof value === 'number' ? value : String(value)
}
