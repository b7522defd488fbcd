import { h } from '../../../../../ui/web/dom.ts'
import { columnKind, typeLabel } from '../../../../../ui/web/grid/column-kind.ts'
import { gridButton } from '../../../../../ui/web/grid/grid-button.ts'
import { openPopover, type PopoverAnchor } from '../../../../../ui/web/grid/popover.ts'
import type { DataField, WireNewValue } from '../../../../../wire.ts'
import { problemWith } from './check-value.ts'

export interface CellEditorOptions {
  readonly owner: HTMLElement
  readonly anchor: PopoverAnchor
  readonly field: DataField
  readonly current: WireNewValue
  readonly nullable: boolean
  /** What it has by default, as SQL; absent: NULL, or nothing that it could have. */
  readonly initial: string | undefined
  /** Values that it may have, where the database says them. */
  /** The letter that a person began with. */
  readonly typed: string | undefined
  readonly onDone: (value: WireNewValue, next: 'stay' | 'down') => void
}

/** An editor of one value, as its type is written: Enter takes it (Ctrl+Enter in a text of several lines), Escape leaves it as it was. */
export function openCellEditor(options: CellEditorOptions): void {
  const { field, current, nullable, initial } = options
  const kind = columnKind(field)
  const popover = openPopover(options.owner, options.anchor, {
    label: `Value of ${field.name}`,
    className: 'table-editor',
  })
  const text = options.typed ?? ('value' in current ? (current.value ?? '') : '')
  const isLong = kind === 'json' || kind === 'struct' || kind === 'list' || text.length > 60 || /[\n\r]/.test(text)
  const input = kind === 'boolean' ? booleanInput(text) : isLong ? longInput(text) : lineInput(text)
  input.ariaLabel = `Value of ${field.name}`
  // Browsers turn line ends into their own: who changes nothing changes nothing, and \r\n stays what it was.
  const shownFirst = input.value
  const written = (): string =>
    input.value === shownFirst ? text : /\r\n/.test(text) ? input.value.replaceAll('\n', '\r\n') : input.value
  if (kind === 'number' && input instanceof HTMLInputElement) input.inputMode = 'decimal'
  const problem = h('p', { class: 'field-problem', role: 'alert' })
  const done = (value: WireNewValue, next: 'stay' | 'down' = 'stay'): void => {
    popover.close()
    options.onDone(value, next)
  }
  const take = (next: 'stay' | 'down'): void => {
    const wrong = problemWith(field, input.value)
    problem.textContent = wrong ?? ''
    input.ariaInvalid = String(wrong !== undefined)
    popover.place()
    if (wrong === undefined) done({ value: kind === 'number' ? written().trim() : written() }, next)
    else input.focus()
  }
  input.addEventListener('keydown', event => {
    const { key, ctrlKey, metaKey, shiftKey, isComposing } = event as KeyboardEvent
    if (key !== 'Enter' || isComposing) return
    if (input instanceof HTMLTextAreaElement && !ctrlKey && !metaKey && (isLong || shiftKey)) return
    event.preventDefault()
    take('down')
  })
  const form = h(
    'form',
    { class: 'grid-form' },
    h('div', { class: 'grid-popover-title' }, field.name, ' ', h('span', { class: 'grid-note' }, typeLabel(field))),
    input,
    problem,
    isLong && h('p', { class: 'grid-note' }, 'Ctrl+Enter takes it.'),
    h(
      'div',
      { class: 'grid-form-actions' },
      nowButton(kind, input),
      nullable && gridButton('NULL', () => done({ value: null }), { className: 'is-plain' }),
      initial !== undefined && gridButton(`Default`, () => done({ default: true }), { className: 'is-plain' }),
      gridButton('Take it', () => take('stay'), { className: 'is-primary' }),
    ),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    take('stay')
  })
  popover.dom.append(form)
  popover.place()
  input.focus()
  if (options.typed === undefined && !(input instanceof HTMLSelectElement)) input.select()
}

function lineInput(text: string): HTMLInputElement {
  const input = h('input', {
    class: 'grid-input',
    attributes: { type: 'text', autocomplete: 'off', spellcheck: 'false' },
  })
  input.value = text
  return input
}

function longInput(text: string): HTMLTextAreaElement {
  const input = h('textarea', { class: 'grid-input table-editor-long', attributes: { rows: '8', spellcheck: 'false' } })
  input.value = text
  return input
}

function booleanInput(text: string): HTMLSelectElement {
  const input = h(
    'select',
    { class: 'grid-input' },
    ...['true', 'false'].map(value => h('option', { attributes: { value } }, value)),
  )
  input.value = text.toLowerCase().startsWith('f') ? 'false' : 'true'
  return input
}

function nowButton(
  kind: ReturnType<typeof columnKind>,
  input: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement,
) {
  if (kind !== 'date' && kind !== 'timestamp') return undefined
  return gridButton(
    kind === 'date' ? 'Today' : 'Now',
    () => {
      const now = new Date()
      const pad = (value: number): string => String(value).padStart(2, '0')
      const day = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`
      const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}`
      input.value = kind === 'date' ? day : `${day} ${time}`
      input.focus()
    },
    { className: 'is-plain' },
  )
}
