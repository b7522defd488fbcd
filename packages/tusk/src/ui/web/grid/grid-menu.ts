import { element } from './dom.ts'
import { type IconName, icon } from './icon.ts'
import { openPopover, type PopoverAnchor } from './popover.ts'

export type MenuItem =
  | 'separator'
  | {
      readonly label: string
      readonly icon?: IconName
      /** Shown at the right: the key that does the same. */
      readonly keys?: string
      /** Marked as the choice that holds. */
      readonly isChecked?: boolean
      readonly isDisabled?: boolean
      readonly run: () => void
    }

/** A menu with arrows, Home, End, type-ahead, Enter; Escape and Tab close it. Focus is back before an item runs. */
export function openMenu(owner: HTMLElement, anchor: PopoverAnchor, label: string, items: readonly MenuItem[]): void {
  const popover = openPopover(owner, anchor, { label, role: 'menu', className: 'grid-menu' })
  const buttons: HTMLButtonElement[] = []
  for (const item of items) {
    if (item === 'separator') {
      const line = element('div', 'grid-menu-separator')
      line.role = 'separator'
      popover.dom.append(line)
      continue
    }
    const mark = element('span', 'grid-menu-mark')
    if (item.isChecked) mark.append(icon('check'))
    else if (item.icon !== undefined) mark.append(icon(item.icon))
    const entry = element('button', 'grid-menu-item', mark, element('span', 'grid-menu-label', item.label))
    if (item.keys !== undefined) entry.append(element('span', 'grid-menu-keys', item.keys))
    entry.type = 'button'
    entry.role = item.isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'
    if (item.isChecked !== undefined) entry.ariaChecked = String(item.isChecked)
    entry.tabIndex = -1
    entry.disabled = item.isDisabled ?? false
    entry.addEventListener('click', () => {
      popover.close()
      item.run()
    })
    entry.addEventListener('pointermove', () => entry.focus({ preventScroll: true }))
    popover.dom.append(entry)
    if (!entry.disabled) buttons.push(entry)
  }
  popover.dom.addEventListener('keydown', event => {
    const current = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const next = nextIndex(event.key, current, buttons)
    if (event.key === 'Tab') {
      event.preventDefault()
      popover.close()
    } else if (next !== undefined) {
      event.preventDefault()
      buttons[next]?.focus()
    }
  })
  popover.place()
  buttons[0]?.focus()
}

function nextIndex(key: string, current: number, buttons: readonly HTMLButtonElement[]): number | undefined {
  const count = buttons.length
  if (count === 0) return undefined
  if (key === 'ArrowDown') return (current + 1) % count
  if (key === 'ArrowUp') return (current - 1 + count) % count
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  if (key.length !== 1 || key === ' ') return undefined
  for (let step = 1; step <= count; step++) {
    const index = (current + step) % count
    const label = buttons[index]?.querySelector('.grid-menu-label')?.textContent ?? ''
    if (label.toLowerCase().startsWith(key.toLowerCase())) return index
  }
  return undefined
}
