import { h } from '../../../../ui/web/dom.ts'
import type { Schema, WireColumn } from '../../../../wire.ts'
import type { TargetColumn } from './target-columns.ts'

export interface ColumnTableOptions {
  readonly fields: Schema['fields']
  readonly targets: readonly TargetColumn[]
  /** Columns of the table, when it is there; otherwise names and types are written. */
  readonly existing: readonly WireColumn[] | undefined
  readonly onChange: (targets: readonly TargetColumn[]) => void
}

/** Each column of the rows with the column of the table that it goes into. */
export function columnTable({ fields, targets, existing, onChange }: ColumnTableOptions): HTMLElement {
  const now = [...targets]
  const change = (position: number, part: Partial<TargetColumn>): void => {
    now[position] = { ...now[position]!, ...part }
    onChange([...now])
  }
  const rows = now.map((target, position) => {
    const label = target.source === '' ? `column ${position + 1}` : target.source
    const cells =
      existing === undefined
        ? [nameCell(target, label, change), typeCell(target, label, change)]
        : [choiceCell(target, label, existing, change), h('td', { class: 'load-type' }, target.type)]
    return h(
      'tr',
      {},
      h('td', {}, label),
      h('td', { class: 'load-type' }, fields[position]?.sourceType ?? ''),
      ...cells,
    )
  })
  const head = ['Column', 'Type', 'Goes into', existing === undefined ? 'Type there' : 'Type there']
  return h(
    'table',
    { class: 'load-table', label: 'Columns' },
    h('thead', {}, h('tr', {}, ...head.map(text => h('th', { attributes: { scope: 'col' } }, text)))),
    h('tbody', {}, ...rows),
  )
}

type Change = (position: number, part: Partial<TargetColumn>) => void

function nameCell(target: TargetColumn, label: string, change: Change): HTMLElement {
  const input = textInput(`Name for ${label}`, target.name)
  input.placeholder = 'left out'
  input.addEventListener('input', () => change(target.from, { name: input.value.trim() }))
  return h('td', {}, input)
}

function typeCell(target: TargetColumn, label: string, change: Change): HTMLElement {
  const input = textInput(`Type for ${label}`, target.type)
  input.addEventListener('input', () => change(target.from, { type: input.value }))
  return h('td', {}, input)
}

function choiceCell(target: TargetColumn, label: string, existing: readonly WireColumn[], change: Change): HTMLElement {
  const select = h(
    'select',
    { label: `Column for ${label}` },
    h('option', { attributes: { value: '' } }, 'left out'),
    ...existing.map(({ name }) => h('option', { attributes: { value: name } }, name)),
  )
  select.value = target.name
  select.addEventListener('change', () => {
    const found = existing.find(({ name }) => name === select.value)
    const type = select.closest('tr')?.lastElementChild
    if (type) type.textContent = found?.type ?? ''
    change(target.from, { name: select.value, type: found?.type ?? '' })
  })
  return h('td', {}, select)
}

function textInput(label: string, value: string): HTMLInputElement {
  const input = h('input', { label, attributes: { type: 'text', autocomplete: 'off', spellcheck: 'false' } })
  input.value = value
  return input
}
