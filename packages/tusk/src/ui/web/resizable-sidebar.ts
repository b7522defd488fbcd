import { createSplitter } from './splitter.ts'

/** Pixels. */
const limits = { min: 180, max: 480, initial: 256 } as const

export interface ResizableSidebar {
  width: number
  init(): void
  destroy(): void
  startResize(event: MouseEvent): void
}

/**
 * Alpine component `resizableSidebar(key)` for the element of a side bar: as wide as the person left it under this key, 180 to 480
 * pixels. A handle inside calls `startResize($event)` on mousedown, as in the older Tusk; without one a handle is added at its right
 * edge, which arrow keys move too.
 */
export function resizableSidebar(
  key: string,
): ResizableSidebar & ThisType<ResizableSidebar & { readonly $el: HTMLElement }> {
  const controller = new AbortController()
  const { signal } = controller
  const storageKey = `sidebar-w-${key}`
  let sidebar: HTMLElement | undefined
  let removeHandle = (): void => undefined
  return {
    width: limits.initial,
    init() {
      sidebar = this.$el
      if (sidebar.querySelector('[\\@mousedown*=startResize], [x-on\\:mousedown*=startResize]') !== null) {
        const stored = Number(localStorage.getItem(storageKey))
        this.width = clamp(stored > 0 ? stored : limits.initial)
        sidebar.style.width = `${this.width}px`
        return
      }
      const handle = document.createElement('div')
      handle.className = 'splitter-edge'
      sidebar.append(handle)
      const splitter = createSplitter(handle, {
        ...limits,
        target: sidebar,
        axis: 'x',
        label: 'Width of the side bar',
        storageKey,
        onResize: size => {
          this.width = size
        },
      })
      removeHandle = () => {
        splitter.destroy()
        handle.remove()
      }
    },
    destroy() {
      controller.abort()
      removeHandle()
    },
    startResize(event) {
      event.preventDefault()
      const drag = new AbortController()
      const ends = AbortSignal.any([signal, drag.signal])
      document.documentElement.dataset.dragging = 'x'
      ends.addEventListener('abort', () => delete document.documentElement.dataset.dragging)
      document.addEventListener(
        'mousemove',
        move => {
          if (sidebar === undefined) return
          this.width = clamp(move.clientX - sidebar.getBoundingClientRect().left)
          sidebar.style.width = `${this.width}px`
        },
        { signal: ends },
      )
      document.addEventListener(
        'mouseup',
        () => {
          drag.abort()
          localStorage.setItem(storageKey, String(this.width))
        },
        { signal: ends },
      )
    },
  }
}

function clamp(width: number): number {
  return Math.min(limits.max, Math.max(limits.min, Math.round(width)))
}
