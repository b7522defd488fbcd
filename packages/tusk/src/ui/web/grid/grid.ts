import './grid.css'
import { h } from '../dom.ts'
import { openMenu } from '../menu.ts'
import { BlockCache, columnsPerBlock, rowsPerBlock } from './block-cache.ts'
import { cellMenu } from './cell-menu.ts'
import { defaultColumnWidths, fitColumns, leastWidth } from './column-fit.ts'
import { ColumnLayout, type SavedColumnLayout } from './column-layout.ts'
import { columnMenu, columnsMenu } from './column-menu.ts'
import type { CopyDialect, CopyFormat } from './copy-format.ts'
import { type CopyHost, CopyJob } from './copy-job.ts'
import type { GridEditing } from './edit/grid-editing.ts'
import { FilterChips } from './filter-chips.ts'
import { openFilterPopover } from './filter-popover.ts'
import { gridButton } from './grid-button.ts'
import { GridHeader } from './grid-header.ts'
import { commandOf, type GridCommand, move } from './grid-keys.ts'
import { GridNotices } from './grid-notices.ts'
import { listenToPointer } from './grid-pointer.ts'
import { GridRows, type PaintedRange, type RangeOnScreen, rangeOnScreen } from './grid-rows.ts'
import { type CellPlace, countCells, GridSelection } from './grid-selection.ts'
import { emptyView, type GridCondition, type GridSource, type GridView, isFiltered } from './grid-source.ts'
import { GridStage } from './grid-stage.ts'
import { type PopoverAnchor, pointAnchor } from './popover.ts'
import { QuickSearch } from './quick-search.ts'
import { StatusLine } from './status-line.ts'
import { summarizeRanges } from './summarize-ranges.ts'
import { openSummaryPopover } from './summary-popover.ts'
import { ValuePanel } from './value-panel.ts'
import { ViewHistory } from './view-history.ts'
import { ViewRequest } from './view-request.ts'
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
  /** Enter, F2, double click and typing edit cells; Space still shows the whole value. Absent: the rows are to look at. */
  readonly editing?: GridEditing | undefined
}

export interface Grid {
  /** A new source starts anew: scroll, selection, layout. With `keepPlace` they stay: it has the same columns, read again. */
  update(props: Partial<GridProps>, options?: { readonly keepPlace?: boolean }): void
  destroy(): void
  focus(): void
  /** Copies the selection; inside the event of a key or click. */
  copy(format: CopyFormat): void
  /** Scrolls to a cell and makes it the active one; row of the view, column of the schema. */
  reveal(row: number, column?: number): void
  /** The active cell: row of the view, column of the schema. Undefined: there is none. */
  place(): { readonly row: number; readonly column: number } | undefined
  /** Shows the whole value of the active cell in the side panel, which follows it; when it is open, goes there. */
  openValue(): void
  setView(view: GridView): void
}

const statusMessageMilliseconds = 4_000
/** Cells come cut to this many bytes; more than the widest column shows. */
const maxCellBytes = 1_024
/** Columns get no wider than this by themselves. */
const maxFittedWidth = 340
/** Of a result that is not painted yet, the rows of so many columns are asked for. */
const firstColumns = 8
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
  readonly #request = new ViewRequest()
  readonly #stage = new GridStage(
    () => ({
      rowCount: this.#rowCount,
      rowHeight: this.#rowHeight,
      gutterWidth: this.#gutterWidth,
      layout: this.#layout,
    }),
    () => this.#schedule(),
  )
  readonly #searchButton: HTMLButtonElement
  readonly #columnsButton: HTMLButtonElement
  readonly #search: QuickSearch
  readonly #history = new ViewHistory()
  readonly #header: GridHeader
  readonly #rows: GridRows
  readonly #chips: FilterChips
  readonly #notices: GridNotices
  readonly #status = new StatusLine()
  readonly #panel: ValuePanel
  readonly #copyJob = new CopyJob()
  readonly #cache: BlockCache
  #selection = new GridSelection()
  #layout: ColumnLayout
  #frame = 0
  #statusTimer: ReturnType<typeof setTimeout> | undefined
  #summaryTimer: ReturnType<typeof setTimeout> | undefined
  #isFitted = false
  #stopListening: () => void = () => {}
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
    this.#search = new QuickSearch({
      search: text => this.#setSearch(text),
      leave: () => this.focus(),
    })
    this.#notices = new GridNotices(this.#chips.dom, {
      clearFilters: () => this.setView({ sort: this.#view.sort, filter: [] }),
      cancelView: () => (this.#request.view === undefined ? this.setView(emptyView) : this.#cancelView()),
    })
    this.#panel = new ValuePanel({
      close: () => {
        this.#panel.close()
        this.focus()
      },
      copy: (text, what) => this.#copyJob.startText(text, what, this.#copyHost),
    })
    this.#searchButton = gridButton('Search in all columns (Ctrl+F)', () => this.#search.open(), {
      icon: 'search',
      className: 'grid-columns-button',
    })
    this.#columnsButton = gridButton('Columns', () => this.#openColumnsMenu(), {
      icon: 'columns',
      className: 'grid-columns-button',
    })
    this.#layout = new ColumnLayout(defaultColumnWidths(props.source), props.layout)
    const activeId = `tusk-grid-${++gridCount}-active`
    this.#build(host)
    this.#rows = new GridRows(this.#stage.body, activeId)
    this.#listen()
    this.#attach()
  }

  update(props: Partial<GridProps>, { keepPlace = false }: { readonly keepPlace?: boolean } = {}): void {
    const previous = this.#props.source
    this.#props = { ...this.#props, ...props }
    this.#stage.viewport.ariaLabel = this.#props.label ?? 'Result'
    if (this.#props.source !== previous)
      this.#attach(keepPlace && previous.schema.fields.length === this.#props.source.schema.fields.length)
    else this.#schedule()
  }

  destroy(): void {
    this.#abort.abort()
    this.#stopListening()
    this.#request.cancel()
    this.#copyJob.abort()
    this.#panel.close()
    this.#header.destroy()
    this.#cache.reset()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#statusTimer)
    this.#search.destroy()
    clearTimeout(this.#summaryTimer)
    this.#dom.remove()
  }

  focus(): void {
    this.#stage.viewport.focus({ preventScroll: true })
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

  place(): { readonly row: number; readonly column: number } | undefined {
    const { row, place } = this.#selection.head
    const column = this.#layout.columnAt(place)
    return column === undefined || row >= this.#rowCount ? undefined : { row, column }
  }

  openValue(): void {
    if (this.#selection.head.row >= this.#props.source.rowCount) return
    if (this.#panel.isOpen) {
      this.#panel.focus()
      return
    }
    this.#openPanel()
    // the panel takes room from the cells
    this.#stage.measure()
    this.#stage.scrollTo(this.#selection.head)
    this.#schedule()
    this.#notices.announce('The value is shown at the side. Enter goes there, Escape closes it.')
  }

  /** As the person wants it; taken back by `#undo`. */
  setView(view: GridView): void {
    if (!isSameView(view, this.#view)) this.#history.changed(this.#view)
    this.#askView(view)
  }

  #takeBack(view: GridView | undefined, nothing: string): boolean {
    if (view === undefined) this.#notices.announce(nothing)
    else this.#askView(view)
    return true
  }

  /** Asks the source for another order or filter. What is shown stays, marked as the old view, until the first rows are there. */
  #askView(view: GridView): void {
    const { source } = this.#props
    if (source.setView === undefined) return
    this.#request.cancel()
    this.#notices.showFailure(null)
    this.#schedule()
    if (isSameView(view, source.view) && source.viewError === undefined) return
    this.#request.ask(
      source,
      view,
      () => {
        this.#notices.announce(this.#viewText())
        this.#schedule()
      },
      error => {
        this.#schedule()
        this.#notices.showFailure(error, () => this.#askView(view))
      },
    )
  }

  get #view(): GridView {
    return this.#request.view ?? this.#props.source.view
  }

  get #rowCount(): number {
    return this.#props.source.rowCount + (this.#props.editing?.addedRows ?? 0)
  }

  get #rowHeight(): number {
    return this.#props.rowHeight ?? 26
  }

  /** Wide enough for the largest row number so far. */
  get #gutterWidth(): number {
    return Math.max(44, Math.ceil(18 + 6.4 * Math.max(this.#rowCount, 100).toLocaleString('en-US').length))
  }

  #build(host: HTMLElement): void {
    const { viewport, body, scroller } = this.#stage
    viewport.role = 'grid'
    viewport.tabIndex = 0
    viewport.ariaMultiSelectable = 'true'
    viewport.ariaLabel = this.#props.label ?? 'Result'
    body.role = 'rowgroup'
    const headerGroup = h('div', { class: 'grid-header-group' }, this.#header.dom)
    headerGroup.role = 'rowgroup'
    headerGroup.addEventListener('mousedown', event => {
      // the header works by mouse alone: the focus belongs to the cells
      event.preventDefault()
      this.focus()
    })
    viewport.append(headerGroup, body)
    const { message, pending, live } = this.#notices
    const frame = h('div', { class: 'grid-frame' }, scroller, message, pending)
    const main = h('div', { class: 'grid-main' }, frame, this.#panel.dom)
    this.#status.dom.append(this.#searchButton, this.#columnsButton)
    this.#dom.append(this.#search.dom, this.#chips.dom, main, this.#status.dom, live)
    host.append(this.#dom)
  }

  #listen(): void {
    const { signal } = this.#abort
    const { viewport, body } = this.#stage
    this.#stage.listen(signal)
    viewport.addEventListener(
      'keydown',
      event => {
        const command = commandOf(event)
        if (event.target !== viewport) return
        if (command === undefined) {
          const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
          if (isLetter && this.#edit(event.key)) event.preventDefault()
          return
        }
        if (this.#run(command)) event.preventDefault()
      },
      { signal },
    )
    viewport.addEventListener(
      'focus',
      () => {
        if (this.#selection.ranges.length === 0) this.#selection.moveTo(this.#selection.head)
        this.#schedule()
      },
      { signal },
    )
    listenToPointer(
      body,
      {
        locate: (x, y) => this.#stage.locate(x, y),
        bounds: () => this.#stage.laneBounds(),
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
        scrollBy: (x, y) => this.#stage.scrollBy(x, y),
        open: () => this.#edit() || this.#panel.isOpen || this.openValue(),
        menu: (cell, x, y) => {
          if (!this.#selection.contains(cell.row, cell.place)) this.#press(cell, 'only')
          this.#openCellMenu(pointAnchor(x, y))
        },
      },
      signal,
    )
  }

  /** Starts anew with the source of the props. */
  #attach(keepPlace = false): void {
    const { source, layout } = this.#props
    this.#stopListening()
    this.#request.cancel()
    this.#copyJob.abort()
    this.#cache.reset()
    this.#panel.close()
    this.#notices.showFailure(null)
    if (!keepPlace) {
      this.#rows.reset()
      this.#header.reset()
      this.#selection = new GridSelection()
      this.#selection.clear({ row: 0, place: 0 })
      this.#layout = new ColumnLayout(defaultColumnWidths(source), layout)
      this.#isFitted = false
    }
    this.#schema = source.schema
    this.#rowFailure = undefined
    this.#painted = undefined
    // Before anything below makes the browser lay out the page.
    this.#wantFirstRows()
    if (!keepPlace) this.#stage.toTop()
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
      else if (source.viewError !== undefined)
        this.#notices.showFailure(source.viewError, () => this.setView(source.view))
      this.#wantFirstRows()
      this.#schedule()
    })
    this.#stage.align()
    this.#schedule()
  }

  /** Asked for at once: the first paint, which says what is on screen, may be two frames away. */
  #wantFirstRows(): void {
    const { schema, rowCount } = this.#props.source
    if ((this.#painted?.last ?? -1) >= 0 || this.#cache.blockCount + this.#cache.loadCount > 0) return
    const columns = this.#layout.shown.slice(0, schema.fields.length === 0 ? 0 : firstColumns)
    this.#cache.want({ first: 0, last: 0, columns, rowCount })
  }

  /** The rows are of another view now: from the top. */
  #resetRows(): void {
    this.#cache.reset()
    this.#selection.clear({ row: 0, place: this.#selection.head.place })
    this.#stage.toTop()
    this.#stage.resize()
    this.#stage.align()
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

  #paint(): void {
    const { source } = this.#props
    if (this.#stage.isHidden) return
    this.#selection.clampTo(Math.max(1, this.#rowCount), Math.max(1, this.#layout.shown.length))
    this.#stage.resize()
    const state = {
      source,
      rowCount: this.#rowCount,
      editing: this.#props.editing,
      layout: this.#layout,
      selection: this.#selection,
      cache: this.#cache,
      view: this.#view,
      canSort: source.setView !== undefined,
      rowHeight: this.#rowHeight,
      gutterWidth: this.#gutterWidth,
      offset: this.#stage.offset,
      scrollLeft: this.#stage.scrollLeft,
      bodyWidth: this.#stage.width,
      bodyHeight: this.#stage.bodyHeight,
    }
    this.#fitOnce(rangeOnScreen(state))
    this.#header.paint(state)
    const painted = this.#rows.paint(state)
    this.#painted = painted
    this.#cache.want({
      first: painted.first,
      last: painted.last,
      columns: painted.columns,
      rowCount: source.rowCount,
      ahead: this.#stage.ahead,
    })
    this.#stage.viewport.ariaRowCount = String(source.state === 'storing' ? -1 : this.#rowCount + 1)
    this.#stage.viewport.ariaColCount = String(this.#layout.shown.length + 1)
    this.#stage.viewport.ariaBusy = String(painted.hasLoading || this.#request.view !== undefined)
    this.#showActive()
    this.#showState()
  }

  #showActive(): void {
    const active = this.#rows.active
    if (active === undefined) this.#stage.viewport.removeAttribute('aria-activedescendant')
    else this.#stage.viewport.setAttribute('aria-activedescendant', active.id)
  }

  #showState(): void {
    const { source } = this.#props
    this.#chips.show(this.#view.filter, source)
    this.#search.show(this.#view.search ?? '')
    this.#searchButton.hidden = source.setView === undefined || source.schema.fields.length === 0
    this.#status.showRows(source)
    this.#dom.classList.toggle('is-stale', this.#request.view !== undefined)
    this.#columnsButton.hidden = source.schema.fields.length === 0
    this.#notices.showPending(source, this.#request.view)
    this.#showRowFailure()
    this.#notices.showMessage(source)
    clearTimeout(this.#summaryTimer)
    this.#summaryTimer = setTimeout(() => this.#showSelection(), 60)
  }

  #showRowFailure(): void {
    const failure = this.#painted?.failure
    if (failure === this.#rowFailure) return
    this.#rowFailure = failure
    this.#notices.showFailure(failure ?? null, () => this.#cache.retry())
  }

  #cancelView(): void {
    this.#request.cancel()
    this.#schedule()
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
    this.#status.showSelection(
      size,
      cells > 1 && cells <= maxSummedCells ? summarizeRanges(ranges, this.#layout, source, this.#cache) : undefined,
    )
  }

  /** Whether an editor was opened. */
  #edit(typed?: string): boolean {
    const { editing } = this.#props
    const place = this.place()
    if (editing === undefined || place === undefined) return false
    this.#stage.scrollTo(this.#selection.head)
    this.#paint()
    editing.edit(place.row, place.column, this.#activeAnchor(), typed)
    return true
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
    this.#stage.scrollTo(cell)
    this.#afterSelect()
  }

  #afterSelect(): void {
    if (this.#panel.isOpen) this.#openPanel()
    this.#schedule()
  }

  /** Whether the key is used up. */
  #run(command: GridCommand): boolean {
    const placeCount = this.#layout.shown.length
    const { head } = this.#selection
    if (placeCount === 0) return false
    switch (command.kind) {
      case 'move': {
        const pageRows = Math.max(1, Math.floor(this.#stage.bodyHeight / this.#rowHeight) - 1)
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
        if (command.edits === true && this.#edit()) return true
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
      case 'search':
        if (this.#props.source.setView === undefined) return false
        this.#search.open()
        return true
      case 'undo-view':
        return this.#takeBack(this.#history.undo(this.#view), 'Nothing was sorted or filtered before')
      case 'redo-view':
        return this.#takeBack(this.#history.redo(this.#view), 'Nothing was taken back')
      case 'escape':
        return this.#escape()
    }
  }

  #escape(): boolean {
    if (this.#panel.isOpen) this.#panel.close()
    else if (this.#request.view !== undefined) this.#cancelView()
    else if (this.#selection.ranges.length > 1 || countCells(this.#selection.clip(2, 2)) > 1) {
      this.#selection.moveTo(this.#selection.head)
      this.#schedule()
    } else return false
    return true
  }

  #openPanel(anew = false): void {
    const { row, place } = this.#selection.head
    const column = this.#layout.columnAt(place)
    if (column === undefined || row >= this.#props.source.rowCount) return
    this.#panel.open({ source: this.#props.source, row, column }, anew)
  }

  #activeAnchor(): PopoverAnchor {
    return (this.#rows.active ?? this.#stage.viewport).getBoundingClientRect()
  }

  #setFilter(filter: readonly GridCondition[]): void {
    this.setView({ ...this.#view, filter })
  }

  #setSearch(search: string): void {
    const { search: _, ...view } = this.#view
    this.setView(search === '' ? view : { ...view, search })
  }

  #viewText(): string {
    const { source } = this.#props
    const names = source.view.sort.map(
      key => `${source.schema.fields[key.column]?.name ?? ''} ${key.descending ? 'descending' : 'ascending'}`,
    )
    const sorted = names.length === 0 ? 'Not sorted' : `Sorted by ${names.join(', ')}`
    return !isFiltered(source.view)
      ? sorted
      : `${sorted}; ${this.#rowCount.toLocaleString('en-US')} rows pass the filter`
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
        this.#notices.announce(text)
        clearTimeout(this.#statusTimer)
        queueMicrotask(() => this.#status.showTask(text))
        this.#statusTimer = setTimeout(() => this.#status.showTask(null), statusMessageMilliseconds)
      },
      onExport: this.#props.onExport,
    }
  }

  /** Once, before the first rows are painted: columns as wide as what they hold. Afterwards would lay out the whole grid twice. */
  #fitOnce({ first, last, columns }: RangeOnScreen): void {
    const isThere = (row: number): boolean => columns.every(column => this.#cache.lookup(row, column).state === 'ready')
    if (this.#isFitted || last < first || !isThere(first) || !isThere(last)) return
    this.#isFitted = true
    this.#fitAll(first)
    if (document.fonts.status === 'loaded') return
    const { source } = this.#props
    void document.fonts.ready.then(() => {
      if (this.#abort.signal.aborted || this.#props.source !== source) return
      this.#fitAll(first)
      this.#schedule()
    })
  }

  /** By the loaded rows near `row`. */
  #fitAll(row: number): void {
    const columns = this.#layout.shown.filter(column => !this.#layout.isSizedByPerson(column))
    const { source } = this.#props
    const fitted = fitColumns(this.#stage.body, source, columns, this.#cache, row, maxFittedWidth)
    this.#layout.fit(
      new Map([...fitted].map(([column, width]) => [column, Math.max(width, leastWidth(source, column))])),
    )
  }

  #autoFit(column: number): void {
    const row = this.#painted?.first ?? 0
    const widths = fitColumns(this.#stage.body, this.#props.source, [column], this.#cache, row, 1_000)
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
      values:
        source.state === 'storing'
          ? undefined
          : source.values && ((search, signal) => source.values!(column, search, signal)),
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
    const own = this.#props.editing?.menu(row, column, anchor) ?? []
    const all = row >= source.rowCount ? own : own.length === 0 ? items : [...own, 'separator' as const, ...items]
    openMenu({ at: anchor, label: 'Cell', items: all })
  }
}
