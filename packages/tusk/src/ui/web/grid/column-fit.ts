import type { BlockCache } from './block-cache.ts'
import { type ColumnKind, columnKind } from './column-kind.ts'
import type { GridSource } from './grid-source.ts'
import { shorten } from './visible-text.ts'

const cellPadding = 19
/** Icon, paddings and the menu button of a header. */
const headerExtra = 58
const maxFitted = 420
const sampledRows = 200

const defaultWidths: Record<ColumnKind, number> = {
  number: 96,
  boolean: 80,
  date: 108,
  time: 120,
  timestamp: 190,
  interval: 150,
  uuid: 290,
  enum: 120,
  text: 170,
  json: 240,
  list: 200,
  struct: 240,
  binary: 180,
  geometry: 180,
}

/** Widths before any row is known: by type, wide enough for the name. */
export function defaultColumnWidths(source: GridSource): number[] {
  return source.schema.fields.map(field =>
    Math.max(defaultWidths[columnKind(field)], Math.min(260, field.name.length * 7.5 + headerExtra)),
  )
}

/** Measures text in the fonts of the grid. */
export class ColumnFitter {
  readonly #context: CanvasRenderingContext2D | null = document.createElement('canvas').getContext('2d')

  /** A width that shows the name and the values of the rows near `row` that are loaded, within reason. */
  fit(
    source: GridSource,
    column: number,
    cache: BlockCache,
    row: number,
    fonts: { readonly cell: string; readonly header: string },
    max = maxFitted,
  ): number {
    const field = source.schema.fields[column]!
    const kind = columnKind(field)
    const isBytes = kind === 'binary' || kind === 'geometry'
    let width = this.#measure(field.name, fonts.header) + headerExtra
    const first = Math.max(0, row - sampledRows / 2)
    for (let index = first; index < Math.min(source.rowCount, first + sampledRows); index++) {
      const lookup = cache.lookup(index, column)
      if (lookup.state !== 'ready') continue
      const text = lookup.window.text(lookup.row, lookup.position) ?? 'NULL'
      const isLong = isBytes || lookup.window.fullByteLength(lookup.row, lookup.position) !== undefined
      width = Math.max(width, this.#measure(shorten(text), fonts.cell) + cellPadding + (isLong ? 52 : 0))
    }
    return Math.ceil(Math.min(width, max))
  }

  #measure(text: string, font: string): number {
    if (this.#context === null) return text.length * 7.5
    if (this.#context.font !== font) this.#context.font = font
    return this.#context.measureText(text).width
  }
}
