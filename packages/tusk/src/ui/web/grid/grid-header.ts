import { h } from '../dom.ts'
import { icon } from '../icons.ts'
import { type ColumnKind, columnKind, typeLabel } from './column-kind.ts'
import type { ColumnLayout } from './column-layout.ts'
import { gridButton } from './grid-button.ts'
import type { GridSelection } from './grid-selection.ts'
import type { GridSource, GridView } from './grid-source.ts'

export interface HeaderActions {
  sort(column: number, several: boolean): void
  select(place: number, mode: 'only' | 'add' | 'extend'): void
  selectAll(): void
  resize(column: number, width: number): void
  autoFit(column: number): void
  move(column: number, place: number): void
  openMenu(column: number, anchor: DOMRect): void
  openFilter(column: number, anchor: DOMRect): void
}

export interface HeaderState {
  readonly source: GridSource
  readonly layout: ColumnLayout
  readonly selection: GridSelection
  /** The view that was asked for, which may still be on its way. */
  readonly view: GridView
  readonly canSort: boolean
  readonly gutterWidth: number
  readonly scrollLeft: number
  readonly bodyWidth: number
}

interface HeaderCell {
  readonly dom: HTMLElement
  readonly marks: HTMLElement
  marksKey: string
}

/** Pixels that a press may wander before it is a drag. */
const dragThreshold = 5

/** The row of column headers: sort by click, resize at the right edge, reorder by drag, menu. */
export class GridHeader {
  readonly dom: HTMLElement
  readonly #pinned = h('div', { class: 'grid-pinned' })
  readonly #lane = h('div', { class: 'grid-lane' })
  readonly #dropMark = h('div', { class: 'grid-drop-mark' })
  readonly #cells = new Map<number, HeaderCell>()
  readonly #actions: HeaderActions
  readonly #abort = new AbortController()
  #state: HeaderState | undefined
  #schema: GridSource['schema'] | undefined

  constructor(actions: HeaderActions) {
    this.#actions = actions
    const corner = h('div', { class: 'grid-gutter grid-corner' })
    corner.role = 'columnheader'
    corner.ariaLabel = 'Row number'
    corner.ariaColIndex = '1'
    corner.title = 'Select all (Ctrl+A)'
    corner.addEventListener('click', () => actions.selectAll())
    this.#pinned.role = 'none'
    this.#lane.role = 'none'
    this.#dropMark.hidden = true
    this.dom = h('div', { class: 'grid-header' }, corner, this.#pinned, this.#lane, this.#dropMark)
    this.dom.role = 'row'
    this.dom.ariaRowIndex = '1'
  }

  destroy(): void {
    this.#abort.abort()
  }

  reset(): void {
    for (const cell of this.#cells.values()) cell.dom.remove()
    this.#cells.clear()
  }

  /** Rectangle of a column's header, for what opens below it. */
  rectangle(column: number): DOMRect | undefined {
    return this.#cells.get(column)?.dom.getBoundingClientRect()
  }

  paint(state: HeaderState): void {
    this.#state = state
    const { layout, source } = state
    if (this.#schema !== source.schema) {
      this.#schema = source.schema
      this.reset()
    }
    this.#lane.style.setProperty('--grid-x', `${-state.scrollLeft}px`)
    const visible = layout.visible(state.scrollLeft, state.bodyWidth - state.gutterWidth - layout.pinnedWidth)
    const seen = new Set<number>()
    for (let place = 0; place < layout.shown.length; place++) {
      if (place === layout.pinnedCount) place = Math.max(place, visible.first)
      if (place >= layout.pinnedCount && place >= visible.end) break
      const column = layout.columnAt(place)
      if (column === undefined) break
      seen.add(column)
      this.#paintCell(column, place, state)
    }
    for (const [column, cell] of this.#cells) {
      if (seen.has(column)) continue
      cell.dom.remove()
      this.#cells.delete(column)
    }
  }

  #paintCell(column: number, place: number, state: HeaderState): void {
    const { layout } = state
    const cell = this.#cells.get(column) ?? this.#createCell(column)
    const lane = place < layout.pinnedCount ? this.#pinned : this.#lane
    if (cell.dom.parentElement !== lane) lane.append(cell.dom)
    cell.dom.style.left = `${layout.left(place)}px`
    cell.dom.style.width = `${layout.width(column)}px`
    cell.dom.ariaColIndex = String(place + 2)
    cell.dom.classList.toggle('is-selected', state.selection.hasWholeColumn(place))
    cell.dom.classList.toggle('is-active', state.selection.head.place === place)
    const at = state.view.sort.findIndex(key => key.column === column)
    const key = state.view.sort[at]
    const isFiltered = state.view.filter.some(condition => condition.column === column)
    cell.dom.ariaSort = key === undefined ? 'none' : key.descending ? 'descending' : 'ascending'
    const marksKey = `${at}/${key?.descending}/${state.view.sort.length}/${isFiltered}`
    if (cell.marksKey === marksKey) return
    cell.marksKey = marksKey
    cell.marks.replaceChildren()
    if (isFiltered) {
      const mark = gridButton('Filtered: change the filter', () => this.#open(column, this.#actions.openFilter), {
        icon: 'filter',
        className: 'grid-filter-mark',
      })
      mark.tabIndex = -1
      cell.marks.append(mark)
    }
    if (key !== undefined) {
      cell.marks.append(icon(key.descending ? 'arrowDown' : 'arrowUp'))
      if (state.view.sort.length > 1) cell.marks.append(h('span', { class: 'grid-sort-order' }, String(at + 1)))
    }
  }

  #createCell(column: number): HeaderCell {
    const field = this.#state!.source.schema.fields[column]!
    const kind: ColumnKind = columnKind(field)
    const type = typeLabel(field)
    const name = h('span', { class: 'grid-column-name' }, field.name === '' ? ' ' : field.name)
    const marks = h('span', { class: 'grid-column-marks' })
    const menu = gridButton('Column menu', () => this.#open(column, this.#actions.openMenu), {
      icon: 'down',
      className: 'grid-column-menu',
    })
    menu.tabIndex = -1
    menu.title = 'Column menu (Alt+↓)'
    const handle = h('div', { class: 'grid-resize-handle' })
    const typeIcon = h('span', { class: 'grid-type-icon' }, icon(kind))
    const dom = h(
      'div',
      { class: `grid-column is-${kind}` },
      typeIcon,
      h('span', { class: 'grid-column-label' }, name, h('span', { class: 'grid-column-type' }, type)),
      marks,
      menu,
      handle,
    )
    dom.role = 'columnheader'
    dom.title = [`${field.name}  ${type}`, field.nullable ? '' : 'not null', this.#hint()].filter(Boolean).join('\n')
    dom.addEventListener('pointerdown', event => this.#press(event, column))
    dom.addEventListener('contextmenu', event => {
      event.preventDefault()
      event.stopPropagation()
      this.#open(column, this.#actions.openMenu)
    })
    handle.addEventListener('pointerdown', event => this.#pressHandle(event, column))
    handle.addEventListener('dblclick', () => this.#actions.autoFit(column))
    const cell: HeaderCell = { dom, marks, marksKey: '' }
    this.#cells.set(column, cell)
    return cell
  }

  #hint(): string {
    return this.#state!.canSort
      ? 'Click: sort · Shift+click: sort by several · Ctrl+click: select'
      : 'Click: select the column'
  }

  #open(column: number, open: (column: number, anchor: DOMRect) => void): void {
    const anchor = this.rectangle(column)
    if (anchor !== undefined) open(column, anchor)
  }

  #press(down: PointerEvent, column: number): void {
    if (down.button !== 0 || (down.target as Element).closest('button, .grid-resize-handle') !== null) return
    const { dom } = this.#cells.get(column)!
    let target: number | undefined
    let isDrag = false
    const press = new AbortController()
    const signal = AbortSignal.any([press.signal, this.#abort.signal])
    const end = () => {
      press.abort()
      this.#dropMark.hidden = true
      dom.classList.remove('is-dragged')
    }
    dom.setPointerCapture(down.pointerId)
    dom.addEventListener(
      'pointermove',
      move => {
        if (!isDrag && Math.abs(move.clientX - down.clientX) < dragThreshold) return
        isDrag = true
        dom.classList.add('is-dragged')
        target = this.#showDrop(move.clientX)
      },
      { signal },
    )
    dom.addEventListener(
      'pointerup',
      up => {
        end()
        if (isDrag) this.#drop(column, target)
        else this.#click(up, column)
      },
      { signal },
    )
    dom.addEventListener('pointercancel', end, { signal })
    window.addEventListener('keydown', event => event.key === 'Escape' && end(), { signal })
  }

  #click(event: MouseEvent, column: number): void {
    const place = this.#state!.layout.placeOf(column)
    if (event.ctrlKey || event.metaKey) this.#actions.select(place, 'add')
    else if (event.altKey) this.#actions.select(place, 'extend')
    else if (this.#state!.canSort) this.#actions.sort(column, event.shiftKey)
    else this.#actions.select(place, event.shiftKey ? 'extend' : 'only')
  }

  /** Marks the gap nearest to the pointer; returns the place before which the column would go. */
  #showDrop(clientX: number): number | undefined {
    const { layout } = this.#state!
    const origin = this.dom.getBoundingClientRect().left
    let best: { place: number; x: number } | undefined
    const offer = (place: number, x: number) => {
      if (best === undefined || Math.abs(x - clientX) < Math.abs(best.x - clientX)) best = { place, x }
    }
    for (const [column, cell] of this.#cells) {
      const { left, right } = cell.dom.getBoundingClientRect()
      const place = layout.placeOf(column)
      offer(place, left)
      offer(place + 1, right)
    }
    this.#dropMark.hidden = best === undefined
    if (best !== undefined) this.#dropMark.style.left = `${best.x - origin - 1}px`
    return best?.place
  }

  #drop(column: number, gap: number | undefined): void {
    if (gap === undefined) return
    const from = this.#state!.layout.placeOf(column)
    this.#actions.move(column, gap > from ? gap - 1 : gap)
  }

  #pressHandle(down: PointerEvent, column: number): void {
    if (down.button !== 0) return
    down.stopPropagation()
    down.preventDefault()
    const handle = down.currentTarget as HTMLElement
    const width = this.#state!.layout.width(column)
    const press = new AbortController()
    const signal = AbortSignal.any([press.signal, this.#abort.signal])
    handle.setPointerCapture(down.pointerId)
    handle.classList.add('is-dragged')
    const end = () => {
      press.abort()
      handle.classList.remove('is-dragged')
    }
    handle.addEventListener('pointermove', move => this.#actions.resize(column, width + move.clientX - down.clientX), {
      signal,
    })
    handle.addEventListener('pointerup', end, { signal })
    handle.addEventListener('pointercancel', end, { signal })
  }
}
