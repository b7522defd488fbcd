import { type ColumnReader, decodeStream, readColumns } from '../../arrow/index.ts'
import type { GridWindow } from './grid/grid-source.ts'

const cutColumn = 'tusk:cut'

interface Part {
  readonly first: number
  readonly end: number
  readonly columns: readonly ColumnReader[]
  readonly cut: ColumnReader | undefined
}

/** Rows of one answer of `/api/results/:id/rows`, read where they lie. `hasCut`: the request named a limit for its cells. */
export function readWindow(bytes: Uint8Array, hasCut: boolean): GridWindow {
  const { batches } = decodeStream(bytes)
  const parts: Part[] = []
  let rowCount = 0
  for (const batch of batches) {
    const columns = readColumns(batch)
    const last = columns.at(-1)
    const cut = hasCut && last?.field.name === cutColumn ? last : undefined
    parts.push({ first: rowCount, end: rowCount + batch.rowCount, columns, cut })
    rowCount += batch.rowCount
  }
  return new ArrowWindow(parts, rowCount, bytes.byteLength)
}

class ArrowWindow implements GridWindow {
  readonly rowCount: number
  readonly byteLength: number
  readonly #parts: readonly Part[]
  readonly #cutCells = new Map<number, Readonly<Record<string, number>> | null>()

  constructor(parts: readonly Part[], rowCount: number, byteLength: number) {
    this.#parts = parts
    this.rowCount = rowCount
    this.byteLength = byteLength
  }

  text(row: number, position: number): string | null {
    const part = this.#partOf(row)
    return part.columns[position]!.text(row - part.first)
  }

  json(row: number, position: number): string {
    const part = this.#partOf(row)
    return part.columns[position]!.json(row - part.first)
  }

  fullByteLength(row: number, position: number): number | undefined {
    const part = this.#partOf(row)
    if (part.cut === undefined || part.cut.isNull(row - part.first)) return undefined
    let cells = this.#cutCells.get(row)
    if (cells === undefined) {
      cells = JSON.parse(part.cut.text(row - part.first) ?? 'null') as Readonly<Record<string, number>> | null
      this.#cutCells.set(row, cells)
    }
    return cells?.[position]
  }

  #partOf(row: number): Part {
    const only = this.#parts[0]
    if (only !== undefined && row < only.end) return only
    const part = this.#parts.find(candidate => row < candidate.end)
    if (part === undefined) throw new RangeError(`Row ${row} is not in this window.`)
    return part
  }
}
