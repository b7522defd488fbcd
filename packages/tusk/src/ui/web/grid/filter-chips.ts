import { h } from '../dom.ts'
import { gridButton } from './grid-button.ts'
import type { GridCondition, GridSource } from './grid-source.ts'
import { describeCondition } from './view-state.ts'

export interface FilterChipActions {
  edit(condition: GridCondition, anchor: DOMRect): void
  remove(condition: GridCondition): void
  clear(): void
}

/** The bar above the grid that says which filters hold; not there when none does. */
export class FilterChips {
  readonly dom = h('div', { class: 'grid-chips' })
  readonly #actions: FilterChipActions
  #shown = ''

  constructor(actions: FilterChipActions) {
    this.#actions = actions
    this.dom.role = 'group'
    this.dom.ariaLabel = 'Filters'
    this.dom.hidden = true
  }

  show(filter: readonly GridCondition[], source: GridSource): void {
    const key = JSON.stringify(filter)
    if (key === this.#shown) return
    this.#shown = key
    this.dom.hidden = filter.length === 0
    this.dom.replaceChildren(...filter.map(condition => this.#chip(condition, source)))
    if (filter.length === 0) return
    this.dom.append(gridButton('Clear all', () => this.#actions.clear(), { className: 'grid-link' }))
  }

  #chip(condition: GridCondition, source: GridSource): HTMLElement {
    const { sign, value } = describeCondition(condition)
    const name = source.schema.fields[condition.column]?.name ?? ''
    const edit = gridButton('', () => this.#actions.edit(condition, chip.getBoundingClientRect()), {
      className: 'grid-chip-text',
    })
    edit.append(h('b', {}, name), ` ${sign}`)
    if (value !== '') edit.append(' ', h('span', { class: 'grid-chip-value' }, value))
    edit.title = 'Change this filter'
    const remove = gridButton(`Remove the filter on ${name}`, () => this.#actions.remove(condition), {
      icon: 'close',
      className: 'grid-chip-remove',
    })
    const chip = h('span', { class: 'grid-chip' }, edit, remove)
    return chip
  }
}
