import { startDropMenus } from './drop-menus.ts'
import { startTheme } from './theme.ts'
import { type ToastOptions, toast } from './toast.ts'

/** What every page has: the theme button, the side bar that folds, drop-down menus that close, filters, toasts that an answer to htmx asks for. */
export function startShell(): void {
  startTheme()
  startFold()
  startDropMenus()
  startFilters()
  showLocalTimes()
  document.addEventListener('htmx:after:swap', showLocalTimes)
  // Answers say `HX-Trigger: {"tusk:toast": {"kind": "success", "title": "Saved"}}`.
  document.addEventListener('tusk:toast', event => toast((event as CustomEvent<ToastOptions>).detail))
}

function startFold(): void {
  const fold = document.querySelector<HTMLButtonElement>('[data-shell="fold"]')
  if (fold === null) return
  const root = document.documentElement
  const show = (): void => {
    fold.ariaExpanded = String(!isFolded())
  }
  fold.addEventListener('click', () => {
    root.dataset.sidebar = isFolded() ? 'open' : 'folded'
    localStorage.setItem('tusk:sidebar', root.dataset.sidebar)
    show()
  })
  matchMedia('(min-width: 1440px)').addEventListener('change', show)
  show()
}

/**
 * An input `data-filter="selector"` shows those elements whose `data-filter-text` has every word typed, and the element
 * `data-filter-none="selector"` when there is none. The key `/` goes to it, or to the field of a search form.
 */
function startFilters(): void {
  const inputs = document.querySelectorAll<HTMLInputElement>('[data-filter]')
  for (const input of inputs) input.addEventListener('input', () => filter(input))
  document.addEventListener('keydown', event => {
    const isTyping = (event.target as Element).closest('input, textarea, select, [contenteditable], dialog') !== null
    const first = inputs[0] ?? document.querySelector<HTMLInputElement>('[role=search] input[type=search]')
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping || first === null) return
    event.preventDefault()
    first.select()
    first.focus()
  })
}

function filter({ value, dataset }: HTMLInputElement): void {
  const words = value.toLowerCase().split(/\s+/)
  let shown = 0
  for (const element of document.querySelectorAll<HTMLElement>(dataset.filter ?? '')) {
    const text = (element.dataset.filterText ?? '').toLowerCase()
    element.hidden = !words.every(word => text.includes(word))
    if (!element.hidden) shown++
  }
  const none = dataset.filterNone === undefined ? null : document.querySelector<HTMLElement>(dataset.filterNone)
  if (none !== null) none.hidden = shown > 0
}

/** `<time datetime="…" data-local>` in the person's own time zone and way of writing; without code it stays UTC. */
function showLocalTimes(): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]:not([title])')) {
    time.title = time.dateTime
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  }
}

/** Narrow windows start folded, unless the person said otherwise. */
function isFolded(): boolean {
  const said = document.documentElement.dataset.sidebar
  return said === undefined || said === 'auto' ? !matchMedia('(min-width: 1440px)').matches : said === 'folded'
}
