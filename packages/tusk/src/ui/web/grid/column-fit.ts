import { h } from '../dom.ts'
import type { BlockCache } from './block-cache.ts'
import { type CellValue, showValue, valueClass } from './cell-content.ts'
import { type ColumnKind, columnKind } from './column-kind.ts'
import type { GridSource } from './grid-source.ts'

/** Icon, paddings and the menu button of a header. */
const headerExtra = 60
const sampledRows = 200
/** Of the rows sampled, so many with the longest text are measured. */
const measuredRows = 5

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

/**
 * The least width of a column whose measured rows are only some of many: an id that begins with 1 does not end with 9, and a number
 * that shows as `9628…` misleads.
 */
export function leastWidth(source: GridSource, column: number): number {
  if (source.rowCount <= sampledRows) return 0
  const kind = columnKind(source.schema.fields[column]!)
  if (kind === 'number') return Math.max(defaultWidths.number, String(source.rowCount).length * 9 + 28)
  return kind === 'text' ? 130 : 0
}

/**
 * Widths that show the names and the values of the loaded rows near `row`, none above `max`. Measures real cells inside `host`,
 * all in one go; columns without a loaded row are left out.
 */
export function fitColumns(
  host: HTMLElement,
  source: GridSource,
  columns: readonly number[],
  cache: BlockCache,
  row: number,
  max: number,
): ReadonlyMap<number, number> {
  const measured: { readonly column: number; readonly dom: HTMLElement; readonly extra: number }[] = []
  for (const column of columns) {
    const values = longestValues(source, column, cache, row)
    if (values.length === 0) continue
    const field = source.schema.fields[column]!
    measured.push({
      column,
      dom: h('span', { class: 'grid-column-name grid-measured' }, field.name),
      extra: headerExtra,
    })
    for (const value of values) {
      const dom = h('div', { class: `grid-cell grid-measured is-${value.kind} ${valueClass(value)}` })
      showValue(dom, value)
      measured.push({ column, dom, extra: 1 })
    }
  }
  const stage = h('div', { class: 'grid-stage' }, ...measured.map(({ dom }) => dom))
  stage.ariaHidden = 'true'
  host.append(stage)
  const widths = new Map<number, number>()
  for (const { column, dom, extra } of measured) {
    const width = Math.ceil(dom.getBoundingClientRect().width) + extra
    widths.set(column, Math.min(max, Math.max(width, widths.get(column) ?? 0)))
  }
  stage.remove()
  return widths
}

function longestValues(source: GridSource, column: number, cache: BlockCache, row: number): readonly CellValue[] {
  const kind = columnKind(source.schema.fields[column]!)
  const first = Math.max(0, row - sampledRows / 2)
  const values: CellValue[] = []
  for (let index = first; index < Math.min(source.rowCount, first + sampledRows); index++) {
    const lookup = cache.lookup(index, column)
    if (lookup.state !== 'ready') continue
    values.push({
      kind,
      text: lookup.window.text(lookup.row, lookup.position),
      fullByteLength: lookup.window.fullByteLength(lookup.row, lookup.position),
    })
  }
  return values.sort((one, other) => (other.text?.length ?? 4) - (one.text?.length ?? 4)).slice(0, measuredRows)
}
