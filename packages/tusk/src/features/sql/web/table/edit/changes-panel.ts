import { h, iconButton, replace, textButton } from '../../../../../ui/web/dom.ts'
import type { WireNewValue } from '../../../../../wire.ts'
import { counted } from '../../format.ts'
import type { PendingItem } from './pending-changes.ts'

export interface ChangesPanelOptions {
  readonly onUndo: (item: PendingItem) => void
  readonly onGoTo: (item: PendingItem) => void
  readonly onPreview: () => void
  readonly onSave: () => void
  readonly onDiscard: () => void
}

export interface ChangesPanel {
  readonly dom: HTMLElement
  draw(
    items: readonly PendingItem[],
    state: { readonly saving: boolean; readonly failure?: HTMLElement | undefined },
  ): void
}

/** More are counted. */
const mostShown = 200

/** Beside the rows: each change that waits to be saved, and what can be done about it. */
export function createChangesPanel(options: ChangesPanelOptions): ChangesPanel {
  const heading = h('h2', {})
  const list = h('ul', { class: 'table-changes-list' })
  const failed = h('div')
  const save = textButton('Save', options.onSave, { icon: 'save', class: 'btn-primary', shortcut: 'Ctrl+S' })
  const preview = textButton('Preview SQL', options.onPreview, { icon: 'view' })
  const discard = textButton('Discard all', options.onDiscard, { icon: 'undo' })
  const dom = h(
    'section',
    { class: 'table-changes', label: 'Changes that are not saved', hidden: true },
    h('header', {}, heading),
    failed,
    list,
    h('footer', {}, save, preview, discard),
  )
  return {
    dom,
    draw(items, { saving, failure }) {
      dom.hidden = items.length === 0
      heading.textContent = counted(items.length, 'change')
      for (const button of [save, preview, discard]) button.toggleAttribute('disabled', saving)
      save.lastElementChild!.textContent = saving ? 'Saving …' : 'Save'
      replace(failed, failure)
      replace(
        list,
        ...items.slice(0, mostShown).map(item =>
          h(
            'li',
            { class: `table-change table-change-${item.kind}` },
            h(
              'button',
              { class: 'table-change-text', attributes: { type: 'button' }, on: { click: () => options.onGoTo(item) } },
              ...textOf(item),
            ),
            iconButton('undo', `Undo: ${labelOf(item)}`, () => options.onUndo(item)),
          ),
        ),
        items.length > mostShown && h('li', { class: 'text-muted' }, `… and ${items.length - mostShown} more`),
      )
    },
  }
}

function labelOf({ kind, row, column }: PendingItem): string {
  const where = `row ${(row + 1).toLocaleString('en-US')}`
  if (kind === 'insert') return `new ${where}`
  return kind === 'delete' ? `delete ${where}` : `${column} of ${where}`
}

function textOf(item: PendingItem): (Node | string)[] {
  const label = labelOf(item)
  if (item.kind !== 'update') return [h('strong', {}, label)]
  return [
    h('strong', {}, label),
    h('del', {}, shortText({ value: item.from ?? null })),
    h('ins', {}, shortText(item.to ?? { value: null })),
  ]
}

function shortText(value: WireNewValue): string {
  if ('default' in value) return 'default'
  if (value.value === null) return 'NULL'
  return value.value.length > 60 ? `${value.value.slice(0, 60)}…` : value.value
}
