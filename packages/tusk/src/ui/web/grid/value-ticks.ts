import { h } from '../dom.ts'
import type { GridColumnValues, GridCondition } from './grid-source.ts'

export interface ValueTicksOptions {
  readonly column: number
  readonly current: GridCondition | undefined
  /** The commonest values whose text contains `search`, with how many rows have them. */
  readonly load: (search: string, signal: AbortSignal) => Promise<GridColumnValues>
  readonly signal: AbortSignal
  /** Something was ticked or unticked. */
  readonly onChange: () => void
  /** It takes another amount of room. */
  readonly onResize: () => void
}

export interface ValueTicks {
  readonly dom: HTMLElement
  /** The condition that the ticks are; undefined: nothing is ticked. */
  condition(): GridCondition | undefined
  /** Takes all ticks away. */
  clear(): void
}

const pauseMilliseconds = 250

/** The values of a column with how often they come, to be ticked; a search finds those that are not among the commonest. */
export function valueTicks(options: ValueTicksOptions): ValueTicks {
  const ticked = new Set<string | null>(tickedBy(options.current))
  const list = h('div', { class: 'grid-ticks', role: 'group', label: 'Values' })
  const note = h('div', { class: 'grid-note', role: 'status' })
  const search = h('input', {
    class: 'grid-input',
    label: 'Find values',
    attributes: { type: 'search', placeholder: 'Find values', autocomplete: 'off', spellcheck: 'false' },
  })
  let loading: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  options.signal.addEventListener('abort', () => {
    clearTimeout(timer)
    loading?.abort()
  })

  const draw = ({ values, isPart }: GridColumnValues): void => {
    // What is ticked stays in sight, wherever it stands among the others.
    const there = new Set(values.map(({ value }) => value))
    const kept = search.value === '' ? [...ticked].filter(value => !there.has(value)) : []
    list.replaceChildren(
      ...kept.map(value => tick(value, undefined)),
      ...values.map(({ value, count }) => tick(value, count)),
    )
    note.textContent =
      values.length === 0 && kept.length === 0
        ? 'No such value'
        : isPart
          ? `The ${values.length} commonest. Find others by their text.`
          : ''
    note.hidden = note.textContent === ''
    options.onResize()
  }

  const tick = (value: string | null, count: number | undefined): HTMLElement => {
    const box = h('input', { attributes: { type: 'checkbox' } })
    box.checked = ticked.has(value)
    box.addEventListener('change', () => {
      if (box.checked) ticked.add(value)
      else ticked.delete(value)
      options.onChange()
    })
    const text = value === null ? 'NULL' : value === '' ? '(empty)' : value
    return h(
      'label',
      { class: 'grid-tick', title: text.slice(0, 1_000) },
      box,
      h('span', { class: value === null || value === '' ? 'is-null' : '' }, text.slice(0, 200)),
      count !== undefined && h('span', { class: 'grid-note' }, count.toLocaleString('en-US')),
    )
  }

  const load = async (): Promise<void> => {
    loading?.abort()
    const controller = new AbortController()
    loading = controller
    note.hidden = false
    note.textContent = 'Counting…'
    try {
      const values = await options.load(search.value, controller.signal)
      if (!controller.signal.aborted) draw(values)
    } catch (error) {
      if (controller.signal.aborted) return
      note.textContent = error instanceof Error ? error.message : String(error)
    }
  }

  search.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), pauseMilliseconds)
  })
  void load()
  return {
    dom: h('div', { class: 'grid-value-ticks' }, search, list, note),
    condition: () => conditionOf(options.column, ticked),
    clear() {
      ticked.clear()
      for (const box of list.querySelectorAll('input')) box.checked = false
    },
  }
}

function tickedBy(current: GridCondition | undefined): readonly (string | null)[] {
  if (current === undefined) return []
  const nothing = current.orNull === true || current.operator === 'isNull' ? [null] : []
  return current.operator === 'in' || current.operator === '=' ? [...(current.values ?? []), ...nothing] : nothing
}

function conditionOf(column: number, ticked: ReadonlySet<string | null>): GridCondition | undefined {
  if (ticked.size === 0) return undefined
  const values = [...ticked].filter(value => value !== null)
  if (values.length === 0) return { column, operator: 'isNull' }
  return { column, operator: 'in', values, ...(ticked.has(null) ? { orNull: true } : {}) }
}
