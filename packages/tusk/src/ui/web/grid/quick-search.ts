import { h } from '../dom.ts'
import { gridButton } from './grid-button.ts'

export interface QuickSearchActions {
  /** Another text to look for; empty: none. */
  search(text: string): void
  /** Back to the cells. */
  leave(): void
}

const pauseMilliseconds = 300

/** The bar above the rows in which a text is looked for in all columns of all rows; rows without it are left out. */
export class QuickSearch {
  readonly dom = h('div', { class: 'grid-search', role: 'search', hidden: true })
  readonly #input = h('input', {
    class: 'grid-input',
    label: 'Search in all columns',
    attributes: { type: 'search', placeholder: 'Search in all columns', autocomplete: 'off', spellcheck: 'false' },
  })
  readonly #actions: QuickSearchActions
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = ''

  constructor(actions: QuickSearchActions) {
    this.#actions = actions
    this.#input.addEventListener('input', () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#ask(), pauseMilliseconds)
    })
    this.#input.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        this.#ask()
        this.#actions.leave()
      } else if (event.key === 'ArrowDown') this.#actions.leave()
      else if (event.key === 'Escape') this.#close()
      else return
      event.preventDefault()
      event.stopPropagation()
    })
    this.dom.append(
      this.#input,
      gridButton('Close the search', () => this.#close(), { icon: 'close' }),
    )
  }

  open(): void {
    this.dom.hidden = false
    this.#input.focus()
    this.#input.select()
  }

  /** What the rows that are shown, or on their way, are searched for. */
  show(search: string): void {
    if (search === this.#asked) return
    this.#asked = search
    this.#input.value = search
    if (search !== '') this.dom.hidden = false
  }

  destroy(): void {
    clearTimeout(this.#timer)
  }

  #ask(): void {
    clearTimeout(this.#timer)
    const text = this.#input.value
    if (text === this.#asked) return
    this.#asked = text
    this.#actions.search(text)
  }

  #close(): void {
    this.#input.value = ''
    this.#ask()
    this.dom.hidden = true
    this.#actions.leave()
  }
}
