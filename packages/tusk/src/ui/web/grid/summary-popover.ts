import type { DataField } from '../../../wire.ts'
import { h } from '../dom.ts'
import { typeLabel } from './column-kind.ts'
import { gridButton } from './grid-button.ts'
import type { GridColumnSummary } from './grid-source.ts'
import { openPopover, type PopoverAnchor } from './popover.ts'

/** Facts of one column: NULLs, distinct values, extremes, distribution, commonest values. */
export function openSummaryPopover(
  owner: HTMLElement,
  anchor: PopoverAnchor,
  field: DataField,
  load: (signal: AbortSignal) => Promise<GridColumnSummary>,
): void {
  const popover = openPopover(owner, anchor, { label: `Summary of ${field.name}`, className: 'grid-summary' })
  const title = h(
    'div',
    { class: 'grid-popover-title' },
    field.name,
    ' ',
    h('span', { class: 'grid-note' }, typeLabel(field)),
  )
  const body = h('div', { class: 'grid-summary-body' })
  popover.dom.append(title, body)
  const show = () => {
    body.replaceChildren(h('div', { class: 'grid-note' }, 'Counting…'))
    popover.place()
    load(popover.signal).then(
      summary => {
        if (popover.signal.aborted) return
        body.replaceChildren(...facts(summary))
        popover.place()
      },
      error => {
        if (popover.signal.aborted) return
        const message = error instanceof Error ? error.message : String(error)
        body.replaceChildren(h('div', { class: 'grid-error' }, message), gridButton('Try again', show))
        popover.place()
      },
    )
  }
  show()
}

function facts(summary: GridColumnSummary): HTMLElement[] {
  const list = h('dl', { class: 'grid-facts' })
  const fact = (name: string, value: string | undefined | null, note = '') => {
    if (value === undefined || value === null) return
    const shown = h('dd', {}, value)
    if (note !== '') shown.append(' ', h('span', { class: 'grid-note' }, note))
    list.append(h('dt', {}, name), shown)
  }
  const share = (count: number) =>
    summary.rowCount === 0 ? '' : `${((100 * count) / summary.rowCount).toFixed(count === 0 ? 0 : 1)} %`
  fact('Rows', summary.rowCount.toLocaleString('en-US'))
  fact('NULL', summary.nullCount.toLocaleString('en-US'), share(summary.nullCount))
  fact('Distinct', `≈ ${summary.distinctEstimate.toLocaleString('en-US')}`)
  fact('Min', summary.min)
  fact('Median', summary.quantiles?.p50)
  fact('Mean', summary.mean)
  fact('Max', summary.max)
  fact('Deviation', summary.standardDeviation)
  const parts: HTMLElement[] = [list]
  if (summary.histogram !== undefined && summary.histogram.length > 0) parts.push(histogram(summary.histogram))
  if (summary.top.length > 0) parts.push(topValues(summary))
  return parts
}

function histogram(buckets: NonNullable<GridColumnSummary['histogram']>): HTMLElement {
  const largest = Math.max(...buckets.map(bucket => bucket.count), 1)
  const chart = h('div', { class: 'grid-histogram' })
  chart.role = 'img'
  chart.ariaLabel = `Distribution in ${buckets.length} buckets from ${buckets[0]!.from} to ${buckets.at(-1)!.to}`
  for (const bucket of buckets) {
    const bar = h('span', { class: 'grid-bar' })
    bar.style.height = bucket.count === 0 ? '1px' : `${Math.max(4, (100 * bucket.count) / largest)}%`
    bar.title = `${bucket.from} to ${bucket.to}: ${bucket.count.toLocaleString('en-US')}`
    chart.append(bar)
  }
  const scale = h(
    'div',
    { class: 'grid-histogram-scale' },
    h('span', {}, buckets[0]!.from),
    h('span', {}, buckets.at(-1)!.to),
  )
  return h('div', {}, chart, scale)
}

function topValues(summary: GridColumnSummary): HTMLElement {
  const list = h('div', { class: 'grid-top-list' }, h('div', { class: 'grid-note' }, 'Commonest values'))
  const largest = Math.max(...summary.top.map(entry => entry.count), 1)
  for (const entry of summary.top.slice(0, 10)) {
    const label = entry.value === null ? 'NULL' : entry.value === '' ? '(empty)' : entry.value
    const row = h(
      'div',
      { class: 'grid-top-row' },
      h('span', { class: entry.value === null ? 'grid-top-label is-null' : 'grid-top-label' }, label),
      h('span', { class: 'grid-top-count' }, entry.count.toLocaleString('en-US')),
    )
    row.style.setProperty('--grid-share', `${(100 * entry.count) / largest}%`)
    row.title = label
    list.append(row)
  }
  return list
}
