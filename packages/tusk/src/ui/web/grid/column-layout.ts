export const minColumnWidth = 44
export const maxColumnWidth = 1600

/** What a person made of the columns: JSON, to be kept and given back. Columns by their position in the schema. */
export interface SavedColumnLayout {
  readonly order: readonly number[]
  readonly pinned: readonly number[]
  readonly hidden: readonly number[]
  readonly widths: Readonly<Record<number, number>>
}

/**
 * Which columns are shown where. `column` is a position in the schema; `place` counts the shown columns from the left, pinned
 * ones first. Pinned columns begin at 0 and stay; the others begin at 0 of the scrolled lane beside them.
 */
export class ColumnLayout {
  #order: number[]
  readonly #pinned = new Set<number>()
  readonly #hidden = new Set<number>()
  readonly #widths: number[]
  readonly #sizedByPerson = new Set<number>()
  #shown: number[] = []
  #pinnedCount = 0
  #edges: Float64Array = new Float64Array(1)
  #pinnedWidth = 0

  constructor(widths: readonly number[], saved?: SavedColumnLayout) {
    this.#widths = widths.map(clampWidth)
    this.#order = widths.map((_, column) => column)
    if (saved !== undefined) this.#restore(saved)
    this.#arrange()
  }

  get columnCount(): number {
    return this.#widths.length
  }

  /** Shown columns from the left. */
  get shown(): readonly number[] {
    return this.#shown
  }

  get pinnedCount(): number {
    return this.#pinnedCount
  }

  get pinnedWidth(): number {
    return this.#pinnedWidth
  }

  /** Width of all columns that scroll. */
  get laneWidth(): number {
    return this.#edges[this.#shown.length - this.#pinnedCount]!
  }

  get hidden(): readonly number[] {
    return this.#order.filter(column => this.#hidden.has(column))
  }

  columnAt(place: number): number | undefined {
    return this.#shown[place]
  }

  /** -1 when hidden. */
  placeOf(column: number): number {
    return this.#shown.indexOf(column)
  }

  width(column: number): number {
    return this.#widths[column]!
  }

  isPinned(column: number): boolean {
    return this.#pinned.has(column)
  }

  isSizedByPerson(column: number): boolean {
    return this.#sizedByPerson.has(column)
  }

  /** Left edge of a shown column within its lane. */
  left(place: number): number {
    if (place >= this.#pinnedCount) return this.#edges[place - this.#pinnedCount]!
    let left = 0
    for (let before = 0; before < place; before++) left += this.#widths[this.#shown[before]!]!
    return left
  }

  /** Places [first, end) of scrolling columns that touch `from` to `from + width` of the lane. */
  visible(from: number, width: number): { readonly first: number; readonly end: number } {
    const count = this.#shown.length - this.#pinnedCount
    const first = Math.max(0, lastAtOrBelow(this.#edges, count, from))
    let end = first
    while (end < count && this.#edges[end]! < from + width) end++
    return { first: first + this.#pinnedCount, end: end + this.#pinnedCount }
  }

  resize(column: number, width: number, by: 'person' | 'fit' = 'person'): void {
    this.#widths[column] = clampWidth(width)
    if (by === 'person') this.#sizedByPerson.add(column)
    this.#arrange()
  }

  /** Gives many columns their width at once. */
  fit(widths: ReadonlyMap<number, number>): void {
    for (const [column, width] of widths) this.#widths[column] = clampWidth(width)
    this.#arrange()
  }

  /** Puts a column where `place` is now; among pinned columns it becomes pinned, beyond them it is not. */
  move(column: number, place: number): void {
    const from = this.placeOf(column)
    if (from === -1 || from === place) return
    const neighbour = this.#shown[Math.min(place, this.#shown.length - 1)]!
    const isPinned = this.#pinned.has(neighbour)
    this.#order = this.#order.filter(other => other !== column)
    const at = this.#order.indexOf(neighbour) + (place > from ? 1 : 0)
    this.#order.splice(at, 0, column)
    if (isPinned) this.#pinned.add(column)
    else this.#pinned.delete(column)
    this.#arrange()
  }

  setPinned(column: number, isPinned: boolean): void {
    if (isPinned) this.#pinned.add(column)
    else this.#pinned.delete(column)
    this.#arrange()
  }

  /** Hides a column, but never the last one. */
  hide(column: number): boolean {
    if (this.#shown.length <= 1) return false
    this.#hidden.add(column)
    this.#arrange()
    return true
  }

  show(column: number): void {
    this.#hidden.delete(column)
    this.#arrange()
  }

  showAll(): void {
    this.#hidden.clear()
    this.#arrange()
  }

  /** Shown in schema order, nothing pinned or hidden; widths stay. */
  reset(): void {
    this.#hidden.clear()
    this.#pinned.clear()
    this.#order = this.#widths.map((_, column) => column)
    this.#arrange()
  }

  save(): SavedColumnLayout {
    const widths: Record<number, number> = {}
    for (const column of this.#sizedByPerson) widths[column] = this.#widths[column]!
    return { order: [...this.#order], pinned: [...this.#pinned], hidden: [...this.#hidden], widths }
  }

  #restore(saved: SavedColumnLayout): void {
    const isColumn = (column: number) => Number.isInteger(column) && column >= 0 && column < this.#widths.length
    const order = [...new Set(saved.order.filter(isColumn))]
    const known = new Set(order)
    this.#order = [...order, ...this.#order.filter(column => !known.has(column))]
    for (const column of saved.pinned.filter(isColumn)) this.#pinned.add(column)
    for (const column of saved.hidden.filter(isColumn)) this.#hidden.add(column)
    if (this.#hidden.size === this.#widths.length) this.#hidden.clear()
    for (const [key, width] of Object.entries(saved.widths)) {
      const column = Number(key)
      if (!isColumn(column)) continue
      this.#widths[column] = clampWidth(width)
      this.#sizedByPerson.add(column)
    }
  }

  #arrange(): void {
    const shown = this.#order.filter(column => !this.#hidden.has(column))
    const pinned = shown.filter(column => this.#pinned.has(column))
    this.#shown = [...pinned, ...shown.filter(column => !this.#pinned.has(column))]
    this.#pinnedCount = pinned.length
    this.#pinnedWidth = pinned.reduce((sum, column) => sum + this.#widths[column]!, 0)
    const count = this.#shown.length - this.#pinnedCount
    this.#edges = new Float64Array(count + 1)
    for (let index = 0; index < count; index++) {
      this.#edges[index + 1] = this.#edges[index]! + this.#widths[this.#shown[index + this.#pinnedCount]!]!
    }
  }
}

function clampWidth(width: number): number {
  if (!Number.isFinite(width)) return minColumnWidth
  return Math.round(Math.min(Math.max(width, minColumnWidth), maxColumnWidth))
}

/** Index of the last of `count` rising edges that is not above `value`. */
function lastAtOrBelow(edges: Float64Array, count: number, value: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (edges[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}
