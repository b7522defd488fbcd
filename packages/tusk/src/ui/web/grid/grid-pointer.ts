import type { CellPlace } from './grid-selection.ts'

export interface PointerTarget {
  /** The cell under a point, moved to the nearest one when outside; `inGutter` when over the row numbers. */
  locate(clientX: number, clientY: number): (CellPlace & { readonly inGutter: boolean }) | undefined
  /** Rectangle in which cells can be seen. */
  bounds(): DOMRect
  press(cell: CellPlace, mode: 'only' | 'add' | 'extend'): void
  pressRow(row: number, mode: 'only' | 'add' | 'extend'): void
  drag(cell: CellPlace): void
  dragRow(row: number): void
  scrollBy(x: number, y: number): void
  open(): void
  menu(cell: CellPlace, x: number, y: number): void
}

/** Mouse, pen and touch on the cells: press, drag a range with scrolling at the edges, double click, menu. Touch scrolls. */
export function listenToPointer(body: HTMLElement, target: PointerTarget, signal: AbortSignal): void {
  let drag: { inGutter: boolean; x: number; y: number; pointerId: number } | undefined
  let frame = 0

  const follow = () => {
    if (drag === undefined) return
    const cell = target.locate(drag.x, drag.y)
    if (cell === undefined) return
    if (drag.inGutter) target.dragRow(cell.row)
    else target.drag(cell)
  }
  const scrollAtEdges = () => {
    if (drag === undefined) return
    const { left, right, top, bottom } = target.bounds()
    const x = beyond(drag.x, left, right)
    const y = beyond(drag.y, top, bottom)
    if (x !== 0 || y !== 0) {
      target.scrollBy(drag.inGutter ? 0 : x, y)
      follow()
    }
    frame = requestAnimationFrame(scrollAtEdges)
  }
  const end = () => {
    drag = undefined
    cancelAnimationFrame(frame)
  }

  body.addEventListener(
    'pointerdown',
    event => {
      if (event.button !== 0 || event.pointerType === 'touch') return
      const cell = target.locate(event.clientX, event.clientY)
      if (cell === undefined) return
      const mode = event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'add' : 'only'
      if (cell.inGutter) target.pressRow(cell.row, mode)
      else target.press(cell, mode)
      drag = { inGutter: cell.inGutter, x: event.clientX, y: event.clientY, pointerId: event.pointerId }
      body.setPointerCapture(event.pointerId)
      frame = requestAnimationFrame(scrollAtEdges)
    },
    { signal },
  )
  body.addEventListener(
    'pointermove',
    event => {
      if (drag === undefined || drag.pointerId !== event.pointerId) return
      if (drag.x === event.clientX && drag.y === event.clientY) return
      drag.x = event.clientX
      drag.y = event.clientY
      follow()
    },
    { signal },
  )
  body.addEventListener('pointerup', end, { signal })
  body.addEventListener('pointercancel', end, { signal })
  body.addEventListener('lostpointercapture', end, { signal })
  signal.addEventListener('abort', end, { once: true })
  body.addEventListener(
    'click',
    event => {
      if ((event as PointerEvent).pointerType !== 'touch') return
      const cell = target.locate(event.clientX, event.clientY)
      if (cell !== undefined) target.press(cell, 'only')
    },
    { signal },
  )
  body.addEventListener(
    'dblclick',
    event => {
      const cell = target.locate(event.clientX, event.clientY)
      if (cell !== undefined && !cell.inGutter) target.open()
    },
    { signal },
  )
  body.addEventListener(
    'contextmenu',
    event => {
      const cell = target.locate(event.clientX, event.clientY)
      if (cell === undefined) return
      event.preventDefault()
      target.menu(cell, event.clientX, event.clientY)
    },
    { signal },
  )
}

/** How far to scroll in a frame when the pointer is beyond an edge: the farther, the faster. */
function beyond(at: number, low: number, high: number): number {
  if (at < low) return Math.max(-400, Math.round((at - low) * 0.5))
  if (at > high) return Math.min(400, Math.round((at - high) * 0.5))
  return 0
}
