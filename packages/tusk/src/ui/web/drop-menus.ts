import { place } from './menu.ts'
import { neighbour } from './neighbour.ts'

/**
 * Menus of templates, `<details data-drop-menu>`: arrow keys, Home and End move; Escape closes and goes back to the button; a choice, a
 * click elsewhere and a focus that leaves close. For the whole page, also for what htmx swaps in later.
 */
export function startDropMenus(): void {
  document.addEventListener('click', closeOnClick)
  document.addEventListener('focusout', closeOnLeave)
  document.addEventListener('scroll', closeOnScroll, { capture: true, passive: true })
  window.addEventListener('resize', () => closeAll(null))
  document.addEventListener('toggle', onToggle, { capture: true })
  // Before a dialog around the menu hears the key: Escape closes the menu first.
  document.addEventListener('keydown', onKey, { capture: true })
}

function closeOnClick({ target }: MouseEvent): void {
  if (!(target instanceof Element)) return
  closeAll(target.closest('.popup-menu-item') === null ? target.closest('[data-drop-menu]') : null)
}

/** What scrolls away from under the menu; the menu itself may scroll. */
function closeOnScroll({ target }: Event): void {
  closeAll(target instanceof Element ? target.closest('[data-drop-menu]') : null)
}

function closeAll(kept: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>('[data-drop-menu][open]'))
    if (menu !== kept) menu.open = false
}

function onToggle({ target }: Event): void {
  if (target instanceof HTMLDetailsElement && target.matches('[data-drop-menu]')) show(target)
}

/** In the top layer, where no box around it cuts it off. */
function show(menu: HTMLDetailsElement): void {
  const popup = menu.querySelector<HTMLElement>('.popup-menu')
  popup?.togglePopover(menu.open)
  if (popup !== null && menu.open) place(popup, menu)
}

/** No next element: the window lost the focus, or something that cannot have it was pressed, which the click tells. */
function closeOnLeave({ target, relatedTarget }: FocusEvent): void {
  if (!(target instanceof Element && relatedTarget instanceof Node)) return
  const menu = target.closest<HTMLDetailsElement>('[data-drop-menu][open]')
  if (menu !== null && !menu.contains(relatedTarget)) menu.open = false
}

function onKey(event: KeyboardEvent): void {
  const menu = event.target instanceof Element ? event.target.closest<HTMLDetailsElement>('[data-drop-menu]') : null
  if (menu === null) return
  if (event.key === 'ArrowDown') menu.open = true
  if (!menu.open) return
  show(menu)
  if (event.key === 'Escape') {
    event.preventDefault()
    event.stopPropagation()
    menu.open = false
    menu.querySelector('summary')?.focus()
    return
  }
  const items = [...menu.querySelectorAll<HTMLElement>('.popup-menu-item:not(:disabled)')]
  const next = neighbour(items, document.activeElement, event.key, { back: 'ArrowUp', forth: 'ArrowDown' })
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
