import { api } from './api.ts'
import { type ChartRows, rowsOfObjects, rowsOfResult } from './chart/chart-rows.ts'
import { drawChart } from './chart/draw-chart.ts'
import { h } from './dom.ts'
import type { Island } from './island.ts'

export interface ChartProps {
  readonly kind: string
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly x: string
  readonly y: string | readonly string[]
  readonly url: string
  readonly resultId: string
  readonly title: string
  readonly stacked: boolean
}

const mostTableRows = 200

/** The macro `chart`: a picture, and the same as a table for who does not see it. */
export const mount: Island<ChartProps> = (element, props) => {
  const controller = new AbortController()
  const { signal } = controller
  void show()
  return {
    destroy() {
      controller.abort()
      element.replaceChildren()
    },
  }

  async function show(): Promise<void> {
    try {
      const rows = await load()
      if (!signal.aborted) draw(rows)
    } catch (error) {
      if (!signal.aborted)
        element.replaceChildren(
          h('p', { class: 'text-danger', role: 'alert' }, error instanceof Error ? error.message : String(error)),
        )
    }
  }

  async function load(): Promise<ChartRows> {
    if (props.resultId !== '') return rowsOfResult(props.resultId, signal)
    if (props.url !== '') return rowsOfObjects(await api.get<ChartProps['data']>(props.url, { signal }))
    return rowsOfObjects(props.data)
  }

  function draw(rows: ChartRows): void {
    const { columns } = rows
    const x = props.x || (columns[0] ?? '')
    const numbers = columns.filter(
      (name, column) => name !== x && rows.rows.some(row => typeof row[column] === 'number'),
    )
    const given = [props.y].flat().filter(name => name !== '')
    const y = given.length > 0 ? given : numbers
    const name = props.title || `${y.join(', ')} by ${x}`
    const area = h('div', { class: 'chart-area', role: 'img', label: `${props.kind} chart: ${name}` })
    const note =
      rows.total > rows.rows.length
        ? `The first ${count(rows.rows.length)} of ${count(rows.total)} rows are drawn.`
        : ''
    element.replaceChildren(
      ...(props.title === '' ? [] : [h('figcaption', { class: 'chart-title' }, props.title)]),
      area,
      ...(note === '' ? [] : [h('p', { class: 'chart-note' }, note)]),
      asTable(rows, name),
    )
    signal.addEventListener('abort', drawChart(area, rows, { kind: props.kind, x, y, stacked: props.stacked }))
  }
}

function asTable({ columns, rows, total }: ChartRows, name: string): HTMLElement {
  const shown = rows.slice(0, mostTableRows)
  return h(
    'details',
    { class: 'chart-note' },
    h('summary', {}, shown.length < total ? `As a table (first ${count(shown.length)} rows)` : 'As a table'),
    h(
      'table',
      { class: 'table' },
      h('caption', { class: 'sr-only' }, name),
      h('thead', {}, h('tr', {}, ...columns.map(column => h('th', { attributes: { scope: 'col' } }, column)))),
      h(
        'tbody',
        {},
        ...shown.map(row => h('tr', {}, ...row.map(cell => h('td', {}, cell === null ? '' : String(cell))))),
      ),
    ),
  )
}

function count(number: number): string {
  return number.toLocaleString('en')
}
