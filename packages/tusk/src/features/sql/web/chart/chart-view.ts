import type { drawResultChart, ResultChart } from '../../../../ui/web/chart/draw-result-chart.ts'
import { h, replace, spinner, textButton } from '../../../../ui/web/dom.ts'
import type { MountedResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { tellFailure } from '../tell.ts'
import './chart.css'
import { type ChartData, loadChart } from './chart-data.ts'
import { createChartForm } from './chart-form.ts'
import { type ChartSettings, firstGuess, keptSettings, readSettings } from './chart-settings.ts'
import type { ChartApi } from './chart-viewer.ts'
import { moment } from './scale-steps.ts'
import { viewedRows } from './viewed-rows.ts'

const lookName = 'chart'

/** A form, a picture, what stands behind it in words, and the same as a table. Follows the filter of the grid. */
export function createChartView(
  element: HTMLElement,
  props: ResultViewerProps,
  api: ChartApi,
  draw: typeof drawResultChart,
): MountedResultViewer {
  const { source, memory } = props
  const end = new AbortController()
  const form = createChartForm(change)
  const area = h('div', { class: 'chart-picture', role: 'img' })
  const message = h('div', { class: 'chart-message', role: 'status' })
  const notes = h('p', { class: 'chart-notes', role: 'status' })
  const table = h('details', { class: 'chart-table' })
  const png = textButton('PNG', () => void save('png'), {
    icon: 'download',
    title: 'Save the picture as PNG',
    disabled: true,
  })
  const svg = textButton('SVG', () => void save('svg'), {
    icon: 'download',
    title: 'Save the picture as SVG',
    disabled: true,
  })
  const stop = textButton('Cancel', () => cancel(), { icon: 'stop', hidden: true })
  const view = h(
    'div',
    { class: 'chart-view' },
    form.dom,
    h('div', { class: 'chart-main' }, area, message, h('div', { class: 'chart-foot' }, notes, stop, png, svg), table),
  )
  element.append(view)
  let settings = readSettings(memory.get(lookName), source.schema)
  let picture: ResultChart | undefined
  let loading: AbortController | undefined
  let drawnState = source.state
  const stopSource = source.onChange(change => {
    const ended = drawnState !== source.state
    drawnState = source.state
    if (change === 'reset' || ended) void load()
  })
  void start()
  return {
    focus: () => form.focus(),
    destroy() {
      end.abort()
      loading?.abort()
      stopSource()
      picture?.destroy()
      element.replaceChildren()
    },
  }

  async function start(): Promise<void> {
    if (settings === undefined) settings = readSettings(await props.looks?.read(lookName), source.schema)
    if (end.signal.aborted) return
    settings ??= firstGuess(source.schema)
    form.show(settings, source.schema)
    await load()
  }

  function change(part: Partial<ChartSettings>): void {
    if (settings === undefined) return
    settings = { ...settings, ...part }
    const kept = keptSettings(settings, source.schema)
    memory.set(lookName, kept)
    props.looks?.keep(lookName, kept)
    form.show(settings, source.schema)
    void load()
  }

  function cancel(): void {
    loading?.abort()
    loading = undefined
    idle()
    replace(
      message,
      'Cancelled.',
      textButton('Draw it', () => void load()),
    )
  }

  function idle(): void {
    stop.hidden = true
    view.ariaBusy = 'false'
  }

  /** Never rejects: what goes wrong stands where the picture would. */
  async function load(): Promise<void> {
    const wanted = settings
    if (wanted === undefined) return
    loading?.abort()
    const current = new AbortController()
    loading = current
    view.ariaBusy = 'true'
    stop.hidden = false
    replace(message, spinner(), source.state === 'storing' ? 'Waiting for the last rows …' : 'Counting …')
    const rows = viewedRows(source.view)
    try {
      const data = await loadChart(
        {
          schema: source.schema,
          rows,
          totalRowCount: source.totalRowCount,
          points: request => api.resultPoints(props.resultId, request, current.signal),
        },
        wanted,
      )
      if (!current.signal.aborted) show(data, wanted)
    } catch (error) {
      if (current.signal.aborted) return
      area.hidden = true
      enable(false)
      replace(notes)
      table.hidden = true
      const failure = failureOf(error)
      // What is still to be chosen is no failure.
      replace(
        message,
        failure.status === -1
          ? failure.message
          : failureBox(
              failure.error,
              textButton('Try again', () => void load()),
            ),
      )
      idle()
    }
  }

  function show(data: ChartData, { stacked }: ChartSettings): void {
    idle()
    const empty = data.rows.length === 0
    area.hidden = empty
    replace(message, empty && 'No rows to draw. Is the filter of the grid too narrow?')
    replace(notes, data.notes.join(' '))
    enable(!empty)
    area.ariaLabel = `${data.kind} chart: ${data.yName}${data.xName === '' ? '' : ` by ${data.xName}`}. The same as a table follows.`
    table.hidden = empty
    replace(table, h('summary', {}, 'As a table'), asTable(data))
    if (empty) return
    picture ??= draw(area, moment)
    picture.show(data, stacked)
  }

  function enable(able: boolean): void {
    for (const button of [png, svg]) button.toggleAttribute('disabled', !able)
  }

  async function save(format: 'png' | 'svg'): Promise<void> {
    if (picture === undefined) return
    try {
      const address = URL.createObjectURL(format === 'png' ? await picture.png() : picture.svg())
      const link = h('a', { attributes: { href: address, download: `chart.${format}` } })
      link.click()
      setTimeout(() => URL.revokeObjectURL(address), 60_000)
    } catch (error) {
      tellFailure(failureOf(error), 'The picture could not be saved')
    }
  }
}

const mostTableRows = 500

function asTable({ columns, rows }: ChartData): HTMLElement {
  const cell = (text: string | null): HTMLElement => h('td', {}, text ?? 'NULL')
  return h(
    'div',
    { class: 'chart-table-box', tabIndex: 0, role: 'region', label: 'The chart as a table' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...columns.map(name => h('th', { attributes: { scope: 'col' } }, name)))),
      h('tbody', {}, ...rows.slice(0, mostTableRows).map(row => h('tr', {}, ...row.map(cell)))),
    ),
    rows.length > mostTableRows &&
      h('p', { class: 'studio-muted' }, `The first ${mostTableRows} of ${rows.length} points.`),
  )
}
