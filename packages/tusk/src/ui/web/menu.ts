import { h } from './dom.ts'
import { icon } from './icons.ts'

export interface MenuItem {
  readonly label: string
  readonly run: () => void
  /** Shown before the label; an SVG element, decorative. */
  readonly icon?: Element
  /** Shown at the end, as text: `Ctrl+C`. The menu does not bind it. */
  readonly shortcut?: string
  readonly disabled?: boolean
  readonly danger?: boolean
  /** Given: the item is a switch with a tick. */
  readonly checked?: boolean
}

export type MenuItems = readonly (MenuItem | 'separator')[]

export interface MenuOptions {
  readonly items: MenuItems
  /** A point in the window, as of a contextmenu event, or the element or rectangle to open under. */
  readonly at: { readonly x: number; readonly y: number } | Pick<DOMRect, 'left' | 'top' | 'bottom'> | Element
  /** For assistive technology: what the menu is about. */
  readonly label: string
  readonly onClose?: () => void
}

export interface OpenMenu {
  close(): void
}

/**
 * Opens a menu. Arrow keys, Home, End and typing move; Enter and Space choose; Escape, Tab and clicks elsewhere close, and the focus
 * goes back to where it was.
 */
export function openMenu({ items, at, label, onClose }: MenuOptions): OpenMenu {
  const controller = new AbortController()
  const { signal } = controller
  const focused = document.activeElement
  const dom = h('div', { class: 'popup-menu', role: 'menu', tabIndex: -1, label, attributes: { popover: 'auto' } })
  const buttons: HTMLButtonElement[] = []
  for (const item of items) {
    if (item === 'separator') dom.append(h('div', { class: 'popup-menu-line', role: 'separator' }))
    else {
      const button = itemButton(item, () => {
        close()
        item.run()
      })
      if (item.disabled !== true) buttons.push(button)
      dom.append(button)
    }
  }
  let typed = ''
  let typedAt = 0

  dom.addEventListener('toggle', event => event.newState === 'closed' && close(), { signal })
  dom.addEventListener('keydown', onKey, { signal })
  dom.addEventListener('contextmenu', event => event.preventDefault(), { signal })
  dom.addEventListener(
    'pointermove',
    event => (event.target as Element).closest<HTMLButtonElement>('.popup-menu-item:not(:disabled)')?.focus(),
    {
      signal,
    },
  )
  window.addEventListener('resize', close, { signal })
  window.addEventListener('blur', close, { signal })
  document.body.append(dom)
  dom.showPopover()
  place(dom, at)
  const owner = at instanceof Element ? at : undefined
  owner?.setAttribute('aria-expanded', 'true')
  ;(buttons[0] ?? dom).focus({ preventScroll: true })
  return { close }

  function close(): void {
    if (signal.aborted) return
    const hadFocus = dom.contains(document.activeElement) || document.activeElement === document.body
    controller.abort()
    dom.remove()
    owner?.setAttribute('aria-expanded', 'false')
    if (hadFocus && focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true })
    onClose?.()
  }

  function onKey(event: KeyboardEvent): void {
    event.stopPropagation()
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const count = buttons.length
    if (event.key === 'Escape' || event.key === 'Tab') close()
    else if (event.key === 'ArrowDown') buttons[(here + 1) % count]?.focus()
    else if (event.key === 'ArrowUp') buttons[(here - 1 + count) % count]?.focus()
    else if (event.key === 'Home') buttons[0]?.focus()
    else if (event.key === 'End') buttons[count - 1]?.focus()
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey)
      find(event.key, here)
    else return
    event.preventDefault()
  }

  /** Letters typed quickly are one word; the same letter again goes to the next that begins with it. */
  function find(character: string, here: number): void {
    const now = performance.now()
    typed = now - typedAt < 700 ? typed + character.toLowerCase() : character.toLowerCase()
    typedAt = now
    const word = new Set(typed).size === 1 ? (typed[0] ?? '') : typed
    const from = word.length > 1 ? here : here + 1
    const order = [...buttons.slice(Math.max(0, from)), ...buttons.slice(0, Math.max(0, from))]
    order.find(button => button.dataset.label?.startsWith(word))?.focus()
  }
}

function itemButton(item: MenuItem, choose: () => void): HTMLButtonElement {
  const lead = h('span', { class: 'popup-menu-icon' })
  if (item.checked === true) lead.append(icon('check'))
  else if (item.icon !== undefined) lead.append(item.icon)
  const button = h(
    'button',
    {
      class: `popup-menu-item ${item.danger === true ? 'popup-menu-danger' : ''}`,
      role: item.checked === undefined ? 'menuitem' : 'menuitemcheckbox',
      tabIndex: -1,
      attributes: { type: 'button' },
    },
    lead,
    h('span', { class: 'popup-menu-label' }, item.label),
    item.shortcut !== undefined && h('kbd', { class: 'popup-menu-shortcut' }, item.shortcut),
  )
  if (item.checked !== undefined) button.ariaChecked = String(item.checked)
  button.dataset.label = item.label.toLowerCase()
  button.disabled = item.disabled === true
  button.addEventListener('click', choose)
  return button
}

/** Under its anchor, or above where there is more room; never outside the window. For what lies in the top layer. */
export function place(dom: HTMLElement, at: MenuOptions['at']): void {
  const gap = 4
  const { offsetWidth: width, offsetHeight: height } = dom
  const isBox = at instanceof Element || 'bottom' in at
  const box = at instanceof Element ? at.getBoundingClientRect() : 'bottom' in at ? at : pointBox(at)
  const below = innerHeight - box.bottom
  const top = height + gap <= below || below >= box.top ? box.bottom + (isBox ? gap : 0) : box.top - height - gap
  dom.style.left = `${Math.max(gap, Math.min(box.left, innerWidth - width - gap))}px`
  dom.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`
}

function pointBox({ x, y }: { readonly x: number; readonly y: number }): Pick<DOMRect, 'left' | 'top' | 'bottom'> {
  return { left: x, top: y, bottom: y }
}
