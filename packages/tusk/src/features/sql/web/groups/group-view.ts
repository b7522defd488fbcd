import { h, replace, spinner, textButton } from '../../../../ui/web/dom.ts'
import { copyDialect } from '../../../../ui/web/grid/copy-dialect.ts'
import { createGrid, type Grid } from '../../../../ui/web/grid/grid.ts'
import { icon } from '../../../../ui/web/icons.ts'
import { createResultSource, type ResultSource } from '../../../../ui/web/result-source.ts'
import type { MountedResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import type { WireResult } from '../../../../wire.ts'
import { viewedRows } from '../chart/viewed-rows.ts'
import { openExportDialog } from '../export-dialog.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { counted } from '../format.ts'
import { createGroupForm } from './group-form.ts'
import {
  firstGrouping,
  type GroupSettings,
  groupingOf,
  groupingWords,
  keptGrouping,
  readGrouping,
} from './group-settings.ts'
import type { GroupViewerOptions } from './group-viewer.ts'
import '../chart/chart.css'
import './groups.css'

const lookName = 'groups'

/** Rows, or groups of what is before them in the chain. */
interface Level {
  readonly label: string
  readonly source: ResultSource
  /** How the rows before it became these; undefined of the rows themselves. */
  readonly made: GroupSettings | undefined
  /** Shown elsewhere too: it outlives this view. */
  kept: boolean
}

/** A form, and the groups in a grid: a result of their own, from which the next groups can be made. Follows the filter of the grid. */
export function createGroupView(
  element: HTMLElement,
  props: ResultViewerProps,
  { api, mayExport, onShow }: GroupViewerOptions,
): MountedResultViewer {
  const end = new AbortController()
  const base: Level = { label: 'Rows', source: props.source, made: undefined, kept: true }
  let chain: readonly Level[] = [base]
  /** Place in the chain of what the form groups. */
  let from = 0
  let settings = firstGrouping(props.schema)
  let grid: Grid | undefined
  let working: AbortController | undefined
  const form = createGroupForm({ onChange: change, onSubmit: () => void run() })
  const crumbs = h('nav', { class: 'group-chain', label: 'From the rows to these groups' })
  const buttons = h('div', { class: 'group-actions' })
  const message = h('div', { class: 'chart-message', role: 'status' })
  const box = h('div', { class: 'group-grid' })
  const view = h(
    'div',
    { class: 'chart-view group-view' },
    form.dom,
    h('div', { class: 'chart-main' }, h('div', { class: 'group-head' }, crumbs, buttons), message, box),
  )
  element.append(view)
  void start()
  return {
    focus: () => (grid === undefined ? form.focus() : grid.focus()),
    destroy() {
      end.abort()
      working?.abort()
      grid?.destroy()
      for (const level of chain.slice(1)) letGo(level)
      element.replaceChildren()
    },
  }

  async function start(): Promise<void> {
    const kept = props.memory.get(lookName) ?? (await props.looks?.read(lookName))
    if (end.signal.aborted) return
    settings = readGrouping(kept, props.schema) ?? settings
    draw()
  }

  function change(next: (now: GroupSettings) => GroupSettings, asWritten = false): void {
    settings = next(settings)
    if (!asWritten) form.show(settings, chain[from]!.source.schema)
  }

  function draw(): void {
    form.show(settings, chain[from]!.source.schema)
    const shown = chain.at(-1)!
    replace(
      crumbs,
      ...chain.flatMap((level, index) => [
        index > 0 && icon('right'),
        h(
          'button',
          {
            class: 'group-crumb',
            title: index === chain.length - 1 ? level.label : `Back to ${level.label}`,
            attributes: { type: 'button', ...(index === chain.length - 1 ? { 'aria-current': 'true' } : {}) },
            on: { click: () => goBack(index) },
          },
          level.label,
        ),
      ]),
    )
    replace(
      buttons,
      shown !== base &&
        from < chain.length - 1 &&
        textButton('Group these', groupThese, { icon: 'layers', title: 'Make groups of these groups' }),
      shown !== base &&
        textButton('Open in a tab', () => void open(shown), { title: 'Keep these groups and show them by themselves' }),
      shown !== base && mayExport && textButton('Export', () => exportLevel(shown), { icon: 'download' }),
    )
    grid?.destroy()
    grid = undefined
    replace(box)
    box.hidden = shown === base
    if (shown === base) {
      replace(
        message,
        'Say what to group by and press Group. The answer is a result of its own: sort it, filter it, save it, group it again.',
      )
      return
    }
    replace(message)
    grid = createGrid(box, {
      source: shown.source,
      label: shown.label,
      dialect: copyDialect('duckdb'),
      ...(mayExport ? { onExport: () => exportLevel(shown) } : {}),
    })
  }

  function goBack(index: number): void {
    if (index === chain.length - 1) return
    working?.abort()
    const level = chain[index]!
    for (const gone of chain.slice(index + 1)) letGo(gone)
    chain = chain.slice(0, index + 1)
    from = Math.max(0, index - 1)
    if (level.made !== undefined) settings = level.made
    draw()
    ;(crumbs.lastElementChild as HTMLElement | null)?.focus()
  }

  function groupThese(): void {
    from = chain.length - 1
    settings = firstGrouping(chain[from]!.source.schema)
    draw()
    form.focus()
  }

  /** Never rejects: what goes wrong is said over the grid. */
  async function run(): Promise<void> {
    working?.abort()
    const current = new AbortController()
    working = current
    const wanted = settings
    const { source } = chain[from]!
    if (wanted.by.length + wanted.values.length === 0) {
      replace(message, 'Choose a column to group by, or something to tell of the rows.')
      return
    }
    view.ariaBusy = 'true'
    const stop = textButton('Cancel', () => current.abort(), { icon: 'stop' })
    replace(message, spinner(), source.state === 'storing' ? 'Waiting for the last rows …' : 'Grouping …', stop)
    current.signal.addEventListener('abort', () => {
      if (working === current) replace(message, 'Cancelled.')
      view.ariaBusy = 'false'
    })
    try {
      const grouping = groupingOf(wanted, viewedRows(source.view))
      const made = await api.groupResult(source.resultId, grouping, current.signal)
      if (current.signal.aborted || end.signal.aborted) {
        await api.removeResult(made.id)
        return
      }
      for (const gone of chain.slice(from + 1)) letGo(gone)
      const words = groupingWords(wanted, source.schema)
      chain = [
        ...chain.slice(0, from + 1),
        { label: words, source: createResultSource(made.id, made), made: wanted, kept: false },
      ]
      if (from === 0) {
        const kept = keptGrouping(wanted, source.schema)
        props.memory.set(lookName, kept)
        props.looks?.keep(lookName, kept)
      }
      draw()
      const filtered = grouping.rows === undefined ? '' : ' that pass the filter'
      replace(
        message,
        `${counted(made.rowCount, 'group')} of ${from === 0 ? 'the rows' : 'the groups before'}${filtered}.`,
      )
    } catch (error) {
      if (current.signal.aborted) return
      replace(message, failureBox(failureOf(error).error))
    } finally {
      if (working === current) view.ariaBusy = 'false'
    }
  }

  async function open(level: Level): Promise<void> {
    try {
      const result: WireResult = await api.result(level.source.resultId)
      level.kept = true
      onShow(result, level.label.slice(0, 60))
    } catch (error) {
      replace(message, failureBox(failureOf(error).error))
    }
  }

  function exportLevel(level: Level): void {
    const { source } = level
    // The file may still be written when somebody goes back in the chain.
    level.kept = true
    openExportDialog({
      api,
      resultId: source.resultId,
      rowCount: source.totalRowCount,
      columns: source.schema.fields.map(({ name }) => name),
      view: source.viewId === undefined ? undefined : { id: source.viewId, rowCount: source.rowCount },
    })
  }

  /** Groups that nobody else looks at are removed; where that fails they go with the quota. */
  function letGo(level: Level): void {
    level.source.destroy()
    if (!level.kept) void api.removeResult(level.source.resultId).catch(() => undefined)
  }
}
