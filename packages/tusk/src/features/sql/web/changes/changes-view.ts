import { type DiffChange, readDiffColumns } from '../../../../dialect/diff-columns.ts'
import { type Child, h, replace, spinner, textButton } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import type { MountedResultViewer, ResultViewerProps } from '../../../../ui/web/result-viewers.ts'
import { failureBox } from '../failure-box.ts'
import { failureOf } from '../failure-of.ts'
import { exactCount } from '../format.ts'
import {
  type ChangeCell,
  type ChangeRow,
  changeColumn,
  changeColumns,
  changeRows,
  type ShownValue,
} from './change-rows.ts'
import './changes.css'

const pageRows = 200
/** Compared columns that are shown; the grid has all. */
const mostColumns = 60
const maxCellBytes = 512

const looks: Readonly<Record<DiffChange, readonly [label: string, sign: string]>> = {
  added: ['Added', '+'],
  removed: ['Removed', '−'],
  changed: ['Changed', '~'],
}

/** Pages of what differs: the key, then each compared value, old → new where it changed. */
export function createChangesView(element: HTMLElement, props: ResultViewerProps): MountedResultViewer {
  const { source } = props
  const layout = readDiffColumns(source.schema.fields.map(({ name }) => name))
  if (layout === undefined) throw new Error('These rows are no diff.')
  const end = new AbortController()
  const kinds = h('div', { class: 'changes-kinds', role: 'group', label: 'Which rows' })
  const pages = h('div', { class: 'changes-pages' })
  const message = h('div', { class: 'changes-message', role: 'status' })
  const table = h('div', { class: 'changes-table', tabIndex: 0, role: 'region', label: 'What differs' })
  element.append(h('div', { class: 'changes' }, h('div', { class: 'changes-bar' }, kinds, pages), message, table))
  let offset = 0
  let loading: AbortController | undefined
  let counts = new Map<string, number>()
  const stopSource = source.onChange(change => {
    if (change === 'reset') offset = 0
    void load()
  })
  void count()
  void load()
  return {
    focus: () => table.focus(),
    destroy() {
      end.abort()
      loading?.abort()
      stopSource()
      element.replaceChildren()
    },
  }

  async function count(): Promise<void> {
    try {
      const found = await source.values?.(changeColumn.position, '', end.signal)
      counts = new Map(found?.values.map(({ value, count: rows }) => [value ?? '', rows]))
    } catch (error) {
      if (end.signal.aborted) return
      // The rows can be looked at without the counts.
      replace(message, failureBox(failureOf(error).error))
    }
    drawKinds()
  }

  function chosen(): string | undefined {
    const condition = source.view.filter.find(({ column }) => column === changeColumn.position)
    return condition?.operator === '=' ? condition.values?.[0] : undefined
  }

  function drawKinds(): void {
    const kind = (value: DiffChange | undefined, label: string, rows: number | undefined): HTMLElement =>
      h(
        'button',
        {
          class: 'btn btn-sm',
          attributes: { type: 'button', 'aria-pressed': String(chosen() === value) },
          on: { click: () => void choose(value) },
        },
        label,
        rows !== undefined && h('small', {}, exactCount(rows)),
      )
    const focused = [...kinds.children].indexOf(document.activeElement ?? kinds)
    const all = [...counts.values()].reduce((sum, rows) => sum + rows, 0)
    replace(
      kinds,
      kind(undefined, 'All', counts.size === 0 ? undefined : all),
      ...(['added', 'removed', 'changed'] as const).map(value =>
        kind(value, looks[value][0], counts.size === 0 ? undefined : (counts.get(value) ?? 0)),
      ),
    )
    if (focused >= 0) (kinds.children[focused] as HTMLElement | undefined)?.focus()
  }

  /** As a filter of the result, so that the grid and an export have it too. */
  async function choose(value: DiffChange | undefined): Promise<void> {
    const others = source.view.filter.filter(({ column }) => column !== changeColumn.position)
    const own = value === undefined ? [] : [{ column: changeColumn.position, operator: '=', values: [value] } as const]
    try {
      await source.setView?.({ ...source.view, filter: [...others, ...own] }, end.signal)
    } catch (error) {
      if (!end.signal.aborted) replace(message, failureBox(failureOf(error).error))
    }
  }

  async function load(): Promise<void> {
    if (layout === undefined) return
    loading?.abort()
    const current = new AbortController()
    loading = current
    drawKinds()
    if (table.childElementCount === 0) replace(message, spinner(), 'Reading what differs …')
    try {
      const window = await source.window(offset, pageRows, changeColumns(layout, mostColumns), current.signal, {
        maxCellBytes,
      })
      if (current.signal.aborted) return
      const rows = changeRows(window, layout, mostColumns)
      const left = layout.values.length - mostColumns
      replace(
        message,
        rows.length === 0
          ? 'No such rows.'
          : left > 0 && `The first ${mostColumns} compared columns are shown, ${left} more are in the grid.`,
      )
      replace(table, rows.length > 0 && tableOf(rows))
      table.scrollTop = 0
      drawPages(rows.length)
    } catch (error) {
      if (!current.signal.aborted) replace(message, failureBox(failureOf(error).error))
    }
  }

  function drawPages(shown: number): void {
    const go = (by: number): void => {
      offset = Math.max(0, offset + by)
      void load()
      table.focus()
    }
    const of = source.rowCount
    replace(
      pages,
      of > 0 &&
        h('span', { role: 'status' }, `${exactCount(offset + 1)}–${exactCount(offset + shown)} of ${exactCount(of)}`),
      of > pageRows && textButton('Previous', () => go(-pageRows), { disabled: offset === 0 }),
      of > pageRows && textButton('Next', () => go(pageRows), { disabled: offset + shown >= of }),
    )
  }

  function tableOf(rows: readonly ChangeRow[]): HTMLElement {
    const names = [
      ...layout!.key.map(({ name }) => name),
      ...layout!.values.slice(0, mostColumns).map(({ name }) => name),
    ]
    return h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['', ...names].map(name =>
            h('th', { attributes: { scope: 'col' } }, name || h('span', { class: 'sr-only' }, 'Change')),
          ),
        ),
      ),
      h('tbody', {}, ...rows.map(rowOf)),
    )
  }
}

function rowOf({ change, key, cells }: ChangeRow): HTMLElement {
  const [label, sign] = looks[change]
  return h(
    'tr',
    { class: `changes-${change}` },
    h('td', { class: 'changes-sign', title: label }, sign, h('span', { class: 'sr-only' }, label)),
    ...key.map(value => h('th', { class: 'changes-key', attributes: { scope: 'row' } }, ...textOf(value))),
    ...cells.map(cellOf),
  )
}

function cellOf(cell: ChangeCell): HTMLElement {
  switch (cell.kind) {
    case 'changed':
      return h(
        'td',
        { class: 'changes-cell' },
        h('del', {}, ...textOf(cell.before)),
        icon('arrow'),
        h('ins', {}, ...textOf(cell.after)),
      )
    case 'added':
      return h('td', {}, h('ins', {}, ...textOf(cell.value)))
    case 'removed':
      return h('td', {}, h('del', {}, ...textOf(cell.value)))
    default:
      return h('td', { class: 'changes-same' }, ...textOf(cell.value))
  }
}

function textOf({ text, cut }: ShownValue): readonly Child[] {
  if (text === null) return [h('i', { class: 'changes-null' }, 'NULL')]
  if (text === '') return [h('i', { class: 'changes-null' }, 'empty')]
  return [text, cut && '…']
}
