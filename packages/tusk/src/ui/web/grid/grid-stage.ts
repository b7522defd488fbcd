import { h } from '../dom.ts'
import type { ColumnLayout } from './column-layout.ts'
import type { CellPlace } from './grid-selection.ts'
import { ScrollModel } from './scroll-model.ts'

/** What there is to be scrolled over. */
export interface StageExtent {
  readonly rowCount: number
  readonly rowHeight: number
  readonly gutterWidth: number
  readonly layout: ColumnLayout
}

export const headerHeight = 32

/** The scrolled area: its elements, how far it is scrolled, and which cell is where. Sizes are in pixels. */
export class GridStage {
  readonly scroller = h('div', { class: 'grid-scroller' })
  readonly viewport = h('div', { class: 'grid-viewport' })
  readonly body = h('div', { class: 'grid-body' })
  readonly #canvas = h('div', { class: 'grid-canvas' })
  readonly #scroll = new ScrollModel()
  readonly #extent: () => StageExtent
  readonly #onChange: () => void
  #restTimer: ReturnType<typeof setTimeout> | undefined
  #scrollLeft = 0
  #width = 0
  #height = 0
  #ahead: 'down' | 'up' = 'down'

  /** `onChange` is called when it was scrolled or has another size. */
  constructor(extent: () => StageExtent, onChange: () => void) {
    this.#extent = extent
    this.#onChange = onChange
    this.#canvas.append(this.viewport)
    this.scroller.append(this.#canvas)
    this.scroller.tabIndex = -1
  }

  /** Of all rows, above the first one on screen. */
  get offset(): number {
    return this.#scroll.offset
  }

  get scrollLeft(): number {
    return this.#scrollLeft
  }

  get width(): number {
    return this.#width
  }

  get bodyHeight(): number {
    return Math.max(0, this.#height - headerHeight)
  }

  /** Hidden, or not in the page yet: nothing can be painted. */
  get isHidden(): boolean {
    return this.#height === 0
  }

  /** Where it was scrolled to last: rows there are wanted next. */
  get ahead(): 'down' | 'up' {
    return this.#ahead
  }

  listen(signal: AbortSignal): void {
    const resize = new ResizeObserver(() => {
      const wasHidden = this.isHidden
      this.measure()
      if (wasHidden && !this.isHidden) this.#restore()
      this.#onChange()
    })
    resize.observe(this.scroller)
    signal.addEventListener(
      'abort',
      () => {
        resize.disconnect()
        clearTimeout(this.#restTimer)
      },
      { once: true },
    )
    this.scroller.addEventListener('scroll', () => this.#scrolled(), { signal, passive: true })
  }

  /** Call when something else takes room from it or gives it back. */
  measure(): void {
    this.#width = this.scroller.clientWidth
    this.#height = this.scroller.clientHeight
  }

  toTop(): void {
    this.#scroll.moveTo(0)
  }

  /** Fits the elements to the extent. */
  resize(): void {
    const { rowCount, rowHeight, gutterWidth, layout } = this.#extent()
    this.#scroll.resize(rowCount * rowHeight + headerHeight, this.#height)
    const width = gutterWidth + layout.pinnedWidth + layout.laneWidth + 24
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${Math.max(this.#scroll.spacerHeight, this.#height)}px`
    const { style } = this.viewport
    style.width = `${this.#width}px`
    style.height = `${this.#height}px`
    style.setProperty('--grid-gutter-width', `${gutterWidth}px`)
    style.setProperty('--grid-pinned-width', `${layout.pinnedWidth}px`)
    style.setProperty('--grid-row-height', `${rowHeight}px`)
  }

  /** Scroll position and offset brought together again, see ScrollModel. */
  align(): void {
    const wanted = this.#scroll.alignedScrollTop
    if (Math.abs(this.scroller.scrollTop - wanted) > 1) this.scroller.scrollTop = wanted
    this.#scroll.aligned(this.scroller.scrollTop)
  }

  scrollBy(x: number, y: number): void {
    this.#scroll.moveTo(this.#scroll.offset + y)
    this.align()
    this.scroller.scrollLeft += x
    this.#readScrollLeft()
    this.#onChange()
  }

  /** Brings a cell into view by the shortest way. */
  scrollTo(cell: CellPlace): void {
    this.resize()
    const { rowHeight, layout } = this.#extent()
    const top = cell.row * rowHeight
    const { offset } = this.#scroll
    if (top < offset) this.#scroll.moveTo(top)
    else if (top + rowHeight > offset + this.bodyHeight) this.#scroll.moveTo(top + rowHeight - this.bodyHeight)
    this.align()
    if (cell.place < layout.pinnedCount) return
    const left = layout.left(cell.place)
    const right = left + layout.width(layout.columnAt(cell.place) ?? 0)
    if (left < this.#scrollLeft) this.scroller.scrollLeft = left
    else if (right > this.#scrollLeft + this.#laneWidth)
      this.scroller.scrollLeft = Math.min(left, right - this.#laneWidth)
    this.#readScrollLeft()
  }

  /** The cell at a place of the window, or the one nearest to it; undefined when there are none. */
  locate(clientX: number, clientY: number): (CellPlace & { readonly inGutter: boolean }) | undefined {
    const { rowCount, rowHeight, gutterWidth, layout } = this.#extent()
    const placeCount = layout.shown.length
    if (rowCount === 0 || placeCount === 0) return undefined
    const { left, top } = this.body.getBoundingClientRect()
    const y = Math.max(0, Math.min(clientY - top, this.bodyHeight - 1))
    const row = Math.min(rowCount - 1, Math.floor((y + this.#scroll.offset) / rowHeight))
    const x = clientX - left - gutterWidth
    const inGutter = x < 0
    const { pinnedWidth, pinnedCount } = layout
    if (x >= pinnedWidth || pinnedCount === 0) {
      const laneX = Math.max(0, Math.min(x - pinnedWidth, this.#laneWidth - 1)) + this.#scrollLeft
      const { first } = layout.visible(laneX, 1)
      return { row, place: Math.min(first, placeCount - 1), inGutter }
    }
    let place = 0
    while (place + 1 < pinnedCount && layout.left(place + 1) <= x) place++
    return { row, place, inGutter }
  }

  /** Where the columns that scroll are, in the window. */
  laneBounds(): DOMRect {
    const { right, bottom, left, top } = this.body.getBoundingClientRect()
    const { gutterWidth, layout } = this.#extent()
    const lane = left + gutterWidth + layout.pinnedWidth
    return new DOMRect(lane, top, right - lane, bottom - top)
  }

  get #laneWidth(): number {
    const { gutterWidth, layout } = this.#extent()
    return Math.max(0, this.#width - gutterWidth - layout.pinnedWidth)
  }

  #scrolled(): void {
    if (this.scroller.clientHeight === 0) return
    const before = this.#scroll.offset
    this.#scroll.scrolled(this.scroller.scrollTop)
    if (this.#scroll.isUrgent) this.align()
    this.#readScrollLeft()
    if (this.#scroll.offset !== before) this.#ahead = this.#scroll.offset > before ? 'down' : 'up'
    clearTimeout(this.#restTimer)
    this.#restTimer = setTimeout(() => this.align(), 200)
    this.#onChange()
  }

  /** What is hidden forgets how far it was scrolled. */
  #restore(): void {
    const left = this.#scrollLeft
    this.resize()
    this.align()
    this.scroller.scrollLeft = left
    this.#readScrollLeft()
  }

  #readScrollLeft(): void {
    this.#scrollLeft = Math.max(0, this.scroller.scrollLeft)
  }
}
