export interface SplitterOptions {
  /** What is sized: its width for `x`, its height for `y`. The rest of the row or column should be flexible. */
  readonly target: HTMLElement
  readonly axis: 'x' | 'y'
  /** On which side of the handle the target is. Default `before`: left of it, or above. */
  readonly side?: 'before' | 'after'
  readonly min: number
  /** Pixels, or a function for limits that depend on the window. */
  readonly max: number | (() => number)
  readonly initial: number
  /** For assistive technology: what is resized. */
  readonly label: string
  /** The size is remembered in this browser under this name. */
  readonly storageKey?: string
  readonly onResize?: (size: number) => void
}

export interface Splitter {
  readonly size: number
  setSize(size: number): void
  destroy(): void
}

const STEP = 16

/**
 * Makes `handle` a divider: drag it, or focus it and use the arrow keys (Shift for larger steps, Home and End for the limits); a
 * double-click goes back to the initial size.
 */
export function createSplitter(handle: HTMLElement, options: SplitterOptions): Splitter {
  const { target, axis, side = 'before', min, initial, label, storageKey, onResize } = options
  const controller = new AbortController()
  const { signal } = controller
  const max = (): number => Math.max(min, typeof options.max === 'function' ? options.max() : options.max)
  let wanted = remembered() ?? initial
  let size = 0

  handle.role = 'separator'
  handle.tabIndex = 0
  handle.ariaLabel = label
  handle.ariaOrientation = axis === 'x' ? 'vertical' : 'horizontal'
  handle.classList.add('splitter', `splitter-${axis}`)
  if (target.id !== '') handle.setAttribute('aria-controls', target.id)
  apply()

  handle.addEventListener('pointerdown', startDrag, { signal })
  handle.addEventListener('keydown', onKey, { signal })
  handle.addEventListener('dblclick', () => choose(initial), { signal })
  window.addEventListener('resize', apply, { signal })
  return {
    get size() {
      return size
    },
    setSize: choose,
    destroy() {
      controller.abort()
      target.style.removeProperty(axis === 'x' ? 'width' : 'height')
    },
  }

  function startDrag(event: PointerEvent): void {
    if (event.button !== 0) return
    event.preventDefault()
    handle.focus({ preventScroll: true })
    handle.setPointerCapture(event.pointerId)
    const from = place(event)
    const before = size
    const drag = new AbortController()
    const ends = AbortSignal.any([signal, drag.signal])
    document.documentElement.dataset.dragging = axis
    ends.addEventListener('abort', () => delete document.documentElement.dataset.dragging)
    const direction = side === 'before' ? 1 : -1
    handle.addEventListener('pointermove', move => choose(before + direction * (place(move) - from)), { signal: ends })
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
      handle.addEventListener(end, () => drag.abort(), { signal: ends })
  }

  function onKey(event: KeyboardEvent): void {
    const grows = axis === 'x' ? 'ArrowRight' : 'ArrowDown'
    const shrinks = axis === 'x' ? 'ArrowLeft' : 'ArrowUp'
    const step = (event.shiftKey ? STEP * 4 : STEP) * (side === 'before' ? 1 : -1)
    if (event.key === grows) choose(size + step)
    else if (event.key === shrinks) choose(size - step)
    else if (event.key === 'Home') choose(min)
    else if (event.key === 'End') choose(max())
    else return
    event.preventDefault()
  }

  function choose(next: number): void {
    wanted = Math.min(max(), Math.max(min, next))
    if (storageKey !== undefined) localStorage.setItem(storageKey, String(Math.round(wanted)))
    apply()
  }

  /** A window that became smaller shows less, but what was wanted comes back when it grows. */
  function apply(): void {
    size = Math.round(Math.min(max(), Math.max(min, wanted)))
    target.style.setProperty(axis === 'x' ? 'width' : 'height', `${size}px`)
    handle.ariaValueMin = String(min)
    handle.ariaValueMax = String(Math.round(max()))
    handle.ariaValueNow = String(size)
    onResize?.(size)
  }

  function place(event: PointerEvent): number {
    return axis === 'x' ? event.clientX : event.clientY
  }

  function remembered(): number | undefined {
    const text = storageKey === undefined ? null : localStorage.getItem(storageKey)
    const number = text === null ? Number.NaN : Number(text)
    return Number.isFinite(number) ? number : undefined
  }
}
