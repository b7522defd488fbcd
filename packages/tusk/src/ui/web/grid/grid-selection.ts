/** A cell by row of the view and place among the shown columns. */
export interface CellPlace {
  readonly row: number
  readonly place: number
}

/** Both ends included; `bottom` and `right` may be Infinity: all there are, also those still to come. */
export interface CellRange {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/**
 * The selected ranges, of which the last grows with the head. The head is the active cell: keys move it, Shift leaves the anchor
 * behind. Nothing here knows how many rows there are; `clip` does.
 */
export class GridSelection {
  #ranges: CellRange[] = []
  #anchor: CellPlace = { row: 0, place: 0 }
  #head: CellPlace = { row: 0, place: 0 }

  get ranges(): readonly CellRange[] {
    return this.#ranges
  }

  get head(): CellPlace {
    return this.#head
  }

  get anchor(): CellPlace {
    return this.#anchor
  }

  /** Nothing selected; the active cell is set apart. */
  clear(head: CellPlace): void {
    this.#anchor = head
    this.#head = head
    this.#ranges = []
  }

  /** One cell, and nothing else. */
  moveTo(cell: CellPlace): void {
    this.#anchor = cell
    this.#head = cell
    this.#ranges = [rangeOf(cell, cell)]
  }

  /** The last range now reaches from its anchor to `cell`. */
  extendTo(cell: CellPlace): void {
    this.#head = cell
    this.#ranges = [...this.#ranges.slice(0, -1), rangeOf(this.#anchor, cell)]
  }

  /** Begins a further range at `cell`. */
  add(cell: CellPlace): void {
    this.#anchor = cell
    this.#head = cell
    this.#ranges = [...this.#ranges, rangeOf(cell, cell)]
  }

  selectRows(from: number, to: number, options: { readonly add?: boolean } = {}): void {
    const range = { top: Math.min(from, to), bottom: Math.max(from, to), left: 0, right: Number.POSITIVE_INFINITY }
    this.#ranges = options.add ? [...this.#ranges, range] : [range]
    this.#anchor = { row: from, place: this.#anchor.place }
    this.#head = { row: to, place: this.#head.place }
  }

  /** `keepHead`: the active cell stays on its row. */
  selectColumns(from: number, to: number, options: { readonly add?: boolean } = {}): void {
    const range = { left: Math.min(from, to), right: Math.max(from, to), top: 0, bottom: Number.POSITIVE_INFINITY }
    this.#ranges = options.add ? [...this.#ranges, range] : [range]
    this.#anchor = { row: this.#anchor.row, place: from }
    this.#head = { row: this.#head.row, place: to }
  }

  selectAll(): void {
    this.#ranges = [{ top: 0, left: 0, bottom: Number.POSITIVE_INFINITY, right: Number.POSITIVE_INFINITY }]
  }

  contains(row: number, place: number): boolean {
    return this.#ranges.some(
      range => row >= range.top && row <= range.bottom && place >= range.left && place <= range.right,
    )
  }

  hasWholeRow(row: number): boolean {
    return this.#ranges.some(
      range => row >= range.top && row <= range.bottom && range.left === 0 && range.right === Number.POSITIVE_INFINITY,
    )
  }

  hasWholeColumn(place: number): boolean {
    return this.#ranges.some(
      range =>
        place >= range.left && place <= range.right && range.top === 0 && range.bottom === Number.POSITIVE_INFINITY,
    )
  }

  /** The ranges cut to the rows and columns that exist. */
  clip(rowCount: number, placeCount: number): readonly CellRange[] {
    return this.#ranges
      .map(range => ({
        top: range.top,
        left: range.left,
        bottom: Math.min(range.bottom, rowCount - 1),
        right: Math.min(range.right, placeCount - 1),
      }))
      .filter(range => range.top <= range.bottom && range.left <= range.right)
  }

  /** Keeps head and anchor within what exists. */
  clampTo(rowCount: number, placeCount: number): void {
    const clamp = (cell: CellPlace) => ({
      row: Math.max(0, Math.min(cell.row, rowCount - 1)),
      place: Math.max(0, Math.min(cell.place, placeCount - 1)),
    })
    this.#anchor = clamp(this.#anchor)
    this.#head = clamp(this.#head)
  }
}

export function rangeOf(one: CellPlace, other: CellPlace): CellRange {
  return {
    top: Math.min(one.row, other.row),
    bottom: Math.max(one.row, other.row),
    left: Math.min(one.place, other.place),
    right: Math.max(one.place, other.place),
  }
}

/** Cells that the ranges cover; a cell that several cover counts once. */
export function countCells(ranges: readonly CellRange[]): number {
  if (ranges.length === 1) return area(ranges[0]!)
  const rows = [...new Set(ranges.flatMap(range => [range.top, range.bottom + 1]))].sort((a, b) => a - b)
  let cells = 0
  for (let index = 0; index + 1 < rows.length; index++) {
    const top = rows[index]!
    const covering = ranges.filter(range => range.top <= top && range.bottom >= top)
    cells += (rows[index + 1]! - top) * unionLength(covering.map(range => [range.left, range.right + 1]))
  }
  return cells
}

function area(range: CellRange): number {
  return (range.bottom - range.top + 1) * (range.right - range.left + 1)
}

function unionLength(spans: readonly (readonly [number, number])[]): number {
  let length = 0
  let reached = Number.NEGATIVE_INFINITY
  for (const [from, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    length += Math.max(0, end - Math.max(from, reached))
    reached = Math.max(reached, end)
  }
  return length
}
