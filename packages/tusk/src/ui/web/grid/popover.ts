import { h } from '../dom.ts'

/** Where a popover points: a rectangle in the window. */
export interface PopoverAnchor {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Popover {
  readonly dom: HTMLElement
  /** Aborts when the popover closes: for what it still loads. */
  readonly signal: AbortSignal
  /** Again at its anchor: call when its size changed. */
  place(): void
  close(): void
}

export interface PopoverOptions {
  readonly label: string
  readonly className?: string
  readonly role?: 'dialog' | 'menu'
  readonly onClose?: () => void
}

/**
 * A panel above everything else, under its anchor or over it where there is more room. Closes by Escape, by a click elsewhere and
 * when the window changes its size; the focus goes back to where it was.
 */
export function openPopover(owner: HTMLElement, anchor: PopoverAnchor, options: PopoverOptions): Popover {
  const controller = new AbortController()
  const dom = h('div', { class: `grid-popover ${options.className ?? ''}` })
  const focused = document.activeElement
  dom.popover = 'auto'
  dom.role = options.role ?? 'dialog'
  dom.ariaLabel = options.label
  dom.tabIndex = -1
  owner.append(dom)
  const popover: Popover = {
    dom,
    signal: controller.signal,
    place() {
      const { offsetWidth: width, offsetHeight: height } = dom
      const below = window.innerHeight - anchor.bottom
      const top = height <= below - 8 || below >= anchor.top ? anchor.bottom + 2 : anchor.top - height - 2
      const left = Math.min(anchor.left, window.innerWidth - width - 8)
      dom.style.left = `${Math.max(8, left)}px`
      dom.style.top = `${Math.max(8, Math.min(top, window.innerHeight - height - 8))}px`
    },
    close() {
      if (controller.signal.aborted) return
      const hadFocus = dom.contains(document.activeElement)
      controller.abort()
      dom.remove()
      if (hadFocus && focused instanceof HTMLElement) focused.focus({ preventScroll: true })
      options.onClose?.()
    },
  }
  const { signal } = controller
  dom.addEventListener('toggle', event => event.newState === 'closed' && popover.close(), { signal })
  dom.addEventListener(
    'keydown',
    event => {
      event.stopPropagation()
      if (event.key !== 'Escape') return
      event.preventDefault()
      popover.close()
    },
    { signal },
  )
  window.addEventListener('resize', popover.close, { signal })
  dom.showPopover()
  dom.focus({ preventScroll: true })
  return popover
}

/** The anchor of a popover under a point, as for a context menu. */
export function pointAnchor(x: number, y: number): PopoverAnchor {
  return { left: x, top: y, right: x, bottom: y }
}
