import { confirm } from './dialog.ts'
import { writeClipboard } from './grid/clipboard.ts'
import { neighbour } from './neighbour.ts'
import { tuskToast } from './plugin-globals.ts'

/**
 * What the macros of `components/` do with attributes: `data-confirm` (asks first), `data-dismiss`, `data-copy`, `data-toast`,
 * `data-dispatch`, `data-sort` (the headers of htmx_table); and the arrow keys of tabs and trees. For the whole page, also for what htmx swaps in later.
 */
export function startComponentActions(): void {
  // Before htmx and forms hear of the click.
  document.addEventListener('click', askFirst, { capture: true })
  document.addEventListener('click', act)
  // Dialogs keep their keys to themselves: what stands inside of them is reached on the way down.
  document.addEventListener('keydown', moveInTabs, { capture: true })
  document.addEventListener('keydown', moveInTree, { capture: true })
  document.addEventListener('focusin', enterTree)
  document.addEventListener('keydown', closeTooltip, { capture: true })
  document.addEventListener('pointerover', openTooltip)
}

function askFirst(event: MouseEvent): void {
  const button = closest(event, '[data-confirm]')
  if (button === null) return
  if (button.dataset.confirmed !== undefined) {
    delete button.dataset.confirmed
    return
  }
  event.preventDefault()
  event.stopImmediatePropagation()
  const { title, message, confirmLabel, danger } = JSON.parse(button.dataset.confirm ?? '{}') as {
    title: string
    message: string
    confirmLabel: string
    danger: boolean
  }
  void confirm({ title, confirmLabel, danger, ...(message === '' ? {} : { message }) }).then(yes => {
    // A part that keeps itself up to date may have drawn the button anew meanwhile: the one with its id does the same.
    const there = button.isConnected ? button : button.id === '' ? null : document.getElementById(button.id)
    if (!yes || there === null) return
    there.dataset.confirmed = ''
    there.click()
  })
}

function act(event: MouseEvent): void {
  closest(event, '[data-dismiss]')?.closest('[data-dismissible]')?.remove()
  const tab = closest(event, '[data-tabs] [role=tab]')
  if (tab !== null) selectTab(tab)
  const sort = closest(event, '[data-sorted-rows] [data-sort]')
  if (sort !== null) sortRows(sort)
  const copy = closest(event, '[data-copy]')
  if (copy !== null) void copyCode(copy)
  const says = closest(event, '[data-toast]')
  if (says !== null) tuskToast(says.dataset.toast ?? '', says.dataset.toastVariant)
  const dispatcher = closest(event, '[data-dispatch]')
  dispatcher?.dispatchEvent(new CustomEvent(dispatcher.dataset.dispatch ?? '', { bubbles: true }))
}

/** The rows are fetched anew with the other order, by htmx, which hears `sort` and sends the hidden field along. */
function sortRows(button: HTMLElement): void {
  const box = button.closest('[data-sorted-rows]')
  const order = box?.querySelector<HTMLInputElement>('input[name=sort]')
  const name = button.dataset.sort ?? ''
  if (order === null || order === undefined) return
  order.value = order.value === name ? `-${name}` : name
  for (const header of box?.querySelectorAll('th[aria-sort]') ?? []) header.ariaSort = 'none'
  const header = button.closest('th')
  if (header !== null) header.ariaSort = order.value === name ? 'ascending' : 'descending'
  box?.querySelector('tbody')?.dispatchEvent(new CustomEvent('sort'))
}

async function copyCode(button: HTMLElement): Promise<void> {
  const text = button.closest('[data-copy-box]')?.querySelector('code')?.textContent ?? ''
  try {
    await writeClipboard(Promise.resolve(new Blob([text], { type: 'text/plain' })))
    tuskToast('Copied.', 'success', 2_000)
  } catch (error) {
    tuskToast(error instanceof Error ? error.message : String(error), 'error')
  }
}

function selectTab(tab: HTMLElement): void {
  const box = tab.closest('[data-tabs]')
  for (const other of box?.querySelectorAll<HTMLElement>('[role=tab]') ?? []) {
    other.ariaSelected = String(other === tab)
    other.tabIndex = other === tab ? 0 : -1
  }
  box?.querySelector('[role=tabpanel]')?.setAttribute('aria-labelledby', tab.id)
}

function moveInTabs(event: KeyboardEvent): void {
  const tab = closest(event, '[data-tabs] [role=tab]')
  if (tab === null) return
  const tabs = [...(tab.closest('[role=tablist]')?.querySelectorAll<HTMLElement>('[role=tab]') ?? [])]
  const next = neighbour(tabs, tab, event.key, { back: 'ArrowLeft', forth: 'ArrowRight' })
  if (next === undefined) return
  event.preventDefault()
  next.focus()
  next.click()
}

function moveInTree(event: KeyboardEvent): void {
  const row = closest(event, '.tree [role=treeitem]')
  if (row === null) return
  const rows = [...(row.closest('.tree')?.querySelectorAll<HTMLElement>('[role=treeitem]') ?? [])]
  const next = neighbour(rows, row, event.key, { back: 'ArrowUp', forth: 'ArrowDown' })
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}

/** A tree is one stop of Tab: the row that had the focus last, at first the one that is shown. */
function enterTree(event: FocusEvent): void {
  const row = closest(event, '.tree [role=treeitem]')
  const tree = row?.closest('.tree')
  if (row === null || tree === null || tree === undefined) return
  const rows = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')]
  const isNew = rows.every(({ tabIndex }) => tabIndex === 0) && row.matches(':focus-visible')
  const place = (isNew ? rows.find(({ ariaSelected }) => ariaSelected === 'true') : undefined) ?? row
  for (const one of rows) one.tabIndex = one === place ? 0 : -1
  if (place !== row) place.focus()
}

/** Escape hides a note that covers something, until the pointer comes anew. */
function closeTooltip(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return
  for (const box of document.querySelectorAll<HTMLElement>('.tooltip-box:is(:hover, :focus-within)'))
    box.dataset.tooltipClosed = ''
}

function openTooltip(event: PointerEvent): void {
  for (const box of document.querySelectorAll<HTMLElement>('[data-tooltip-closed]'))
    if (!box.contains(event.target as Node)) delete box.dataset.tooltipClosed
}

function closest<Found extends HTMLElement = HTMLElement>(event: Event, selector: string): Found | null {
  return event.target instanceof Element ? event.target.closest<Found>(selector) : null
}
