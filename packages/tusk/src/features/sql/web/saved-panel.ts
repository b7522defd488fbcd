import type { ApiError } from '../../../ui/web/api.ts'
import { type Child, h, iconButton, marked, replace, spinner, textButton } from '../../../ui/web/dom.ts'
import { icon } from '../../../ui/web/icons.ts'
import type { WireSavedItem } from '../../../wire.ts'
import { failureBox } from './failure-box.ts'
import { failureOf } from './failure-of.ts'
import type { PopupAnchor } from './popup.ts'
import { type SavedRow, savedRows } from './saved-tree.ts'
import type { StudioApi } from './studio-api.ts'

export interface SavedPanelOptions {
  readonly api: Pick<StudioApi, 'savedItems'>
  readonly onOpen: (item: WireSavedItem) => void
  readonly onMove: (item: WireSavedItem, parent: string | null) => void
  readonly onMenu: (item: WireSavedItem, anchor: PopupAnchor) => void
  readonly onNewFolder: () => void
  readonly onSave: () => void
  readonly onSnippets: () => void
}

export interface SavedPanel {
  readonly dom: HTMLElement
  /** Everything that was read last, for choosing folders. */
  readonly items: readonly WireSavedItem[]
  reload(): Promise<void>
  /** Opens the folders above, so that it is seen. */
  reveal(id: string): void
}

const openKey = 'tusk.studio.savedFolders'
const foldedKey = 'tusk.studio.savedFolded'
const searchPause = 200

/** Saved queries in their folders: a click opens, drag or menu moves, a search looks into the texts. */
export function createSavedPanel(options: SavedPanelOptions): SavedPanel {
  const open = new Set<string>(JSON.parse(localStorage.getItem(openKey) ?? '[]') as string[])
  let items: readonly WireSavedItem[] = []
  let found: readonly WireSavedItem[] | undefined
  let failure: ApiError | undefined
  let isRead = false
  let focused: string | undefined
  let dragged: WireSavedItem | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let searching: AbortController | undefined

  const search = h('input', {
    class: 'studio-search',
    label: 'Search saved queries',
    attributes: { type: 'search', placeholder: 'Search names and SQL', autocomplete: 'off', spellcheck: 'false' },
    on: {
      input: () => {
        clearTimeout(timer)
        timer = setTimeout(() => void lookFor(search.value.trim()), searchPause)
      },
    },
  })
  const searchBox = h('div', { class: 'studio-search-box' }, icon('search'), search)
  const tree = h('div', { class: 'studio-saved-tree', role: 'tree', label: 'Saved queries' })
  const body = h('div', { class: 'studio-saved-body' }, searchBox, tree)
  const fold = h(
    'button',
    {
      class: 'studio-fold',
      attributes: { type: 'button' },
      on: {
        click: () => {
          body.hidden = !body.hidden
          localStorage.setItem(foldedKey, String(body.hidden))
          fold.ariaExpanded = String(!body.hidden)
        },
      },
    },
    icon('down', 'studio-fold-mark'),
    h('h2', {}, 'Saved queries'),
  )
  body.hidden = localStorage.getItem(foldedKey) === 'true'
  fold.ariaExpanded = String(!body.hidden)
  const dom = h(
    'section',
    { class: 'studio-section studio-saved-queries', label: 'Saved queries' },
    h(
      'header',
      { class: 'studio-section-header' },
      fold,
      iconButton('save', 'Save the query of this tab', options.onSave, { shortcut: 'Ctrl+S' }),
      iconButton('json', 'Snippets', options.onSnippets, { shortcut: 'Alt+Shift+S' }),
      iconButton('folderPlus', 'New folder', options.onNewFolder),
    ),
    body,
  )
  tree.addEventListener('keydown', event => {
    if (onKey(event)) event.preventDefault()
  })
  const allowDrop = (event: DragEvent): void => {
    if (dragged !== undefined) event.preventDefault()
  }
  tree.addEventListener('dragover', allowDrop)
  tree.addEventListener('drop', event => {
    event.preventDefault()
    const row = (event.target as Element).closest<HTMLElement>('[role=treeitem]')
    const target = items.find(({ id }) => id === row?.dataset.id)
    drop(target === undefined ? null : target.kind === 'folder' ? target.id : target.parent)
  })

  function rows(): readonly SavedRow[] {
    return found === undefined ? savedRows(items, open) : found.map(item => ({ item, level: 1, open: false }))
  }

  function draw(): void {
    const shown = rows()
    const hadFocus = tree.contains(document.activeElement)
    if (!shown.some(({ item }) => item.id === focused)) focused = shown[0]?.item.id
    searchBox.hidden = items.length === 0
    replace(tree, ...content(shown))
    if (hadFocus) focusRow()
  }

  function content(shown: readonly SavedRow[]): Child[] {
    if (failure !== undefined)
      return [
        failureBox(
          failure.error,
          textButton('Try again', () => void reload(), { icon: 'refresh' }),
        ),
      ]
    if (!isRead) return [h('p', { class: 'studio-hint' }, spinner(), 'Loading …')]
    if (found?.length === 0) return [h('p', { class: 'studio-hint' }, 'No saved query holds this.')]
    if (items.length === 0)
      return [h('p', { class: 'studio-hint' }, 'Nothing saved yet. Ctrl+S keeps the query of a tab here.')]
    return shown.map(rowDom)
  }

  function rowDom({ item, level, open: isOpen }: SavedRow): HTMLElement {
    const isFolder = item.kind === 'folder'
    const row = h(
      'div',
      {
        class: 'studio-saved-row',
        role: 'treeitem',
        tabIndex: item.id === focused ? 0 : -1,
        title: item.name,
        attributes: {
          'aria-level': String(level),
          ...(isFolder ? { 'aria-expanded': String(isOpen) } : {}),
          'data-id': item.id,
          draggable: String(item.sharedBy === undefined),
        },
        on: {
          click: () => {
            focused = item.id
            act(item)
          },
          contextmenu: event => {
            event.preventDefault()
            options.onMenu(item, event)
          },
          dragstart: () => {
            dragged = item
          },
          dragend: () => {
            dragged = undefined
          },
        },
      },
      isFolder ? icon(isOpen ? 'down' : 'right', 'studio-chevron') : h('span', { class: 'studio-chevron' }),
      icon(isFolder ? 'folder' : 'file'),
      h('span', { class: 'studio-tree-name' }, marked(item.name, search.value.trim())),
      item.sharedBy !== undefined &&
        h('span', { class: 'studio-badge', title: `Shared by ${item.sharedBy}` }, item.sharedBy),
      iconButton(
        'more',
        `Actions of ${item.name}`,
        event => {
          event.stopPropagation()
          options.onMenu(item, event.currentTarget as HTMLElement)
        },
        { tabIndex: -1 },
      ),
    )
    row.style.setProperty('--level', String(level))
    return row
  }

  function act(item: WireSavedItem): void {
    if (item.kind === 'query') options.onOpen(item)
    else toggle(item.id, !open.has(item.id))
  }

  function toggle(id: string, isOpen: boolean): void {
    if (isOpen) open.add(id)
    else open.delete(id)
    keepOpen()
    draw()
  }

  function keepOpen(): void {
    localStorage.setItem(openKey, JSON.stringify([...open]))
  }

  function drop(parent: string | null): void {
    if (dragged !== undefined && dragged.id !== parent && dragged.parent !== parent) options.onMove(dragged, parent)
    dragged = undefined
  }

  function onKey(event: KeyboardEvent): boolean {
    const shown = rows()
    const at = shown.findIndex(({ item }) => item.id === focused)
    const row = shown[at]
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
    const isMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
    if (isMenu) options.onMenu(row.item, rowOf(row.item.id) ?? tree)
    else if (event.key === 'Enter' || event.key === ' ') act(row.item)
    else if (event.key === 'ArrowRight' && row.item.kind === 'folder' && !row.open) toggle(row.item.id, true)
    else if (event.key === 'ArrowLeft' && row.open) toggle(row.item.id, false)
    else {
      const to =
        event.key === 'ArrowDown' || event.key === 'ArrowRight'
          ? at + 1
          : event.key === 'ArrowUp'
            ? at - 1
            : event.key === 'ArrowLeft'
              ? shown.findIndex(({ item }) => item.id === row.item.parent)
              : event.key === 'Home'
                ? 0
                : event.key === 'End'
                  ? shown.length - 1
                  : undefined
      if (to === undefined) return false
      const next = shown[to]
      if (next === undefined) return true
      focused = next.item.id
      draw()
    }
    return true
  }

  function rowOf(id: string): HTMLElement | null {
    return tree.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
  }

  function focusRow(): void {
    if (focused !== undefined) rowOf(focused)?.focus()
  }

  async function lookFor(text: string): Promise<void> {
    searching?.abort()
    searching = undefined
    found = undefined
    if (text !== '') {
      const controller = new AbortController()
      searching = controller
      try {
        found = await options.api.savedItems(text, controller.signal)
      } catch (error) {
        if (controller.signal.aborted) return
        failure = failureOf(error)
      }
    }
    draw()
  }

  async function reload(): Promise<void> {
    try {
      items = await options.api.savedItems()
      failure = undefined
      isRead = true
    } catch (error) {
      failure = failureOf(error)
    }
    if (found !== undefined) await lookFor(search.value.trim())
    else draw()
  }

  draw()
  return {
    dom,
    get items() {
      return items
    },
    reload,
    reveal(id) {
      focused = id
      for (let item = items.find(one => one.id === id); item?.parent != null; ) {
        const { parent } = item
        open.add(parent)
        item = items.find(one => one.id === parent)
      }
      keepOpen()
      draw()
      rowOf(id)?.scrollIntoView({ block: 'nearest' })
    },
  }
}
