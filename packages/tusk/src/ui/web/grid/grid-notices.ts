import { h } from '../dom.ts'
import { gridButton } from './grid-button.ts'
import { type GridSource, type GridView, isFiltered } from './grid-source.ts'

export interface NoticeActions {
  clearFilters(): void
  /** Gives up the view that is on its way, or the one that is still being built. */
  cancelView(): void
}

/** What the grid says beside its cells: nothing to show, a view on its way, a failure, and words for assistive technology. */
export class GridNotices {
  /** In place of rows. */
  readonly message = h('div', { class: 'grid-message' })
  /** Over the rows, which are of the view before. */
  readonly pending = h('div', { class: 'grid-pending' })
  readonly live = h('div', { class: 'grid-live' })
  readonly #above: HTMLElement
  readonly #actions: NoticeActions
  #failure: HTMLElement | undefined

  /** Failures stand below `above`. */
  constructor(above: HTMLElement, actions: NoticeActions) {
    this.#above = above
    this.#actions = actions
    this.message.hidden = true
    this.pending.hidden = true
    this.pending.role = 'status'
    this.live.role = 'status'
    this.live.ariaLive = 'polite'
  }

  announce(text: string): void {
    this.live.textContent = text
  }

  /** Null takes the failure away. */
  showFailure(error: unknown, retry?: () => void): void {
    this.#failure?.remove()
    this.#failure = undefined
    if (error === null) return
    const text = error instanceof Error ? error.message : String(error)
    const bar = h('div', { class: 'grid-failure' }, h('span', {}, text))
    bar.role = 'alert'
    if (retry !== undefined) bar.append(gridButton('Try again', retry, { className: 'grid-link' }))
    bar.append(gridButton('Dismiss', () => bar.remove(), { icon: 'close' }))
    this.#above.after(bar)
    this.#failure = bar
  }

  /** `asked`: the view that is on its way. */
  showPending(source: GridSource, asked: GridView | undefined): void {
    const text = pendingText(source, asked)
    if (this.pending.dataset.text === text) return
    this.pending.dataset.text = text
    this.pending.hidden = text === ''
    this.pending.replaceChildren()
    if (text === '') return
    this.pending.append(h('span', { class: 'grid-spinner' }), h('span', {}, text))
    this.pending.append(gridButton('Cancel', () => this.#actions.cancelView(), { className: 'grid-link' }))
  }

  /** What there is to say where no row is. */
  showMessage(source: GridSource): void {
    const isEmpty = source.rowCount === 0
    const isLoading = source.state === 'waiting' || source.state === 'storing'
    const key = isEmpty
      ? `${source.state}/${source.schema.fields.length}/${isFiltered(source.view)}/${source.info}`
      : ''
    this.message.hidden = !isEmpty
    if (this.message.dataset.key === key) return
    this.message.dataset.key = key
    this.message.replaceChildren()
    if (!isEmpty) return
    if (isLoading) {
      this.message.append(h('span', { class: 'grid-spinner' }), h('span', {}, 'Waiting for the first rows…'))
    } else if (isFiltered(source.view)) {
      this.message.append(
        h('strong', {}, 'No row passes the filter'),
        gridButton('Clear filters', () => this.#actions.clearFilters()),
      )
    } else {
      const title = source.schema.fields.length === 0 ? 'No rows to show' : 'No rows'
      this.message.append(h('strong', {}, title))
      if (source.info !== undefined && source.info !== '')
        this.message.append(h('span', { class: 'grid-note' }, source.info))
    }
  }
}

function pendingText(source: GridSource, asked: GridView | undefined): string {
  if (asked !== undefined) {
    const isSort =
      JSON.stringify([asked.filter, asked.search]) === JSON.stringify([source.view.filter, source.view.search])
    return `${isSort ? 'Sorting' : 'Filtering'}…${source.state === 'storing' ? ' (when all rows have come)' : ''}`
  }
  if (source.viewState !== 'building') return ''
  return `${isFiltered(source.view) ? 'Filtering' : 'Ordering'} the rest of the rows…`
}
