import type { PlanMeasures } from '../../../../dialect/explain/plan-measures.ts'
import type { Plan, PlanNode } from '../../../../engine/plan.ts'
import { type Child, h, replace } from '../../../../ui/web/dom.ts'
import { icon } from '../../../../ui/web/icons.ts'
import { buffersText, buffersTitle, estimateText, estimateTone, percent, planTime, rowsText } from './plan-numbers.ts'

export interface PlanTreeOptions {
  readonly plan: Plan
  readonly measures: PlanMeasures
  readonly label: string
  readonly onSelect: (node: PlanNode) => void
}

export interface PlanTree {
  readonly dom: HTMLElement
  focus(): void
}

interface Column {
  readonly title: string
  /** Explains the title. */
  readonly help: string
  readonly className: string
  /** Not shown where there is little room. */
  readonly isExtra?: boolean
  has(node: PlanNode): boolean
  cell(node: PlanNode, measures: PlanMeasures): Child
}

/** The nodes with their numbers, as a grid that opens and closes like a tree: arrows, Home, End. */
export function createPlanTree({ plan, measures, label, onSelect }: PlanTreeOptions): PlanTree {
  const closed = new Set<PlanNode>()
  const shownNodes = plan.root === undefined ? [] : [...measures.nodes.keys()]
  const shownColumns = columns
    .filter(column => shownNodes.some(node => column.has(node)))
    // Where there is no room what was measured goes before what was guessed.
    .map(column => ({
      ...column,
      className: column.isExtra && plan.analyzed ? `${column.className} plan-optional` : column.className,
    }))
  let rows: { readonly node: PlanNode; readonly dom: HTMLElement }[] = []
  let selected = measures.hottest ?? plan.root
  const body = h('div', { class: 'plan-rows', role: 'rowgroup' })
  const dom = h(
    'div',
    {
      class: 'plan-tree',
      role: 'treegrid',
      label,
      attributes: { 'aria-readonly': 'true' },
      on: { keydown: event => onKey(event) },
    },
    h(
      'div',
      { class: 'plan-row plan-head', role: 'row' },
      h('span', { role: 'columnheader' }, 'Operation'),
      ...shownColumns.map(({ title, help, className }) =>
        h('span', { class: className, role: 'columnheader', title: help }, title),
      ),
    ),
    body,
  )
  dom.style.setProperty('--plan-columns', `minmax(17rem, 1fr) ${'auto '.repeat(shownColumns.length)}`)
  draw()
  return {
    dom,
    focus: () => rows.find(({ node }) => node === selected)?.dom.focus(),
  }

  function draw(): void {
    const focused = body.contains(document.activeElement)
    rows = plan.root === undefined ? [] : rowsOf(plan.root, 1, 1, 1)
    replace(body, ...rows.map(row => row.dom))
    if (!rows.some(({ node }) => node === selected)) selected = plan.root
    mark()
    if (focused) rows.find(({ node }) => node === selected)?.dom.focus()
  }

  function rowsOf(node: PlanNode, level: number, place: number, siblings: number): typeof rows {
    const isOpen = !closed.has(node)
    const below = isOpen
      ? node.children.flatMap((child, at) => rowsOf(child, level + 1, at + 1, node.children.length))
      : []
    return [{ node, dom: rowOf(node, level, place, siblings, isOpen) }, ...below]
  }

  function rowOf(node: PlanNode, level: number, place: number, siblings: number, isOpen: boolean): HTMLElement {
    const { isHot = false, share } = measures.nodes.get(node) ?? {}
    const hasChildren = node.children.length > 0
    const chevron = h('span', { class: 'plan-chevron', on: { click: event => toggle(node, event) } })
    if (hasChildren) chevron.append(icon(isOpen ? 'down' : 'right'))
    const row = h(
      'div',
      {
        class: `plan-row${isHot ? ' plan-hot' : ''}${node.loops === 0 ? ' plan-never' : ''}`,
        role: 'row',
        attributes: {
          'aria-level': String(level),
          'aria-posinset': String(place),
          'aria-setsize': String(siblings),
          ...(hasChildren ? { 'aria-expanded': String(isOpen) } : {}),
        },
        on: { click: () => select(node) },
      },
      h(
        'span',
        { class: 'plan-name', role: 'gridcell' },
        chevron,
        node.role !== undefined && h('span', { class: 'plan-role' }, node.role),
        h('span', { class: 'plan-operation' }, node.operation),
        node.subject !== undefined && h('span', { class: 'plan-subject' }, node.subject),
        node === measures.hottest &&
          h(
            'span',
            { class: 'plan-flame', title: 'Takes most of all by itself', role: 'img', label: 'Takes most' },
            icon('hot'),
          ),
        node.warnings.length > 0 &&
          h(
            'span',
            { class: 'plan-warning', title: node.warnings.join('\n'), role: 'img', label: node.warnings.join(' ') },
            icon('warning'),
          ),
        node.loops === 0 && h('span', { class: 'studio-badge' }, 'never run'),
      ),
      ...shownColumns.map(column =>
        h(
          'span',
          { class: column.className, role: 'gridcell' },
          column.has(node) ? column.cell(node, measures) : undefined,
        ),
      ),
    )
    row.style.setProperty('--level', String(level))
    if (share !== undefined) row.style.setProperty('--share', `${(share * 100).toFixed(2)}%`)
    return row
  }

  function select(node: PlanNode): void {
    selected = node
    mark()
    rows.find(row => row.node === node)?.dom.focus()
  }

  function mark(): void {
    for (const { node, dom: row } of rows) {
      row.ariaSelected = String(node === selected)
      row.tabIndex = node === selected ? 0 : -1
    }
    if (selected !== undefined) onSelect(selected)
  }

  function toggle(node: PlanNode, event: Event): void {
    if (node.children.length === 0) return
    event.stopPropagation()
    if (!closed.delete(node)) closed.add(node)
    draw()
  }

  function onKey(event: KeyboardEvent): void {
    const at = rows.findIndex(({ node }) => node === selected)
    const row = rows[at]
    if (row === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    const { node } = row
    const isOpen = node.children.length > 0 && !closed.has(node)
    const go = (to: number): void => {
      const target = rows[Math.max(0, Math.min(rows.length - 1, to))]
      if (target !== undefined) select(target.node)
    }
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1)
        break
      case 'ArrowUp':
        go(at - 1)
        break
      case 'Home':
        go(0)
        break
      case 'End':
        go(rows.length - 1)
        break
      case 'ArrowRight':
        if (isOpen) go(at + 1)
        else toggle(node, event)
        break
      case 'ArrowLeft':
        if (isOpen) toggle(node, event)
        else go(rows.findIndex(other => other.node.children.includes(node)))
        break
      default:
        return
    }
    event.preventDefault()
  }
}

const columns: readonly Column[] = [
  {
    title: 'Share',
    help: 'Of the whole, without what is below',
    className: 'plan-share',
    has: node => node.ownMilliseconds !== undefined || node.ownCost !== undefined,
    cell(node, { nodes }) {
      const share = nodes.get(node)?.share
      return share === undefined ? undefined : h('span', { class: 'plan-bar' }, h('span', {}, percent(share)))
    },
  },
  {
    title: 'Own time',
    help: 'Without what is below',
    className: 'plan-number',
    has: node => node.ownMilliseconds !== undefined,
    cell: node => planTime(node.ownMilliseconds ?? 0),
  },
  {
    title: 'Time',
    help: 'With all that is below',
    className: 'plan-number',
    isExtra: true,
    has: node => node.milliseconds !== undefined,
    cell: node => planTime(node.milliseconds ?? 0),
  },
  {
    title: 'Rows',
    help: 'That came, of all its runs',
    className: 'plan-number',
    has: node => node.rows !== undefined,
    cell: node => rowsText(node.rows ?? 0),
  },
  {
    title: 'Expected',
    help: 'Rows that the planner expected',
    className: 'plan-number',
    isExtra: true,
    has: node => node.estimatedRows !== undefined,
    cell: node => rowsText(node.estimatedRows ?? 0),
  },
  {
    title: 'Off by',
    help: 'How many times more or fewer rows came than were expected',
    className: 'plan-number',
    has: node => node.rows !== undefined && node.estimatedRows !== undefined,
    cell(node, { nodes }) {
      const factor = nodes.get(node)?.estimateFactor
      const text = factor === undefined ? undefined : estimateText(factor)
      return factor === undefined || text === undefined
        ? undefined
        : h('span', { class: `plan-off studio-tone-${estimateTone(factor)}` }, text)
    },
  },
  {
    title: 'Runs',
    help: 'How often it ran',
    className: 'plan-number',
    isExtra: true,
    has: node => (node.loops ?? 1) > 1,
    cell: node => rowsText(node.loops ?? 1),
  },
  {
    title: 'Cost',
    help: "The planner's unit, with all that is below",
    className: 'plan-number',
    isExtra: true,
    has: node => node.cost !== undefined && node.milliseconds === undefined,
    cell: node => rowsText(node.cost ?? 0),
  },
  {
    title: 'Pages',
    help: 'Pages of the database, with all that is below; read: not found in memory',
    className: 'plan-number',
    isExtra: true,
    has: node => node.buffers !== undefined,
    cell: node => node.buffers && h('span', { title: buffersTitle(node.buffers) }, buffersText(node.buffers)),
  },
]
