import { h, replace, textButton } from '../../../../ui/web/dom.ts'
import { type GridCondition, isFiltered } from '../../../../ui/web/grid/grid-source.ts'
import { describeCondition, setCondition } from '../../../../ui/web/grid/view-state.ts'
import type { MountedResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import { counted, exactCount } from '../format.ts'
import { type ColumnProfile, columnProfile } from './column-profile.ts'
import { LazyWork } from './lazy-work.ts'
import './profile.css'

/** A column is asked for when it is this near to what is seen. */
const margin = '200px'

/**
 * The columns of a result one below the other, each with what is in it, over the rows that the grid shows. Only what is on the screen is counted,
 * and what scrolls away before it was is given up.
 */
export function createProfileView(element: HTMLElement, { source, schema }: ResultViewerProps): MountedResultViewer {
  const bar = h('div', { class: 'profile-bar-top', role: 'status' })
  const list = h('div', { class: 'profile-list', label: 'Columns', role: 'group' })
  const failed = h('p', { class: 'profile-failed', role: 'alert', hidden: true })
  const search = h('input', {
    class: 'studio-search',
    label: 'Find columns',
    attributes: { type: 'search', placeholder: 'Find columns', autocomplete: 'off', spellcheck: 'false' },
  })
  let filtering: AbortController | undefined

  const filter = (conditions: readonly GridCondition[], search?: string): void => {
    filtering?.abort()
    const controller = new AbortController()
    filtering = controller
    failed.hidden = true
    const { sort } = source.view
    const view = { sort, filter: conditions, ...(search === undefined ? {} : { search }) }
    source.setView?.(view, controller.signal).catch((error: unknown) => {
      if (controller.signal.aborted) return
      failed.textContent = error instanceof Error ? error.message : String(error)
      failed.hidden = false
    })
  }
  const profiles: readonly ColumnProfile[] = schema.fields.map((field, column) =>
    columnProfile({
      column,
      field,
      onRetry: () => work.renew(column),
      onFilter: condition => filter(setCondition(source.view.filter, column, condition), source.view.search),
    }),
  )
  const work = new LazyWork<number>(async (column, signal) => {
    const profile = profiles[column]!
    profile.waiting()
    try {
      const summary = await source.summary?.(column, signal)
      if (summary !== undefined) profile.show(summary)
    } catch (error) {
      if (signal.aborted) throw error
      profile.fail(error instanceof Error ? error.message : String(error))
    }
  })
  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        const column = Number((target as HTMLElement).dataset.column)
        if (isIntersecting) work.want(column)
        else work.unwant(column)
      }
    },
    { root: list, rootMargin: margin },
  )
  const drawBar = (): void => {
    const { view, rowCount, totalRowCount } = source
    const filtered = isFiltered(view)
    const words = view.filter.map(condition => {
      const { sign, value } = describeCondition(condition)
      return `${schema.fields[condition.column]?.name ?? ''} ${sign} ${value}`.trim()
    })
    if (view.search !== undefined && view.search !== '') words.push(`“${view.search}”`)
    replace(
      bar,
      h(
        'span',
        {},
        filtered
          ? `${exactCount(rowCount)} of ${counted(totalRowCount, 'row')}: ${words.join(', ')}`
          : `${counted(totalRowCount, 'row')}, ${counted(schema.fields.length, 'column')}`,
      ),
      filtered && textButton('All rows', () => filter([])),
    )
  }
  const stop = source.onChange(change => {
    drawBar()
    if (change === 'reset') work.renewAll()
  })
  search.addEventListener('input', () => {
    const wanted = search.value.trim().toLowerCase()
    list.scrollTop = 0
    for (const [column, { dom }] of profiles.entries())
      dom.hidden = !(schema.fields[column]?.name ?? '').toLowerCase().includes(wanted)
  })
  // Along the bars of a distribution.
  list.addEventListener('keydown', event => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const from = event.target
    if (step === 0 || !(from instanceof HTMLElement) || !from.classList.contains('profile-bar')) return
    const to = step === 1 ? from.nextElementSibling : from.previousElementSibling
    if (to instanceof HTMLElement) to.focus()
    event.preventDefault()
  })
  list.append(...profiles.map(({ dom }) => dom))
  element.append(h('div', { class: 'profile' }, h('div', { class: 'profile-head' }, search, bar), failed, list))
  for (const { dom } of profiles) observer.observe(dom)
  drawBar()
  return {
    focus: () => search.focus(),
    destroy() {
      filtering?.abort()
      observer.disconnect()
      work.destroy()
      stop()
      element.replaceChildren()
    },
  }
}
