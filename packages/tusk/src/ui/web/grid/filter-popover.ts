import type { DataField } from '../../../wire.ts'
import { h } from '../dom.ts'
import { columnKind } from './column-kind.ts'
import { gridButton } from './grid-button.ts'
import type { GridColumnSummary, GridColumnValues, GridCondition, GridOperator } from './grid-source.ts'
import { openPopover, type PopoverAnchor } from './popover.ts'
import { valueTicks } from './value-ticks.ts'
import { canIgnoreCase, isWholeCondition, operators, operatorsFor } from './view-state.ts'

export interface FilterPopoverOptions {
  readonly column: number
  readonly field: DataField
  readonly current: GridCondition | undefined
  /** The commonest values are offered while it loads and after. */
  readonly summary?: ((signal: AbortSignal) => Promise<GridColumnSummary>) | undefined
  /** Values to tick. Absent: only a condition can be written. */
  readonly values?: ((search: string, signal: AbortSignal) => Promise<GridColumnValues>) | undefined
  readonly onApply: (condition: GridCondition | null) => void
}

/** A form for the condition on one column. Enter applies. */
export function openFilterPopover(owner: HTMLElement, anchor: PopoverAnchor, options: FilterPopoverOptions): void {
  const { field, current } = options
  const popover = openPopover(owner, anchor, { label: `Filter ${field.name}`, className: 'grid-filter' })
  const form = h('form', { class: 'grid-form' })
  const operator = h('select', { class: 'grid-input' })
  operator.ariaLabel = 'Operator'
  for (const name of operatorsFor(field)) operator.append(new Option(operators[name].label, name))
  if (current !== undefined) operator.value = current.operator
  const values = h('div', { class: 'grid-form-values' })
  const caseSensitive = h('input', {})
  caseSensitive.type = 'checkbox'
  caseSensitive.checked = current?.caseSensitive ?? false
  const caseLabel = h('label', { class: 'grid-check' }, caseSensitive, 'Match case')
  const top = h('div', { class: 'grid-top-values' })
  top.hidden = true
  let kept: readonly string[] = current?.values ?? []
  /** What was done last counts: ticks, or the condition. */
  let byTicks = false
  const canTick = options.values !== undefined && operatorsFor(field).includes('in')
  const ticks =
    canTick && options.values !== undefined
      ? valueTicks({
          column: options.column,
          current,
          load: options.values,
          signal: popover.signal,
          onChange: () => {
            byTicks = true
          },
          onResize: () => popover.place(),
        })
      : undefined

  const operatorName = () => operator.value as GridOperator
  const read = (): readonly string[] => {
    if (operators[operatorName()].values === 'list') {
      const list = values.querySelector('textarea')?.value ?? ''
      return list === '' ? [] : list.split('\n')
    }
    return [...values.querySelectorAll<HTMLInputElement | HTMLSelectElement>('.grid-input')].map(input => input.value)
  }
  const condition = (): GridCondition => ({
    column: options.column,
    operator: operatorName(),
    ...(operators[operatorName()].values === 0 ? {} : { values: read() }),
    ...(canIgnoreCase(operatorName()) && caseSensitive.checked ? { caseSensitive: true } : {}),
  })
  const draw = () => {
    const { values: count } = operators[operatorName()]
    caseLabel.hidden = !canIgnoreCase(operatorName())
    values.replaceChildren(...valueInputs(field, count, kept))
    popover.place()
  }
  operator.addEventListener('change', () => {
    const written = read()
    if (written.some(value => value !== '')) kept = written
    draw()
    focusFirst(values)
  })
  form.addEventListener('submit', event => {
    event.preventDefault()
    const wanted = byTicks ? (ticks?.condition() ?? null) : condition()
    if (wanted !== null && !isWholeCondition(wanted)) return
    popover.close()
    options.onApply(wanted)
  })
  const remove = gridButton(
    'Remove',
    () => {
      popover.close()
      options.onApply(null)
    },
    { className: 'is-plain' },
  )
  remove.disabled = current === undefined
  const apply = h('button', { class: 'grid-button is-primary' }, 'Apply')
  apply.type = 'submit'
  form.append(
    h('div', { class: 'grid-popover-title' }, `Filter ${field.name}`),
    operator,
    values,
    caseLabel,
    ticks?.dom ?? top,
    h('div', { class: 'grid-form-actions' }, remove, apply),
  )
  popover.dom.append(form)
  draw()
  if (!focusFirst(values)) operator.focus()
  values.addEventListener('input', () => {
    byTicks = false
  })
  operator.addEventListener('change', () => {
    byTicks = false
  })
  if (ticks !== undefined || options.summary === undefined || columnKind(field) === 'geometry') return
  options.summary(popover.signal).then(
    summary => {
      if (popover.signal.aborted) return
      showTop(top, summary, value => {
        const name = value === null ? 'isNull' : '='
        operator.value = operatorsFor(field).includes(name) ? name : operator.value
        kept = value === null ? [] : [value]
        draw()
        apply.focus()
      })
      popover.place()
    },
    () => {
      // the values are only an offer: the form works without them
      top.hidden = true
    },
  )
}

function valueInputs(field: DataField, count: 0 | 1 | 2 | 'list', kept: readonly string[]): HTMLElement[] {
  if (count === 0) return []
  if (count === 'list') {
    const list = h('textarea', { class: 'grid-input' })
    list.rows = 4
    list.ariaLabel = 'Values, one a line'
    list.placeholder = 'One value a line'
    list.value = kept.join('\n')
    return [list]
  }
  return Array.from({ length: count }, (_, index) => {
    const label = count === 1 ? 'Value' : index === 0 ? 'From' : 'To'
    const input = choiceInput(field) ?? textInput(field)
    input.ariaLabel = label
    if (kept[index] !== undefined) input.value = kept[index]
    return input
  })
}

function choiceInput(field: DataField): HTMLSelectElement | undefined {
  const choices = columnKind(field) === 'boolean' ? ['true', 'false'] : field.labels
  if (choices === undefined) return undefined
  const select = h('select', { class: 'grid-input' })
  for (const choice of choices) select.append(new Option(choice, choice))
  return select
}

function textInput(field: DataField): HTMLInputElement {
  const input = h('input', { class: 'grid-input' })
  input.type = 'text'
  input.spellcheck = false
  input.autocomplete = 'off'
  const kind = columnKind(field)
  if (kind === 'number') input.inputMode = 'decimal'
  if (kind === 'date') input.placeholder = '2026-01-31'
  if (kind === 'timestamp') input.placeholder = '2026-01-31 20:15:00'
  if (kind === 'time') input.placeholder = '20:15:00'
  return input
}

function focusFirst(values: HTMLElement): boolean {
  const input = values.querySelector<HTMLInputElement>('.grid-input')
  input?.focus()
  if (input instanceof HTMLInputElement) input.select()
  return input !== null
}

function showTop(dom: HTMLElement, summary: GridColumnSummary, pick: (value: string | null) => void): void {
  const offered = summary.top.slice(0, 6).filter(entry => entry.value === null || entry.value.length <= 200)
  dom.hidden = offered.length === 0
  dom.replaceChildren(
    h('div', { class: 'grid-note' }, 'Commonest values'),
    ...offered.map(entry => {
      const label = entry.value === null ? 'NULL' : entry.value === '' ? '(empty)' : entry.value
      const choice = gridButton('', () => pick(entry.value), { className: 'grid-top-value' })
      choice.append(
        h('span', entry.value === null ? { class: 'is-null' } : {}, label),
        h('span', { class: 'grid-note' }, entry.count.toLocaleString('en-US')),
      )
      return choice
    }),
  )
}
