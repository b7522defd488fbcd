import { type Child, h, replace, textButton } from '../../../../ui/web/dom.ts'
import { columnKind, typeLabel } from '../../../../ui/web/grid/column-kind.ts'
import type { GridColumnSummary, GridCondition } from '../../../../ui/web/grid/grid-source.ts'
import { operatorsFor } from '../../../../ui/web/grid/view-state.ts'
import type { DataField } from '../../../../wire.ts'
import { exactCount } from '../format.ts'

const mostTop = 5

export interface ColumnProfile {
  readonly dom: HTMLElement
  waiting(): void
  show(summary: GridColumnSummary): void
  fail(message: string): void
}

export interface ColumnProfileOptions {
  readonly column: number
  readonly field: DataField
  /** Leaves only such rows. Absent: the rows cannot be filtered. */
  readonly onFilter?: ((condition: GridCondition) => void) | undefined
  readonly onRetry: () => void
}

/** One column: its type, how much of it is NULL, how many values it has, where they lie, and the commonest. */
export function columnProfile({ column, field, onFilter, onRetry }: ColumnProfileOptions): ColumnProfile {
  const name = field.name === '' ? `column ${column + 1}` : field.name
  const facts = h('div', { class: 'profile-facts' })
  const shape = h('div', { class: 'profile-shape' })
  const top = h('div', { class: 'profile-top' })
  const dom = h(
    'section',
    { class: 'profile-column', label: name, attributes: { 'data-column': String(column), 'aria-busy': 'true' } },
    h('header', {}, h('h3', { title: name }, name), h('span', { class: 'profile-type' }, typeLabel(field))),
    facts,
    shape,
    top,
  )
  const can = (operator: GridCondition['operator']): boolean =>
    onFilter !== undefined && operatorsFor(field).includes(operator)
  /** `words` is its tooltip, and its name where nothing is written on it. */
  const filterButton = (
    words: string,
    condition: GridCondition,
    className: string,
    ...children: readonly Child[]
  ): HTMLElement => {
    const able = can(condition.operator)
    const made = h(
      'button',
      {
        class: className,
        title: able ? `${words}. Click to leave only these rows.` : words,
        ...(children.length === 0 ? { label: words } : {}),
        attributes: { type: 'button' },
      },
      ...children,
    )
    if (able) made.addEventListener('click', () => onFilter?.(condition))
    else made.setAttribute('aria-disabled', 'true')
    return made
  }

  const drawFacts = (summary: GridColumnSummary): void => {
    const { rowCount, nullCount, distinctEstimate, min, max, mean, standardDeviation, quantiles } = summary
    const share = rowCount === 0 ? 0 : (100 * nullCount) / rowCount
    const fact = (label: string, value: string | null | undefined, title?: string): Child =>
      value !== null &&
      value !== undefined &&
      h('div', { ...(title === undefined ? {} : { title }) }, h('dt', {}, label), h('dd', { title: value }, value))
    replace(
      facts,
      h(
        'dl',
        {},
        fact(
          'NULL',
          nullCount === 0 ? 'none' : `${share.toFixed(share < 1 ? 2 : 1)} %`,
          `${exactCount(nullCount)} of ${exactCount(rowCount)} rows`,
        ),
        fact('Distinct', `≈ ${exactCount(distinctEstimate)}`),
        fact('Min', min),
        fact('Max', max),
        fact('Mean', mean),
        fact('Median', quantiles?.p50),
        fact('5 – 95 %', quantiles && `${quantiles.p5} – ${quantiles.p95}`),
        fact('Deviation', standardDeviation),
      ),
    )
  }

  const drawShape = ({ histogram = [] }: GridColumnSummary): void => {
    const largest = Math.max(...histogram.map(({ count }) => count), 1)
    const bars = histogram.map(({ from, to, count }, index) => {
      const bar = filterButton(
        `${from} to ${to}: ${exactCount(count)} rows`,
        { column, operator: 'between', values: [from, to] },
        'profile-bar',
      )
      bar.style.setProperty('--share', `${count === 0 ? 0 : Math.max(3, (100 * count) / largest)}%`)
      // One stop for Tab; arrows go on from there.
      bar.tabIndex = index === 0 ? 0 : -1
      return bar
    })
    const [first, last] = [histogram[0], histogram.at(-1)]
    replace(
      shape,
      first !== undefined &&
        h('div', { class: 'profile-bars', role: 'group', label: `Distribution of ${name}` }, ...bars),
      first !== undefined &&
        last !== undefined &&
        h('div', { class: 'profile-scale' }, h('span', {}, first.from), h('span', {}, last.to)),
    )
  }

  const drawTop = ({ top: values, rowCount }: GridColumnSummary): void => {
    if (columnKind(field) === 'geometry') return
    replace(
      top,
      ...values.slice(0, mostTop).map(({ value, count }) => {
        const text = value === null ? 'NULL' : value === '' ? '(empty)' : value
        const share = rowCount === 0 ? 0 : (100 * count) / rowCount
        const made = filterButton(
          `${text.slice(0, 200)}: ${exactCount(count)} rows, ${share.toFixed(1)} %`,
          value === null ? { column, operator: 'isNull' } : { column, operator: '=', values: [value] },
          'profile-value',
          h('span', { class: value === null || value === '' ? 'profile-nothing' : '' }, text.slice(0, 100)),
          h('span', {}, exactCount(count)),
        )
        made.style.setProperty('--share', `${share}%`)
        return made
      }),
    )
  }

  return {
    dom,
    waiting() {
      dom.ariaBusy = 'true'
    },
    show(summary) {
      dom.ariaBusy = 'false'
      drawFacts(summary)
      drawShape(summary)
      drawTop(summary)
    },
    fail(message) {
      dom.ariaBusy = 'false'
      replace(shape)
      replace(top)
      replace(facts, h('p', { role: 'alert' }, message), textButton('Try again', onRetry))
    },
  }
}
