import type { BlockCache } from './block-cache.ts'
import { columnKind } from './column-kind.ts'
import type { ColumnLayout } from './column-layout.ts'
import type { CellRange } from './grid-selection.ts'
import type { GridSource } from './grid-source.ts'
import { SelectionSummarizer, type SelectionSummary } from './selection-summary.ts'

/** Sums up selected cells, each once. Undefined unless every one of them is loaded and whole. */
export function summarizeRanges(
  ranges: readonly CellRange[],
  layout: ColumnLayout,
  source: GridSource,
  cache: BlockCache,
): SelectionSummary | undefined {
  const summarizer = new SelectionSummarizer()
  for (const [index, range] of ranges.entries()) {
    const before = ranges.slice(0, index)
    for (let place = range.left; place <= range.right; place++) {
      const column = layout.columnAt(place)!
      const isNumber = columnKind(source.schema.fields[column]!) === 'number'
      for (let row = range.top; row <= range.bottom; row++) {
        if (before.some(other => holds(other, row, place))) continue
        const lookup = cache.lookup(row, column)
        if (lookup.state !== 'ready') return undefined
        summarizer.add(lookup.window.text(lookup.row, lookup.position), isNumber)
      }
    }
  }
  return summarizer.finish()
}

function holds({ left, right, top, bottom }: CellRange, row: number, place: number): boolean {
  return row >= top && row <= bottom && place >= left && place <= right
}
