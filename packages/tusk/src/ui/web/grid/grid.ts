import './grid.css'
import { h } from '../dom.ts'
import { openMenu } from '../menu.ts'
import { BlockCache, columnsPerBlock, rowsPerBlock } from './block-cache.ts'
import { cellMenu } from './cell-menu.ts'
import { defaultColumnWidths, fitColumns, leastWidth } from './column-fit.ts'
import { columnKind } from './column-kind.ts'
import { ColumnLayout, type SavedColumnLayout } from './column-layout.ts'
import { columnMenu, columnsMenu } from './column-menu.ts'
import type { CopyDialect, CopyFormat } from './copy-format.ts'
import { type CopyHost, CopyJob } from './copy-job.ts'
import { FilterChips } from './filter-chips.ts'
import { openFilterPopover } from './filter-popover.ts'
import { gridButton } from './grid-button.ts'
import { GridHeader } from './grid-header.ts'
import { commandOf, type GridCommand, move } from './grid-keys.ts'
import { listenToPointer } from './grid-pointer.ts'
import { GridRows, type PaintedRange } from './grid-rows.ts'
import { type CellPlace, countCells, GridSelection } from './grid-selection.ts'
import { emptyView, type GridCondition, type GridSource, type GridView } from './grid-source.ts'
import { type PopoverAnchor, pointAnchor } from './popover.ts'
import { ScrollModel } from './scroll-model.ts'
import { SelectionSummarizer, type SelectionSummary } from './selection-summary.ts'
import { StatusLine } from './status-line.ts'
import { openSummaryPopover } from './summary-popover.ts'
import { ValuePanel } from './value-panel.ts'
import { isSameView, setCondition, toggleSort } from './view-state.ts'

export interface GridProps {
  readonly source: GridSource
  /** What the grid shows, for assistive technology. Default `Result`. */
  readonly label?: string
  /** Pixels. Default 26. */
  readonly rowHeight?: number
  /** Columns as a person left them, for this source. */
  readonly layout?: SavedColumnLayout | undefined
  readonly onLayoutChange?: ((layout: SavedColumnLayout) => void) | undefined
  /** Offered where a selection is too large for the clipboard. */
  readonly onExport?: (() => void) | undefined
  /** How copied SQL writes names and values. Default: the SQL standard. */
  readonly dialect?: CopyDialect | undefined
}

export interface Grid {
  /** A new source starts anew: scroll, selection, layout. */
  update(props: Partial<GridProps>): void
  destroy(): void
  focus(): void
  /** Copies the selection; inside the event of a key or click. */
  copy(format: CopyFormat): void
  /** Scrolls to a cell and makes it the active one; row of the view, column of the schema. */
  reveal(row: number, column?: number): void
  /** Shows the whole value of the active cell in the side panel, which follows it; when it is open, goes there. */
  openValue(): void
  setView(view: GridView): void
}

const headerHeight = 32
const statusMessageMilliseconds = 4_000
/** Cells come cut to this many bytes; more than the widest column shows. */
const maxCellBytes = 1_024
/** Columns get no wider than this by themselves. */
const maxFittedWidth = 340
/** Selections up to this size are summed up in the status line. */
const maxSummedCells = 10_000
let gridCount = 0

/** Makes the results grid inside an empty element, which it fills. */
export function createGrid(host: HTMLElement, props: GridProps): Grid {
  return new DomGrid(host, props)
}

class DomGrid implements Grid {
  #props: GridProps
  readonly #abort = new AbortController()
  readonly #dom = h('div', { class: 'tusk-grid' })
  readonly #scroller = h('div', { class: 'grid-scroller' })
  readonly #canvas = h('div', { class: 'grid-canvas' })
  readonly #viewport = h('div', { class: 'grid-viewport' })
  readonly #body = h('div', { class: 'grid-body' })
  readonly #message = h('div', { class: 'grid-message' })
  readonly #pending = h('div', { class: 'grid-pending' })
  readonly #live = h('div', { class: 'grid-live' })
  readonly #columnsButton: HTMLButtonElement
  readonly #header: GridHeader
  readonly #rows: GridRows
  readonly #chips: FilterChips
  readonly #status = new StatusLine()
  readonly #panel: ValuePanel
  readonly #scroll = new ScrollModel()
  readonly #copyJob = new CopyJob()
  readonly #cache: BlockCache
  #selection = new GridSelection()
  #layout: ColumnLayout
  #scrollLeft = 0
  #width = 0
  #height = 0
  #frame = 0
  #restTimer: ReturnType<typeof setTimeout> | undefined
  #statusTimer: ReturnType<typeof setTimeout> | undefined
  #summaryTimer: ReturnType<typeof setTimeout> | undefined
  #ahead: 'down' | 'up' = 'down'
  #isFitted = false
  #stopListening: () => void = () => {}
  /** The view on its way, and how to stop it. */
  #asked: { readonly view: GridView; readonly controller: AbortController } | undefined
  #painted: PaintedRange | undefined
  #rowFailure: unknown
  #schema: GridSource['schema'] | undefined

  constructor(host: HTMLElement, props: GridProps) {
    this.#props = props
    this.#cache = new BlockCache({
      load: ({ rowBlock, columnGroup }, signal) => {
        const { source } = this.#props
        const first = columnGroup * columnsPerBlock
        const end = Math.min(first + columnsPerBlock, source.schema.fields.length)
        const columns = Array.from({ length: end - first }, (_, index) => first + index)
        return source.window(rowBlock * rowsPerBlock, rowsPerBlock, columns, signal, { maxCellBytes })
      },
      onChange: () => this.#schedule(),
    })
    this.#header = new GridHeader({
      sort: (column, several) => this.setView({ ...this.#view, sort: toggleSort(this.#view.sort, column, several) }),
      select: (place, mode) => this.#selectColumn(place, mode),
      selectAll: () => this.#run({ kind: 'select-all' }),
      resize: (column, width) => this.#changeLayout(() => this.#layout.resize(column, width)),
      autoFit: column => this.#autoFit(column),
      move: (column, place) => this.#rearrange(() => this.#layout.move(column, place)),
      openMenu: (column, anchor) => this.#openColumnMenu(column, anchor),
      openFilter: (column, anchor) => this.#openFilter(column, anchor),
    })
    this.#chips = new FilterChips({
      edit: (condition, anchor) => this.#openFilter(condition.column, anchor),
      remove: condition => this.#setFilter(this.#view.filter.filter(other => other !== condition)),
      clear: () => this.#setFilter([]),
    })
    this.#panel = new ValuePanel({
      close: () => {
        this.#panel.close()
        this.focus()
      },
      copy: (text, what) => this.#copyJob.startText(text, what, this.#copyHost),
    })
    this.#columnsButton = gridButton('Columns', () => this.#openColumnsMenu(), {
      icon: 'columns',
      className: 'grid-columns-button',
    })
    this.#layout = new ColumnLayout(defaultColumnWidths(props.source), props.layout)
    const activeId = `tusk-grid-${++gridCount}-active`
    this.#build(host)
    this.#rows = new GridRows(this.#body, activeId)
    this.#listen()
    this.#attach()
  }

  update(props: Partial<GridProps>): void {
    const previous = this.#props.source
    this.#props = { ...this.#props, ...props }
    this.#viewport.ariaLabel = this.#props.label ?? 'Result'
    if (this.#props.source !== previous) this.#attach()
    else this.#schedule()
  }

  destroy(): void {
    this.#abort.abort()
    this.#stopListening()
    this.#asked?.controller.abort()
    this.#copyJob.abort()
    this.#panel.close()
    this.#header.destroy()
    this.#cache.reset()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#restTimer)
    clearTimeout(this.#statusTimer)
    clearTimeout(this.#summaryTimer)
    this.#dom.remove()
  }

  focus(): void {
    this.#viewport.focus({ preventScroll: true })
  }

  copy(format: CopyFormat): void {
    const { source, dialect } = this.#props
    const ranges = this.#selection.clip(source.rowCount, this.#layout.shown.length)
    const shown = [...this.#layout.shown]
    this.#copyJob.start({ source, ranges, columnOf: place => shown[place]!, format, dialect }, this.#copyHost)
  }

  reveal(row: number, column?: number): void {
    const place = column === undefined ? this.#selection.head.place : Math.max(0, this.#layout.placeOf(column))
    this.#moveTo({ row: Math.max(0, Math.min(row, this.#rowCount - 1)), place }, false)
  }

  openValue(): void {
    if (this.#rowCount === 0) return
    if (this.#panel.isOpen) {
      this.#panel.focus()
      return
    }
    this.#openPanel()
    // the panel takes room from the cells
    this.#width = this.#scroller.clientWidth
    this.#scrollTo(this.#selection.head)
    this.#schedule()
    this.#announce('The value is shown at the side. Enter goes there, Escape closes it.')
  }

  /** Asks the source for another order or filter. What is shown stays, marked as the old view, until the first rows are there. */
  setView(view: GridView): void {
    const { source } = this.#props
    if (source.setView === undefined) return
    this.#asked?.controller.abort()
    this.#asked = undefined
    this.#showError(null)
    if (isSameView(view, source.view) && source.viewError === undefined) {
      this.#schedule()
      return
    }
    const asked = { view, controller: new AbortController() }
    this.#asked = asked
    this.#schedule()
    source.setView(view, asked.controller.signal).then(
      () => {
        if (this.#asked !== asked) return
        this.#asked = undefined
        this.#announce(this.#viewText())
        this.#schedule()
      },
      error => {
        if (this.#asked !== asked) return
        this.#asked = undefined
        this.#schedule()
        if (!asked.controller.signal.aborted) this.#showError(error, () => this.setView(view))
      },
    )
  }

  get #view(): GridView {
    return this.#asked?.view ?? this.#props.source.view
  }

  get #rowCount(): number {
    return this.#props.source.rowCount
  }

  get #rowHeight(): number {
    return this.#props.rowHeight ?? 26
  }

  /** Wide enough for the largest row number so far. */
  get #gutterWidth(): number {
    return Math.max(44, Math.ceil(18 + 6.4 * Math.max(this.#rowCount, 100).toLocaleString('en-US').length))
  }

  get #bodyHeight(): number {
    return Math.max(0, this.#height - headerHeight)
  }

  get #laneWidth(): number {
    return Math.max(0, this.#width - this.#gutterWidth - this.#layout.pinnedWidth)
  }

  #build(host: HTMLElement): void {
    this.#viewport.role = 'grid'
    this.#viewport.tabIndex = 0
    this.#viewport.ariaMultiSelectable = 'true'
    this.#viewport.ariaLabel = this.#props.label ?? 'Result'
    this.#body.role = 'rowgroup'
    const headerGroup = h('div', { class: 'grid-header-group' }, this.#header.dom)
    headerGroup.role = 'rowgroup'
    headerGroup.addEventListener('mousedown', event => {
      // the header works by mouse alone: the focus belongs to the cells
      event.preventDefault()
      this.focus()
    })
    this.#viewport.append(headerGroup, this.#body)
    this.#canvas.append(this.#viewport)
    this.#scroller.append(this.#canvas)
    this.#scroller.tabIndex = -1
    this.#message.hidden = true
    this.#pending.hidden = true
    this.#pending.role = 'status'
    this.#live.role = 'status'
    this.#live.ariaLive = 'polite'
    const frame = h('div', { class: 'grid-frame' }, this.#scroller, this.#message, this.#pending)
    const main = h('div', { class: 'grid-main' }, frame, this.#panel.dom)
    this.#status.dom.append(this.#columnsButton)
    this.#dom.append(this.#chips.dom, main, this.#status.dom, this.#live)
    host.append(this.#dom)
  }

  #listen(): void {
    const { signal } = this.#abort
    const resize = new ResizeObserver(() => {
      const wasHidden = this.#height === 0
      this.#width = this.#scroller.clientWidth
      this.#height = this.#scroller.clientHeight
      if (wasHidden && this.#height > 0) this.#restoreScroll()
      this.#schedule()
    })
    resize.observe(this.#scroller)
    signal.addEventListener('abort', () => resize.disconnect(), { once: true })
    this.#scroller.addEventListener(
      'scroll',
      () => {
        if (this.#scroller.clientHeight === 0) return
        const before = this.#scroll.offset
        this.#scroll.scrolled(this.#scroller.scrollTop)
        if (this.#scroll.isUrgent) this.#align()
        this.#scrollLeft = Math.max(0, this.#scroller.scrollLeft)
        if (this.#scroll.offset !== before) this.#ahead = this.#scroll.offset > before ? 'down' : 'up'
        clearTimeout(this.#restTimer)
        this.#restTimer = setTimeout(() => this.#align(), 200)
        this.#schedule()
      },
      { signal, passive: true },
    )
    this.#viewport.addEventListener(
      'keydown',
      event => {
        const command = commandOf(event)
        if (command === undefined || event.target !== this.#viewport) return
        if (this.#run(command)) event.preventDefault()
      },
      { signal },
    )
    this.#viewport.addEventListener(
      'focus',
      () => {
        if (this.#selection.ranges.length === 0) this.#selection.moveTo(this.#selection.head)
        this.#schedule()
      },
      { signal },
    )
    listenToPointer(
      this.#body,
      {
        locate: (x, y) => this.#locate(x, y),
        bounds: () => {
          const { right, bottom, left, top } = this.#body.getBoundingClientRect()
          const lane = left + this.#gutterWidth + this.#layout.pinnedWidth
          return new DOMRect(lane, top, right - lane, bottom - top)
        },
        press: (cell, mode) => this.#press(cell, mode),
        pressRow: (row, mode) => {
          this.#selection.selectRows(mode === 'extend' ? this.#selection.anchor.row : row, row, { add: mode === 'add' })
          this.#afterSelect()
        },
        drag: cell => {
          this.#selection.extendTo(cell)
          this.#afterSelect()
        },
        dragRow: row => {
          this.#selection.selectRows(this.#selection.anchor.row, row)
          this.#afterSelect()
        },
        scrollBy: (x, y) => this.#scrollBy(x, y),
        open: () => this.#panel.isOpen || this.openValue(),
        menu: (cell, x, y) => {
          if (!this.#selection.contains(cell.row, cell.place)) this.#press(cell, 'only')
          this.#openCellMenu(pointAnchor(x, y))
        },
      },
      signal,
    )
  }

  /** Starts anew with the source of the props. */
  #attach(): void {
    const { source, layout } = this.#props
    this.#stopListening()
    this.#asked?.controller.abort()
    this.#asked = undefined
    this.#copyJob.abort()
    this.#cache.reset()
    this.#panel.close()
    this.#rows.reset()
    this.#header.reset()
    this.#showError(null)
    this.#selection = new GridSelection()
    this.#selection.clear({ row: 0, place: 0 })
    this.#layout = new ColumnLayout(defaultColumnWidths(source), layout)
    this.#isFitted = false
    this.#scroll.moveTo(0)
    this.#schema = source.schema
    this.#rowFailure = undefined
    this.#stopListening = source.onChange(change => {
      if (this.#schema !== source.schema) {
        // a column was widened, or the columns are only known now: windows read before may be of the old types
        this.#schema = source.schema
        this.#cache.reset()
      }
      if (this.#layout.columnCount !== source.schema.fields.length) {
        this.#layout = new ColumnLayout(defaultColumnWidths(source), this.#props.layout)
      }
      if (change === 'reset') this.#resetRows()
      else if (source.viewError !== undefined) this.#showError(source.viewError, () => this.setView(source.view))
      this.#schedule()
    })
    this.#align()
    this.#schedule()
  }

  /** The rows are of another view now: from the top. */
  #resetRows(): void {
    this.#cache.reset()
    this.#selection.clear({ row: 0, place: this.#selection.head.place })
    this.#scroll.moveTo(0)
    this.#resize()
    this.#align()
    if (this.#rowCount === 0) this.#panel.close()
    else if (this.#panel.isOpen) this.#openPanel(true)
  }

  #schedule(): void {
    if (this.#frame !== 0 || this.#abort.signal.aborted) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#paint()
    })
  }

  #resize(): void {
    const content = this.#rowCount * this.#rowHeight
    this.#scroll.resize(content + headerHeight, this.#height)
    const width = this.#gutterWidth + this.#layout.pinnedWidth + this.#layout.laneWidth + 24
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${Math.max(this.#scroll.spacerHeight, this.#height)}px`
    this.#viewport.style.width = `${this.#width}px`
    this.#viewport.style.height = `${this.#height}px`
    this.#viewport.style.setProperty('--grid-gutter-width', `${this.#gutterWidth}px`)
    this.#viewport.style.setProperty('--grid-pinned-width', `${this.#layout.pinnedWidth}px`)
    this.#viewport.style.setProperty('--grid-row-height', `${this.#rowHeight}px`)
  }

  #paint(): void {
    const { source } = this.#props
    if (this.#height === 0) return
    this.#selection.clampTo(Math.max(1, this.#rowCount), Math.max(1, this.#layout.shown.length))
    this.#resize()
    const state = {
      source,
      layout: this.#layout,
      selection: this.#selection,
      cache: this.#cache,
      view: this.#view,
      canSort: source.setView !== undefined,
      rowHeight: this.#rowHeight,
      gutterWidth: this.#gutterWidth,
      offset: this.#scroll.offset,
      scrollLeft: this.#scrollLeft,
      bodyWidth: this.#width,
      bodyHeight: this.#bodyHeight,
    }
    this.#header.paint(state)
    const painted = this.#rows.paint(state)
    this.#painted = painted
    this.#cache.want({
      first: painted.first,
      last: painted.last,
      columns: painted.columns,
      rowCount: source.rowCount,
      ahead: this.#ahead,
    })
    this.#fitOnce(painted)
    this.#viewport.ariaRowCount = String(source.state === 'storing' ? -1 : source.rowCount + 1)
    this.#viewport.ariaColCount = String(this.#layout.shown.length + 1)
    this.#viewport.ariaBusy = String(painted.hasLoading || this.#asked !== undefined)
    this.#showActive()
    this.#showState()
  }

  #showActive(): void {
    const active = this.#rows.active
    if (active === undefined) this.#viewport.removeAttribute('aria-activedescendant')
    else this.#viewport.setAttribute('aria-activedescendant', active.id)
  }

  #showState(): void {
    const { source } = this.#props
    this.#chips.show(this.#view.filter, source)
    this.#status.showRows(source)
    this.#dom.classList.toggle('is-stale', this.#asked !== undefined)
    this.#columnsButton.hidden = source.schema.fields.length === 0
    this.#showPending()
    this.#showRowFailure()
    this.#showMessage()
    clearTimeout(this.#summaryTimer)
    this.#summaryTimer = setTimeout(() => this.#showSelection(), 60)
  }

  #showPending(): void {
    const { source } = this.#props
    const asked = this.#asked
    const text =
      asked !== undefined
        ? `${JSON.stringify(asked.view.filter) === JSON.stringify(source.view.filter) ? 'Sorting' : 'Filtering'}…${
            source.state === 'storing' ? ' (when all rows have come)' : ''
          }`
        : source.viewState === 'building'
          ? `${source.view.filter.length > 0 ? 'Filtering' : 'Ordering'} the rest of the rows…`
          : ''
    if (this.#pending.dataset.text === text) return
    this.#pending.dataset.text = text
    this.#pending.hidden = text === ''
    this.#pending.replaceChildren()
    if (text === '') return
    this.#pending.append(h('span', { class: 'grid-spinner' }), h('span', {}, text))
    this.#pending.append(
      gridButton('Cancel', () => (asked === undefined ? this.setView(emptyView) : this.#cancelView()), {
        className: 'grid-link',
      }),
    )
  }

  #showRowFailure(): void {
    const failure = this.#painted?.failure
    if (failure === this.#rowFailure) return
    this.#rowFailure = failure
    this.#showError(failure ?? null, () => this.#cache.retry())
  }

  #cancelView(): void {
    this.#asked?.controller.abort()
    this.#asked = undefined
    this.#schedule()
  }

  /** What there is to say where no row is. */
  #showMessage(): void {
    const { source } = this.#props
    const isEmpty = this.#rowCount === 0
    const isLoading = source.state === 'waiting' || source.state === 'storing'
    const key = isEmpty
      ? `${source.state}/${source.schema.fields.length}/${source.view.filter.length}/${source.info}`
      : ''
    this.#message.hidden = !isEmpty
    if (this.#message.dataset.key === key) return
    this.#message.dataset.key = key
    this.#message.replaceChildren()
    if (!isEmpty) return
    if (isLoading) {
      this.#message.append(h('span', { class: 'grid-spinner' }), h('span', {}, 'Waiting for the first rows…'))
    } else if (source.view.filter.length > 0) {
      this.#message.append(
        h('strong', {}, 'No row passes the filter'),
        gridButton('Clear filters', () => this.#setFilter([])),
      )
    } else {
      const title = source.schema.fields.length === 0 ? 'No rows to show' : 'No rows'
      this.#message.append(h('strong', {}, title))
      if (source.info !== undefined && source.info !== '')
        this.#message.append(h('span', { class: 'grid-note' }, source.info))
    }
  }

  #showError(error: unknown, retry?: () => void): void {
    this.#dom.querySelector('.grid-failure')?.remove()
    if (error === null) return
    const text = error instanceof Error ? error.message : String(error)
    const bar = h('div', { class: 'grid-failure' }, h('span', {}, text))
    bar.role = 'alert'
    if (retry !== undefined) bar.append(gridButton('Try again', retry, { className: 'grid-link' }))
    bar.append(gridButton('Dismiss', () => bar.remove(), { icon: 'close' }))
    this.#chips.dom.after(bar)
  }

  #showSelection(): void {
    const { source } = this.#props
    const ranges = this.#selection.clip(this.#rowCount, this.#layout.shown.length)
    const cells = countCells(ranges.length === 0 ? [{ top: 0, bottom: -1, left: 0, right: -1 }] : ranges)
    const only = ranges.length === 1 ? ranges[0] : undefined
    const size = {
      rows: only === undefined ? 0 : only.bottom - only.top + 1,
      columns: only === undefined ? 0 : only.right - only.left + 1,
      cells,
    }
    this.#status.showSelection(size, cells > 1 && cells <= maxSummedCells ? this.#summarize(source) : undefined)
  }

  /** Undefined unless every selected cell is loaded and whole. */
  #summarize(source: GridSource): SelectionSummary | undefined {
    const summarizer = new SelectionSummarizer()
    const seen = new Set<number>()
    const ranges = this.#selection.clip(this.#rowCount, this.#layout.shown.length)
    for (const range of ranges) {
      for (let place = range.left; place <= range.right; place++) {
        const column = this.#layout.columnAt(place)!
        const isNumber = columnKind(source.schema.fields[column]!) === 'number'
        for (let row = range.top; row <= range.bottom; row++) {
          if (ranges.length > 1) {
            const key = row * 4096 + place
            if (seen.has(key)) continue
            seen.add(key)
          }
          const lookup = this.#cache.lookup(row, column)
          if (lookup.state !== 'ready') return undefined
          summarizer.add(lookup.window.text(lookup.row, lookup.position), isNumber)
        }
      }
    }
    return summarizer.finish()
  }

  /** Scroll position and offset brought together again, see ScrollModel. */
  #align(): void {
    const wanted = this.#scroll.alignedScrollTop
    if (Math.abs(this.#scroller.scrollTop - wanted) > 1) this.#scroller.scrollTop = wanted
    this.#scroll.aligned(this.#scroller.scrollTop)
  }

  /** What is hidden forgets how far it was scrolled. */
  #restoreScroll(): void {
    const left = this.#scrollLeft
    this.#resize()
    this.#align()
    this.#scroller.scrollLeft = left
    this.#scrollLeft = Math.max(0, this.#scroller.scrollLeft)
  }

  #scrollBy(x: number, y: number): void {
    this.#scroll.moveTo(this.#scroll.offset + y)
    this.#align()
    this.#scroller.scrollLeft += x
    this.#scrollLeft = Math.max(0, this.#scroller.scrollLeft)
    this.#schedule()
  }

  #locate(clientX: number, clientY: number): (CellPlace & { inGutter: boolean }) | undefined {
    const placeCount = this.#layout.shown.length
    if (this.#rowCount === 0 || placeCount === 0) return undefined
    const { left, top } = this.#body.getBoundingClientRect()
    const y = Math.max(0, Math.min(clientY - top, this.#bodyHeight - 1))
    const row = Math.min(this.#rowCount - 1, Math.floor((y + this.#scroll.offset) / this.#rowHeight))
    const x = clientX - left - this.#gutterWidth
    const inGutter = x < 0
    const pinnedWidth = this.#layout.pinnedWidth
    const isPinned = x < pinnedWidth && this.#layout.pinnedCount > 0
    if (!isPinned) {
      const laneX = Math.max(0, Math.min(x - pinnedWidth, this.#laneWidth - 1)) + this.#scrollLeft
      const { first } = this.#layout.visible(laneX, 1)
      return { row, place: Math.min(first, placeCount - 1), inGutter }
    }
    let place = 0
    while (place + 1 < this.#layout.pinnedCount && this.#layout.left(place + 1) <= x) place++
    return { row, place, inGutter }
  }

  #press(cell: CellPlace, mode: 'only' | 'add' | 'extend'): void {
    const column = this.#layout.columnAt(cell.place)
    if (column !== undefined && this.#cache.lookup(cell.row, column).state === 'failed') this.#cache.retry()
    if (mode === 'only') this.#selection.moveTo(cell)
    else if (mode === 'add') this.#selection.add(cell)
    else this.#selection.extendTo(cell)
    this.#afterSelect()
  }

  #selectColumn(place: number, mode: 'only' | 'add' | 'extend'): void {
    const from = mode === 'extend' ? this.#selection.anchor.place : place
    this.#selection.selectColumns(from, place, { add: mode === 'add' })
    this.#afterSelect()
    this.focus()
  }

  #moveTo(cell: CellPlace, extend: boolean): void {
    if (extend) this.#selection.extendTo(cell)
    else this.#selection.moveTo(cell)
    this.#scrollTo(cell)
    this.#afterSelect()
  }

  #afterSelect(): void {
    if (this.#panel.isOpen) this.#openPanel()
    this.#schedule()
  }

  /** Brings a cell into view by the shortest way. */
  #scrollTo(cell: CellPlace): void {
    this.#resize()
    const top = cell.row * this.#rowHeight
    const { offset } = this.#scroll
    if (top < offset) this.#scroll.moveTo(top)
    else if (top + this.#rowHeight > offset + this.#bodyHeight)
      this.#scroll.moveTo(top + this.#rowHeight - this.#bodyHeight)
    this.#align()
    if (cell.place < this.#layout.pinnedCount) return
    const left = this.#layout.left(cell.place)
    const width = this.#layout.width(this.#layout.columnAt(cell.place) ?? 0)
    if (left < this.#scrollLeft) this.#scroller.scrollLeft = left
    else if (left + width > this.#scrollLeft + this.#laneWidth) {
      this.#scroller.scrollLeft = Math.min(left, left + width - this.#laneWidth)
    }
    this.#scrollLeft = Math.max(0, this.#scroller.scrollLeft)
  }

  /** Whether the key is used up. */
  #run(command: GridCommand): boolean {
    const placeCount = this.#layout.shown.length
    const { head } = this.#selection
    if (placeCount === 0) return false
    switch (command.kind) {
      case 'move': {
        const pageRows = Math.max(1, Math.floor(this.#bodyHeight / this.#rowHeight) - 1)
        const extent = { rowCount: this.#rowCount, placeCount, pageRows }
        this.#moveTo(move(head, command.to, extent), command.extend)
        return true
      }
      case 'select-all':
        this.#selection.selectAll()
        this.#afterSelect()
        return true
      case 'select-column':
        this.#selection.selectColumns(this.#selection.anchor.place, head.place)
        this.#afterSelect()
        return true
      case 'select-row':
        this.#selection.selectRows(this.#selection.anchor.row, head.row)
        this.#afterSelect()
        return true
      case 'copy':
        this.copy(command.headers ? 'tsv-headers' : 'tsv')
        return true
      case 'view-value':
        if (this.#painted?.failure === undefined) this.openValue()
        else this.#cache.retry()
        return true
      case 'cell-menu':
        this.#openCellMenu(this.#activeAnchor())
        return true
      case 'column-menu': {
        const column = this.#layout.columnAt(head.place)
        if (column !== undefined) this.#openColumnMenu(column, this.#header.rectangle(column) ?? this.#activeAnchor())
        return true
      }
      case 'resize': {
        const column = this.#layout.columnAt(head.place)
        if (column === undefined) return false
        this.#changeLayout(() => this.#layout.resize(column, this.#layout.width(column) + command.by))
        return true
      }
      case 'escape':
        return this.#escape()
    }
  }

  #escape(): boolean {
    if (this.#panel.isOpen) this.#panel.close()
    else if (this.#asked !== undefined) this.#cancelView()
    else if (this.#selection.ranges.length > 1 || countCells(this.#selection.clip(2, 2)) > 1) {
      this.#selection.moveTo(this.#selection.head)
      this.#schedule()
    } else return false
    return true
  }

  #openPanel(anew = false): void {
    const { row, place } = this.#selection.head
    const column = this.#layout.columnAt(place)
    if (column === undefined || row >= this.#rowCount) return
    this.#panel.open({ source: this.#props.source, row, column }, anew)
  }

  #activeAnchor(): PopoverAnchor {
    return (this.#rows.active ?? this.#viewport).getBoundingClientRect()
  }

  #setFilter(filter: readonly GridCondition[]): void {
    this.setView({ ...this.#view, filter })
  }

  #viewText(): string {
    const { source } = this.#props
    const names = source.view.sort.map(
      key => `${source.schema.fields[key.column]?.name ?? ''} ${key.descending ? 'descending' : 'ascending'}`,
    )
    const sorted = names.length === 0 ? 'Not sorted' : `Sorted by ${names.join(', ')}`
    return source.view.filter.length === 0
      ? sorted
      : `${sorted}; ${this.#rowCount.toLocaleString('en-US')} rows pass the filter`
  }

  #announce(text: string): void {
    this.#live.textContent = text
  }

  get #copyHost(): CopyHost {
    return {
      owner: this.#dom,
      anchor: () => this.#activeAnchor(),
      showTask: (text, onCancel) => {
        clearTimeout(this.#statusTimer)
        this.#status.showTask(text, onCancel)
      },
      announce: text => {
        this.#announce(text)
        clearTimeout(this.#statusTimer)
        queueMicrotask(() => this.#status.showTask(text))
        this.#statusTimer = setTimeout(() => this.#status.showTask(null), statusMessageMilliseconds)
      },
      onExport: this.#props.onExport,
    }
  }

  /** Once, when the first rows are there: columns as wide as what they hold. */
  #fitOnce(painted: PaintedRange): void {
    if (this.#isFitted || painted.hasLoading || painted.last < painted.first || painted.failure !== undefined) return
    this.#isFitted = true
    this.#fitAll(painted)
    if (document.fonts.status === 'loaded') return
    const { source } = this.#props
    void document.fonts.ready.then(() => {
      if (!this.#abort.signal.aborted && this.#props.source === source) this.#fitAll(painted)
    })
  }

  #fitAll(painted: PaintedRange): void {
    const columns = this.#layout.shown.filter(column => !this.#layout.isSizedByPerson(column))
    const { source } = this.#props
    const fitted = fitColumns(this.#body, source, columns, this.#cache, painted.first, maxFittedWidth)
    this.#layout.fit(
      new Map([...fitted].map(([column, width]) => [column, Math.max(width, leastWidth(source, column))])),
    )
    this.#schedule()
  }

  #autoFit(column: number): void {
    const row = this.#painted?.first ?? 0
    const widths = fitColumns(this.#body, this.#props.source, [column], this.#cache, row, 1_000)
    const width = widths.get(column)
    if (width !== undefined) this.#changeLayout(() => this.#layout.resize(column, width))
  }

  #changeLayout(change: () => void): void {
    change()
    this.#props.onLayoutChange?.(this.#layout.save())
    this.#schedule()
  }

  /** Places change their meaning: the active cell stays on its column, ranges go. */
  #rearrange(change: () => void): void {
    const { row, place } = this.#selection.head
    const column = this.#layout.columnAt(place)
    this.#changeLayout(change)
    const now = column === undefined ? -1 : this.#layout.placeOf(column)
    this.#selection.moveTo({ row, place: now === -1 ? Math.min(place, this.#layout.shown.length - 1) : now })
  }

  #openFilter(column: number, anchor: PopoverAnchor): void {
    const { source } = this.#props
    openFilterPopover(this.#dom, anchor, {
      column,
      field: source.schema.fields[column]!,
      current: this.#view.filter.find(condition => condition.column === column),
      summary: source.state === 'storing' ? undefined : source.summary && (signal => source.summary!(column, signal)),
      onApply: condition => this.#setFilter(setCondition(this.#view.filter, column, condition)),
    })
  }

  #openColumnMenu(column: number, anchor: PopoverAnchor): void {
    const { source } = this.#props
    const place = this.#layout.placeOf(column)
    const field = source.schema.fields[column]!
    const items = columnMenu({
      source,
      layout: this.#layout,
      view: this.#view,
      column,
      setView: view => this.setView(view),
      rearrange: change => this.#rearrange(change),
      openFilter: () => this.#openFilter(column, anchor),
      openSummary: load => openSummaryPopover(this.#dom, anchor, field, load),
      autoFit: () => this.#autoFit(column),
      select: () => this.#selectColumn(place, 'only'),
      copyName: () => {
        const name = Promise.resolve(new Blob([field.name], { type: 'text/plain' }))
        this.#copyJob.startText(name, `the name ${field.name}`, this.#copyHost)
      },
    })
    openMenu({ at: anchor, label: `Column ${field.name}`, items })
  }

  #openColumnsMenu(): void {
    const items = columnsMenu(this.#props.source, this.#layout, change => this.#rearrange(change))
    openMenu({ at: this.#columnsButton, label: 'Columns', items })
  }

  #openCellMenu(anchor: PopoverAnchor): void {
    const { source } = this.#props
    const { row, place } = this.#selection.head
    const column = this.#layout.columnAt(place)
    if (column === undefined || this.#rowCount === 0) return
    const items = cellMenu({
      source,
      view: this.#view,
      column,
      lookup: this.#cache.lookup(row, column),
      copy: format => this.copy(format),
      openValue: () => this.openValue(),
      setFilter: filter => this.#setFilter(filter),
    })
    openMenu({ at: anchor, label: 'Cell', items })
  }
}
