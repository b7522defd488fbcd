import { type MenuItem, openMenu } from '../../../ui/web/menu.ts'

/** Where a menu was asked for: an element to open under, or the point of a right click. */
export type PopupAnchor = HTMLElement | MouseEvent

export function popup(anchor: PopupAnchor, label: string, items: readonly (MenuItem | 'separator')[]): void {
  openMenu({ items, label, at: anchor instanceof MouseEvent ? { x: anchor.clientX, y: anchor.clientY } : anchor })
}
