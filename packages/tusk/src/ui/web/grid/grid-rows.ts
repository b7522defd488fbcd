import { h } from '../dom.ts'
import type { BlockCache, CellLookup } from './block-cache.ts'
import { type CellValue, showValue, valueClass } from './cell-content.ts'
import { type ColumnKind, columnKind } from './column-kind.ts'
import type { ColumnLayout } from './column-layout.ts'
import type { EditedCell, GridEditing, RowMark } from './edit/grid-editing.ts'
import type { GridSelection } from './grid-selection.ts'
import type { GridSource, GridWindow } from './grid-source.ts'

/** What the painter needs to know of the grid, read anew at each paint. */
export interface RowsState {
  readonly source: GridSource
  /** With new rows that are not of the source. */
  readonly rowCount: number
  readonly editing: GridEditing | undefined
  readonly layout: ColumnLayout
  readonly selection: GridSelection
  readonly cache: BlockCache
  readonly rowHeight: number
  readonly gutterWidth: number
  /** Virtual pixels above and left of the body. */
  readonly offset: number
  readonly scrollLeft: number
  readonly bodyWidth: number
  readonly bodyHeight: number
}

/** Rows and columns, at least in part, on screen. `last` is below `first` when there are none. */
export interface RangeOnScreen {
  readonly first: number
  readonly last: number
  readonly columns: readonly number[]
}

export interface PaintedRange extends RangeOnScreen {
  readonly hasLoading: boolean
  /** Why some cells on screen could not be loaded. */
  readonly failure: unknown
}

interface PaintFlags {
  hasLoading: boolean
  failure: unknown
}

interface CellView {
  readonly dom: HTMLElement
  column: number
  place: number
  row: number
  left: number
  width: number
  className: string
  isSelected: boolean
  window: GridWindow | undefined
  state: CellLookup['state'] | undefined
  edited: EditedCell | undefined
}

interface RowView {
  readonly dom: HTMLElement
  readonly gutter: HTMLElement
  readonly pinned: HTMLElement
  readonly lane: HTMLElement
  readonly pinnedCells: CellView[]
  readonly laneCells: CellView[]
  row: number
  top: number
  isSelected: boolean
  mark: RowMark | undefined
}

export function rangeOnScreen(state: RowsState): RangeOnScreen {
  const { layout } = state
  const visible = visiblePlaces(state)
  return {
    first: Math.max(0, Math.floor(state.offset / state.rowHeight)),
    last: Math.min(state.rowCount, Math.ceil((state.offset + state.bodyHeight) / state.rowHeight)) - 1,
    columns: [...layout.shown.slice(0, layout.pinnedCount), ...layout.shown.slice(visible.first, visible.end)],
  }
}

/** Places of the columns that scroll. */
function visiblePlaces({ layout, scrollLeft, bodyWidth, gutterWidth }: RowsState): ReturnType<ColumnLayout['visible']> {
  return layout.visible(scrollLeft, Math.max(0, bodyWidth - gutterWidth - layout.pinnedWidth))
}

/** Rows are placed from an origin that moves in long steps, so that no coordinate grows beyond what layout keeps exact. */
const originStep = 1_000_000

/**
 * Paints the rows on screen into a pool of elements: a row that leaves at one end comes back at the other, and a cell is touched
 * only when what it shows has changed.
 */
export class GridRows {
  readonly #layer: HTMLElement
  readonly #activeId: string
  #pool: RowView[] = []
  #cellsPerLane = 0
  #origin = 0
  #kinds: readonly ColumnKind[] = []
  #schema: GridSource['schema'] | undefined
  #active: HTMLElement | undefined

  constructor(body: HTMLElement, activeId: string) {
    this.#layer = h('div', { class: 'grid-layer' })
    this.#layer.role = 'none'
    this.#activeId = activeId
    body.append(this.#layer)
  }

  /** The element of the active cell, while it is on screen. */
  get active(): HTMLElement | undefined {
    return this.#active
  }

  /** Throws away all elements: the columns are others now. */
  reset(): void {
    this.#pool = []
    this.#layer.replaceChildren()
    this.#active = undefined
  }

  paint(state: RowsState): PaintedRange {
    const { source, layout, rowHeight } = state
    if (this.#schema !== source.schema) {
      this.#schema = source.schema
      this.#kinds = source.schema.fields.map(columnKind)
      for (const view of this.#pool) forgetCells(view)
    }
    const { first, last, columns } = rangeOnScreen(state)
    const visible = visiblePlaces(state)
    this.#sizePool(Math.ceil(state.bodyHeight / rowHeight) + 2, visible.end - visible.first)

    const origin = Math.floor(state.offset / originStep) * originStep
    const isMoved = origin !== this.#origin
    this.#origin = origin
    this.#layer.style.transform = `translateY(${origin - state.offset}px)`
    this.#layer.style.setProperty('--grid-x', `${-state.scrollLeft}px`)

    const flags: PaintFlags = { hasLoading: false, failure: undefined }
    let active: HTMLElement | undefined
    const used = new Set<RowView>()
    for (let row = first; row <= last; row++) {
      const view = this.#pool[row % this.#pool.length]!
      used.add(view)
      this.#placeRow(view, row, rowHeight, isMoved, state)
      const isActiveRow = state.selection.head.row === row
      let slot = 0
      for (let place = 0; place < layout.pinnedCount; place++) {
        const cell = this.#cellAt(view.pinned, view.pinnedCells, slot++)
        this.#paintCell(cell, row, place, state, flags)
        if (isActiveRow && state.selection.head.place === place) active = cell.dom
      }
      hideFrom(view.pinnedCells, slot)
      for (let place = visible.first; place < visible.end; place++) {
        const cell = this.#cellAt(view.lane, view.laneCells, place % this.#cellsPerLane)
        this.#paintCell(cell, row, place, state, flags)
        if (isActiveRow && state.selection.head.place === place) active = cell.dom
      }
      hideUnless(view.laneCells, cell => cell.row === row && isBetween(cell.place, visible))
    }
    for (const view of this.#pool) if (!used.has(view)) hideRow(view)
    this.#setActive(active)
    return { first, last, columns, ...flags }
  }

  #sizePool(rows: number, columns: number): void {
    if (columns > this.#cellsPerLane) {
      this.#cellsPerLane = columns + 2
      for (const view of this.#pool) {
        view.lane.replaceChildren()
        view.laneCells.length = 0
      }
    }
    if (rows === this.#pool.length) return
    this.#pool = Array.from({ length: rows }, createRow)
    this.#layer.replaceChildren(...this.#pool.map(view => view.dom))
  }

  #placeRow(view: RowView, row: number, rowHeight: number, isMoved: boolean, state: RowsState): void {
    const top = row * rowHeight - this.#origin
    if (view.row !== row || isMoved || view.top !== top) {
      if (view.row === -1) view.dom.hidden = false
      view.dom.style.transform = `translateY(${top}px)`
      if (view.row !== row) {
        view.dom.ariaRowIndex = String(row + 2)
        view.gutter.textContent = (row + 1).toLocaleString('en-US')
      }
      view.row = row
      view.top = top
    }
    const mark = state.editing?.rowMark(row)
    if (view.mark !== mark) {
      view.mark = mark
      if (mark === undefined) delete view.dom.dataset.mark
      else view.dom.dataset.mark = mark
      view.gutter.title = mark === undefined ? '' : rowMarkTexts[mark]
    }
    const isSelected = state.selection.hasWholeRow(row)
    if (view.isSelected !== isSelected) {
      view.isSelected = isSelected
      view.gutter.classList.toggle('is-selected', isSelected)
    }
  }

  #cellAt(lane: HTMLElement, cells: CellView[], slot: number): CellView {
    while (cells.length <= slot) {
      const dom = h('div', { class: 'grid-cell' })
      dom.role = 'gridcell'
      dom.hidden = true
      lane.append(dom)
      cells.push({
        dom,
        column: -1,
        place: -1,
        row: -1,
        left: -1,
        width: -1,
        className: 'grid-cell',
        isSelected: false,
        window: undefined,
        state: undefined,
        edited: undefined,
      })
    }
    return cells[slot]!
  }

  #paintCell(cell: CellView, row: number, place: number, state: RowsState, flags: PaintFlags): void {
    const { layout } = state
    const column = layout.columnAt(place)!
    const left = layout.left(place)
    const width = layout.width(column)
    if (cell.left !== left) {
      cell.left = left
      cell.dom.style.left = `${left}px`
    }
    if (cell.width !== width) {
      cell.width = width
      cell.dom.style.width = `${width}px`
    }
    if (cell.row === -1) cell.dom.hidden = false
    if (cell.place !== place) {
      cell.place = place
      cell.dom.ariaColIndex = String(place + 2)
    }
    const edited = state.editing?.cell(row, column)
    const lookup: CellLookup = row < state.source.rowCount ? state.cache.lookup(row, column) : { state: 'loading' }
    if (edited !== undefined) {
      this.#finishCell(cell, row, place, column, state, { edited, window: undefined, lookup: 'ready' }, () =>
        showEdited(cell.dom, edited, this.#kinds[column]!),
      )
      return
    }
    if (lookup.state === 'loading') flags.hasLoading = true
    if (lookup.state === 'failed') flags.failure = lookup.error
    const window = lookup.state === 'ready' ? lookup.window : undefined
    this.#finishCell(cell, row, place, column, state, { edited, window, lookup: lookup.state }, () =>
      this.#showLookup(cell, lookup, this.#kinds[column]!),
    )
  }

  /** Shows the content anew only when it is another, and marks what is selected. */
  #finishCell(
    cell: CellView,
    row: number,
    place: number,
    column: number,
    { selection }: RowsState,
    content: {
      readonly edited: EditedCell | undefined
      readonly window: GridWindow | undefined
      readonly lookup: CellLookup['state']
    },
    show: () => string,
  ): void {
    const isSame =
      cell.row === row &&
      cell.column === column &&
      cell.window === content.window &&
      cell.state === content.lookup &&
      cell.edited === content.edited
    const isSelected = selection.contains(row, place)
    const isActive = selection.head.row === row && selection.head.place === place
    if (!isSame) {
      cell.row = row
      cell.column = column
      cell.window = content.window
      cell.state = content.lookup
      cell.edited = content.edited
      cell.className = show()
    }
    const className = `${cell.className}${isSelected ? ' is-selected' : ''}${isActive ? ' is-active' : ''}`
    if (cell.dom.className !== className) cell.dom.className = className
    if (cell.isSelected !== isSelected || !cell.dom.hasAttribute('aria-selected')) {
      cell.isSelected = isSelected
      cell.dom.ariaSelected = String(isSelected)
    }
  }

  #showLookup(cell: CellView, lookup: CellLookup, kind: ColumnKind): string {
    if (lookup.state === 'loading') {
      cell.dom.textContent = ''
      return `grid-cell is-${kind} is-loading`
    }
    if (lookup.state === 'failed') {
      cell.dom.textContent = 'Not loaded'
      return 'grid-cell is-failed'
    }
    const value: CellValue = {
      kind,
      text: lookup.window.text(lookup.row, lookup.position),
      fullByteLength: lookup.window.fullByteLength(lookup.row, lookup.position),
    }
    showValue(cell.dom, value)
    const extra = valueClass(value)
    return `grid-cell is-${kind}${extra === '' ? '' : ` ${extra}`}`
  }

  #setActive(active: HTMLElement | undefined): void {
    if (this.#active === active) return
    this.#active?.removeAttribute('id')
    if (active !== undefined) active.id = this.#activeId
    this.#active = active
  }
}

const rowMarkTexts: Readonly<Record<RowMark, string>> = {
  added: 'New, not saved yet',
  deleted: 'Deleted when you save',
  changed: 'Changed, not saved yet',
  failed: 'This row could not be saved',
}

function showEdited(dom: HTMLElement, edited: EditedCell, kind: ColumnKind): string {
  if (edited.note !== undefined) dom.textContent = edited.note
  else showValue(dom, { kind, text: edited.text, fullByteLength: undefined })
  const extra =
    edited.note === undefined ? valueClass({ kind, text: edited.text, fullByteLength: undefined }) : 'is-null'
  return `grid-cell is-${kind} is-edited is-edited-${edited.mark}${extra === '' ? '' : ` ${extra}`}`
}

function createRow(): RowView {
  const gutter = h('div', { class: 'grid-gutter' })
  gutter.role = 'rowheader'
  gutter.ariaColIndex = '1'
  const pinned = h('div', { class: 'grid-pinned' })
  const lane = h('div', { class: 'grid-lane' })
  pinned.role = 'none'
  lane.role = 'none'
  const dom = h('div', { class: 'grid-row' }, gutter, pinned, lane)
  dom.role = 'row'
  dom.hidden = true
  return {
    dom,
    gutter,
    pinned,
    lane,
    pinnedCells: [],
    laneCells: [],
    row: -1,
    top: -1,
    isSelected: false,
    mark: undefined,
  }
}

function hideRow(view: RowView): void {
  if (view.row === -1) return
  view.row = -1
  view.dom.hidden = true
}

function hideFrom(cells: readonly CellView[], slot: number): void {
  for (let index = slot; index < cells.length; index++) hideCell(cells[index]!)
}

function hideUnless(cells: readonly CellView[], isShown: (cell: CellView) => boolean): void {
  for (const cell of cells) if (cell.row !== -1 && !isShown(cell)) hideCell(cell)
}

function hideCell(cell: CellView): void {
  if (cell.row === -1) return
  cell.row = -1
  cell.column = -1
  cell.place = -1
  cell.dom.hidden = true
}

function forgetCells(view: RowView): void {
  for (const cell of [...view.pinnedCells, ...view.laneCells]) hideCell(cell)
}

function isBetween(place: number, range: { readonly first: number; readonly end: number }): boolean {
  return place >= range.first && place < range.end
}
