import { type CellRange, countCells } from './grid-selection.ts'

/** Rows [from, end) in full for these places. */
export interface CopyPart {
  readonly spans: readonly { readonly from: number; readonly end: number }[]
  readonly places: readonly number[]
}

export interface CopyPlan {
  readonly parts: readonly CopyPart[]
  readonly rows: number
  readonly cells: number
}

/**
 * What several ranges are as one table. Ranges of the same columns are put below one another in row order, ranges of the same rows
 * beside one another, cells never twice; any others follow each other as tables of their own, in the order they were selected.
 */
export function planCopy(ranges: readonly CellRange[]): CopyPlan {
  const parts = partsOf(ranges)
  const rowsOf = (part: CopyPart) => part.spans.reduce((sum, span) => sum + span.end - span.from, 0)
  const cells = parts.length > 1 ? countEach(parts, rowsOf) : countCells(ranges)
  return { parts, rows: parts.reduce((sum, part) => sum + rowsOf(part), 0), cells }
}

function partsOf(ranges: readonly CellRange[]): readonly CopyPart[] {
  const first = ranges[0]
  if (first === undefined) return []
  if (ranges.every(range => range.left === first.left && range.right === first.right)) {
    return [{ spans: mergeSpans(ranges), places: placesOf([first]) }]
  }
  if (ranges.every(range => range.top === first.top && range.bottom === first.bottom)) {
    return [{ spans: mergeSpans([first]), places: placesOf(ranges) }]
  }
  return ranges.map(range => ({ spans: mergeSpans([range]), places: placesOf([range]) }))
}

function countEach(parts: readonly CopyPart[], rowsOf: (part: CopyPart) => number): number {
  return parts.reduce((sum, part) => sum + rowsOf(part) * part.places.length, 0)
}

function mergeSpans(ranges: readonly CellRange[]): CopyPart['spans'] {
  const spans: { from: number; end: number }[] = []
  for (const range of [...ranges].sort((one, other) => one.top - other.top)) {
    const last = spans.at(-1)
    if (last !== undefined && range.top <= last.end) last.end = Math.max(last.end, range.bottom + 1)
    else spans.push({ from: range.top, end: range.bottom + 1 })
  }
  return spans
}

function placesOf(ranges: readonly CellRange[]): readonly number[] {
  const places = new Set<number>()
  for (const range of ranges) for (let place = range.left; place <= range.right; place++) places.add(place)
  return [...places].sort((one, other) => one - other)
}
