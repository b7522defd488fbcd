import { h, iconButton, replace, spinner } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireConnection } from '../../../wire.ts'
import { colorMark } from './connection-look.ts'
import { connectionColor, environmentBadge, environmentOf, paint } from './safety/environment.ts'
import type { StudioTab } from './tabs.ts'

export interface TabStripOptions {
  readonly connectionOf: (tab: StudioTab) => WireConnection | undefined
  readonly isRunning: (key: string) => boolean
  readonly onChoose: (key: string) => void
  /** The person wants to work in the tab that is in front now. */
  readonly onEnter: () => void
  readonly onOpen: () => void
  readonly onClose: (key: string) => void
  readonly onRename: (key: string, title: string) => void
  readonly onMove: (key: string, place: number) => void
  readonly onMenu: (key: string, anchor: HTMLElement | MouseEvent) => void
}

export interface TabStrip {
  readonly dom: HTMLElement
  draw(tabs: readonly StudioTab[], active: string | undefined): void
  rename(key: string): void
}

/** The tabs: choose, open, close, rename by double click, reorder by drag or Alt+Shift+arrows. */
export function createTabStrip(options: TabStripOptions): TabStrip {
  const list = h('div', { class: 'studio-tabs-list', role: 'tablist', label: 'Editor tabs' })
  const dom = h(
    'div',
    { class: 'studio-tabs' },
    list,
    iconButton('plus', 'New tab', options.onOpen, { shortcut: 'Alt+N' }),
  )
  let dragged: string | undefined
  let shown: readonly StudioTab[] = []
  let renaming: string | undefined
  let drawn = ''

  list.addEventListener('wheel', event => {
    if (event.deltaY === 0 || list.scrollWidth <= list.clientWidth) return
    list.scrollLeft += event.deltaY
    event.preventDefault()
  })

  /** All that a tab shows: drawn anew only when it changes, not at each key that changes its text. */
  const tabLook = (tab: StudioTab) => {
    const connection = options.connectionOf(tab)
    const { key, title, lastRun, pinned, isAsSaved } = tab
    const { name, color, environment, readOnly } = connection ?? {}
    return [
      key,
      title,
      name,
      color,
      environment,
      readOnly,
      options.isRunning(key),
      lastRun?.transaction,
      pinned,
      isAsSaved,
    ]
  }
  const tabDom = (tab: StudioTab, active: boolean): HTMLElement => {
    const connection = options.connectionOf(tab)
    const item = h(
      'div',
      {
        class: 'studio-tab',
        role: 'tab',
        id: `tab-${tab.key}`,
        tabIndex: active ? 0 : -1,
        title: [
          tab.title,
          connection?.name ?? 'No connection',
          connection && environmentOf(connection)?.label,
          connection?.readOnly === true && 'Read-only',
          !tab.isAsSaved && 'Changed since it was saved (Ctrl+S saves)',
          'Double click renames',
        ]
          .filter(Boolean)
          .join('\n'),
        attributes: {
          'aria-selected': String(active),
          draggable: 'true',
          'data-key': tab.key,
          'aria-controls': 'studio-editor',
        },
        on: {
          mousedown: event => event.button === 1 && event.preventDefault(),
          auxclick: event => event.button === 1 && options.onClose(tab.key),
          click: event => {
            // Not `dblclick`: the tab may have been drawn anew between the two clicks.
            if (event.detail === 2) {
              rename(tab.key)
              return
            }
            options.onChoose(tab.key)
            options.onEnter()
          },
          contextmenu: event => {
            event.preventDefault()
            options.onMenu(tab.key, event)
          },
          dragstart: event => {
            dragged = tab.key
            event.dataTransfer?.setData('text/plain', tab.title)
          },
          dragend: () => {
            dragged = undefined
            clearDropMarks()
          },
          dragover: event => {
            if (dragged === undefined || dragged === tab.key) return
            event.preventDefault()
            clearDropMarks()
            item.dataset.drop = isAfter(event, item) ? 'after' : 'before'
          },
          drop: event => {
            event.preventDefault()
            if (dragged === undefined || dragged === tab.key) return
            const others = shown.filter(other => other.key !== dragged)
            const at = others.findIndex(other => other.key === tab.key)
            options.onMove(dragged, isAfter(event, item) ? at + 1 : at)
          },
          keydown: event => onKey(event, tab.key),
        },
      },
      colorMark(connection && connectionColor(connection)),
      options.isRunning(tab.key) ? spinner('Running') : null,
      tab.pinned && h('span', { class: 'studio-tab-pin', title: 'Pinned' }, icon('pin')),
      h('span', { class: 'studio-tab-title' }, tab.title),
      !tab.isAsSaved &&
        h('span', { class: 'studio-tab-changed', role: 'img', label: 'Changed since it was saved' }, '●'),
      connection?.readOnly === true &&
        h('span', { class: 'studio-tab-lock', title: 'Read-only: the database refuses to write' }, icon('lock')),
      connection && environmentBadge(connection),
      iconButton(
        'close',
        `Close ${tab.title}`,
        event => {
          event.stopPropagation()
          options.onClose(tab.key)
        },
        { tabIndex: -1, shortcut: 'Alt+W' },
      ),
    )
    if (connection?.environment) {
      item.classList.add('studio-tab-environment')
      paint(item, connectionColor(connection))
    }
    if (tab.lastRun?.transaction === 'open' || tab.lastRun?.transaction === 'failed') {
      item
        .querySelector('.studio-tab-title')!
        .after(
          h(
            'span',
            { class: `studio-tab-transaction ${tab.lastRun.transaction}`, title: 'A transaction is open' },
            icon('alert'),
          ),
        )
    }
    return item
  }

  const onKey = (event: KeyboardEvent, key: string): void => {
    if (renaming !== undefined) return
    const at = shown.findIndex(tab => tab.key === key)
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step !== 0 && event.altKey && event.shiftKey) options.onMove(key, Math.max(0, at + step))
    else if (step !== 0) focusTab(shown[(at + step + shown.length) % shown.length]?.key)
    else if (event.key === 'Delete') options.onClose(key)
    else if (event.key === 'F2') rename(key)
    else if (event.key === 'Enter' || event.key === ' ') options.onEnter()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const focusTab = (key: string | undefined): void => {
    if (key === undefined) return
    options.onChoose(key)
    list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus()
  }

  const rename = (key: string): void => {
    const tab = shown.find(other => other.key === key)
    const title = list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] .studio-tab-title`)
    if (tab === undefined || title === null || renaming !== undefined) return
    renaming = key
    const input = h('input', { class: 'studio-tab-rename', label: 'Name of the tab', attributes: { maxlength: '200' } })
    input.value = tab.title
    input.size = Math.max(8, tab.title.length)
    let done = false
    const finish = (keep: boolean): void => {
      if (done) return
      done = true
      renaming = undefined
      const text = input.value.trim()
      input.replaceWith(title)
      if (keep && text !== '' && text !== tab.title) options.onRename(key, text)
      list.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus()
    }
    input.addEventListener('blur', () => finish(true))
    input.addEventListener('keydown', event => {
      event.stopPropagation()
      if (event.key === 'Enter') finish(true)
      else if (event.key === 'Escape') finish(false)
    })
    for (const name of ['click', 'dblclick', 'dragstart'] as const)
      input.addEventListener(name, event => event.stopPropagation())
    title.replaceWith(input)
    input.select()
  }

  const clearDropMarks = (): void => {
    for (const item of list.querySelectorAll<HTMLElement>('[data-drop]')) delete item.dataset.drop
  }

  return {
    dom,
    rename,
    draw(tabs, active) {
      shown = tabs
      if (renaming !== undefined) return
      const look = JSON.stringify([active, tabs.map(tabLook)])
      if (look === drawn) return
      drawn = look
      const focused = list.contains(document.activeElement)
      replace(list, ...tabs.map(tab => tabDom(tab, tab.key === active)))
      const front = list.querySelector<HTMLElement>('[aria-selected=true]')
      front?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      if (focused) front?.focus()
    },
  }
}

function isAfter(event: DragEvent, item: HTMLElement): boolean {
  const box = item.getBoundingClientRect()
  return event.clientX > box.left + box.width / 2
}
