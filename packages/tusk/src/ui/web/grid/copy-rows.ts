import type { CopyValue, CopyWriter } from './copy-format.ts'
import type { CopyPlan } from './copy-plan.ts'
import type { GridSource, GridWindow } from './grid-source.ts'

/** More cells than this are for an export. */
export const maxCopiedCells = 1_000_000
/** More text than this is for an export, whatever the number of cells. */
export const maxCopiedCharacters = 128 * 1024 * 1024

const cellsPerWindow = 50_000
const rowsPerWindow = 5_000
/** Cells beyond this size are fetched one by one, so that a window stays small. */
const maxWindowCellBytes = 256 * 1024

/** Told when a selection holds more text than the clipboard should get. */
export class CopyTooLargeError extends Error {
  constructor() {
    super(`The selection holds more than ${maxCopiedCharacters / 1024 / 1024} MB of text.`)
    this.name = 'CopyTooLargeError'
  }
}

/**
 * The text of the planned cells, read through windows whether the grid has them or not, as pieces to be joined. Values are exact
 * and whole. `columnOf` turns a place into a column; `onProgress` is told after each window how many rows are done.
 */
export async function copyRows(
  source: GridSource,
  plan: CopyPlan,
  writer: CopyWriter,
  columnOf: (place: number) => number,
  signal: AbortSignal,
  onProgress?: (rows: number) => void,
): Promise<readonly string[]> {
  const pieces: string[] = []
  let length = 0
  let done = 0
  const push = (piece: string) => {
    length += piece.length
    if (length > maxCopiedCharacters) throw new CopyTooLargeError()
    pieces.push(piece)
  }
  for (const [index, part] of plan.parts.entries()) {
    if (index > 0) push('\n')
    const columns = part.places.map(columnOf)
    const limit = Math.max(1, Math.min(rowsPerWindow, Math.floor(cellsPerWindow / columns.length)))
    push(writer.begin(columns.map(column => source.schema.fields[column]!)))
    let isFirst = true
    for (const span of part.spans) {
      for (let from = span.from; from < span.end; from += limit) {
        const wanted = Math.min(limit, span.end - from)
        const window = await source.window(from, wanted, columns, signal, { maxCellBytes: maxWindowCellBytes })
        signal.throwIfAborted()
        if (window.rowCount < wanted) throw new Error(`Row ${from + window.rowCount + 1} could not be read.`)
        let text = ''
        for (let row = 0; row < wanted; row++) {
          const values = isWhole(window, row, columns.length)
            ? readReady(window, row, columns.length)
            : await readRow(source, window, row, from + row, columns, signal)
          text += writer.row(values, isFirst)
          isFirst = false
        }
        push(text)
        done += wanted
        onProgress?.(done)
      }
    }
    push(writer.end())
  }
  return pieces
}

function isWhole(window: GridWindow, row: number, count: number): boolean {
  for (let position = 0; position < count; position++) {
    if (window.fullByteLength(row, position) !== undefined) return false
  }
  return true
}

function readReady(window: GridWindow, row: number, count: number): readonly CopyValue[] {
  const values: CopyValue[] = []
  for (let position = 0; position < count; position++) values.push(readyValue(window, row, position))
  return values
}

function readyValue(window: GridWindow, row: number, position: number): CopyValue {
  return { text: window.text(row, position), json: () => window.json(row, position) }
}

async function readRow(
  source: GridSource,
  window: GridWindow,
  row: number,
  absoluteRow: number,
  columns: readonly number[],
  signal: AbortSignal,
): Promise<readonly CopyValue[]> {
  const values: CopyValue[] = []
  for (let position = 0; position < columns.length; position++) {
    if (window.fullByteLength(row, position) === undefined) {
      values.push(readyValue(window, row, position))
    } else {
      values.push(await readWhole(source, absoluteRow, columns[position]!, signal))
    }
  }
  return values
}

async function readWhole(source: GridSource, row: number, column: number, signal: AbortSignal): Promise<CopyValue> {
  if (source.cell === undefined) throw new Error(`The value in row ${row + 1} is too long to be copied.`)
  const cell = await source.cell(row, column, signal, { maxBytes: maxCopiedCharacters })
  if (cell === null) return { text: null, json: () => 'null' }
  if (!cell.complete) throw new CopyTooLargeError()
  const text = cell.kind === 'binary' ? hexText(cell.bytes) : new TextDecoder().decode(cell.bytes)
  const type = source.schema.fields[column]!
  const isJson = type.logical === 'json' || ['list', 'struct', 'map'].includes(type.type.kind)
  return { text, json: () => (isJson ? text : JSON.stringify(text)) }
}

/** Bytes as `\x0a0b`, the text that binary has everywhere in Tusk. */
export function hexText(bytes: Uint8Array): string {
  const pieces = ['\\x']
  for (const byte of bytes) pieces.push(byte < 16 ? `0${byte.toString(16)}` : byte.toString(16))
  return pieces.join('')
}
