import { h } from '../dom.ts'
import { gridButton } from './grid-button.ts'
import { type GridSource, isFiltered } from './grid-source.ts'
import type { SelectionSummary } from './selection-summary.ts'

/** The line below the rows: how many there are, what is selected, and what is going on. */
export class StatusLine {
  readonly dom = h('div', { class: 'grid-status' })
  readonly #rows = h('span', { class: 'grid-status-rows' })
  readonly #task = h('span', { class: 'grid-status-task' })
  readonly #selection = h('span', { class: 'grid-status-selection' })
  #selectionKey = ''

  constructor() {
    this.dom.append(this.#rows, this.#task, this.#selection)
  }

  showRows(source: GridSource): void {
    const text = rowsText(source)
    if (this.#rows.textContent !== text) this.#rows.textContent = text
  }

  /** `Copying…` and the like, with a way to stop it. */
  showTask(text: string | null, onCancel?: () => void): void {
    const isSame = this.#task.firstChild?.textContent === text
    if (isSame) return
    const label = this.#task.querySelector('.grid-task-text')
    if (text !== null && label !== null) {
      label.textContent = text
      return
    }
    this.#task.replaceChildren()
    if (text === null) return
    this.#task.append(h('span', { class: 'grid-task-text' }, text))
    if (onCancel !== undefined) this.#task.append(gridButton('Cancel', onCancel, { className: 'grid-link' }))
  }

  showSelection(
    size: { readonly rows: number; readonly columns: number; readonly cells: number },
    summary?: SelectionSummary,
  ): void {
    const key = JSON.stringify([size, summary])
    if (key === this.#selectionKey) return
    this.#selectionKey = key
    this.#selection.replaceChildren()
    if (size.cells <= 1) return
    const count = (number: number) => number.toLocaleString('en-US')
    const isBlock = size.rows * size.columns === size.cells
    this.#fact('', isBlock ? `${count(size.rows)} × ${count(size.columns)}` : `${count(size.cells)} cells`)
    if (summary === undefined) return
    this.#fact('count', count(summary.count))
    if (summary.numbers === undefined) return
    this.#fact('sum', summary.numbers.sum)
    this.#fact('avg', summary.numbers.average)
    this.#fact('min', summary.numbers.min)
    this.#fact('max', summary.numbers.max)
    if (summary.numbers.leftOut > 0) this.#fact('', `${summary.numbers.leftOut} not finite, left out`)
  }

  #fact(name: string, value: string): void {
    const fact = h('span', { class: 'grid-status-fact' })
    if (name !== '') fact.append(h('span', { class: 'grid-note' }, name), ' ')
    fact.append(value)
    this.#selection.append(fact)
  }
}

export function rowsText(source: GridSource): string {
  if (source.schema.fields.length === 0) return ''
  const count = (number: number) => number.toLocaleString('en-US')
  const noun = source.rowCount === 1 ? 'row' : 'rows'
  const text = isFiltered(source.view)
    ? `${count(source.rowCount)}${source.viewState === 'building' ? '+' : ''} of ${count(source.totalRowCount)} rows`
    : `${count(source.rowCount)} ${noun}`
  switch (source.state) {
    case 'storing':
    case 'waiting':
      return `${text} so far`
    case 'truncated':
      return `${text} (cut off at the limit)`
    case 'cancelled':
      return `${text} (cancelled)`
    case 'failed':
      return `${text} (then failed)`
    case 'complete':
      return text
  }
}
