import { createButton, createElement, createIcon } from './create-element.ts'

export interface ToastOptions {
  readonly kind?: 'info' | 'success' | 'warning' | 'error'
  readonly title: string
  readonly detail?: string
  /** One thing the person can do, such as Undo. It closes the toast. */
  readonly action?: { readonly label: string; readonly run: () => void }
  /** Default 5 s, errors and toasts with an action 10 s; 0 stays until it is closed. Time stands still under the pointer or focus. */
  readonly durationMs?: number
}

export interface Toast {
  close(): void
}

const icons = {
  info: 'M12 16v-4M12 8h.01M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0Z',
  success: 'M21.8 10A10 10 0 1 1 17 3.3M9 11l3 3L22 4',
  warning: 'm21.7 18-8-14a2 2 0 0 0-3.5 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.7-3M12 9v4M12 17h.01',
  error: 'M12 8v4M12 16h.01M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0Z',
} as const

const MOST = 5

/** Says something in the corner, to screen readers too, without taking the focus. Above dialogs. */
export function toast(options: ToastOptions): Toast {
  const { kind = 'info', title, detail, action } = options
  const durationMs = options.durationMs ?? (kind === 'error' || action !== undefined ? 10_000 : 5_000)
  const close = (): void => {
    timer.stop()
    made.remove()
    const tray = document.querySelector('.toast-tray')
    if (tray !== null && tray.childElementCount === 0) tray.remove()
  }
  const text = createElement('div', { class: 'toast-text' }, createElement('p', { class: 'toast-title', text: title }))
  if (detail !== undefined) text.append(createElement('p', { class: 'toast-detail', text: detail }))
  const made = createElement(
    'div',
    { class: `toast-card toast-${kind}`, attributes: { role: kind === 'error' ? 'alert' : 'status' } },
    createIcon(icons[kind], 'toast-icon'),
    text,
  )
  if (action !== undefined)
    made.append(
      createButton(action.label, 'btn btn-sm', () => {
        close()
        action.run()
      }),
    )
  const dismiss = createButton('', 'btn btn-ghost btn-square btn-sm', close)
  dismiss.ariaLabel = 'Close'
  dismiss.append(createIcon('M18 6 6 18M6 6l12 12'))
  made.append(dismiss)
  made.addEventListener('keydown', event => event.key === 'Escape' && close())

  const timer = pausable(durationMs, close)
  for (const event of ['pointerenter', 'focusin'] as const) made.addEventListener(event, timer.pause)
  for (const event of ['pointerleave', 'focusout'] as const) made.addEventListener(event, timer.go)
  const tray = openTray()
  tray.append(made)
  while (tray.childElementCount > MOST) tray.firstElementChild?.remove()
  timer.go()
  return { close }
}

/** The corner where toasts lie: shown anew each time, so that it lies above a dialog that opened since. */
function openTray(): HTMLElement {
  let tray = document.querySelector<HTMLElement>('.toast-tray')
  if (tray === null) {
    tray = createElement('section', {
      class: 'toast-tray',
      attributes: { popover: 'manual', 'aria-label': 'Messages' },
    })
    document.body.append(tray)
  }
  if (tray.matches(':popover-open')) tray.hidePopover()
  tray.showPopover()
  return tray
}

function pausable(milliseconds: number, end: () => void): { go(): void; pause(): void; stop(): void } {
  let left = milliseconds
  let startedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  return {
    stop,
    go() {
      if (timer !== undefined || milliseconds === 0) return
      startedAt = performance.now()
      timer = setTimeout(end, left)
    },
    pause() {
      if (timer === undefined) return
      stop()
      left = Math.max(1_000, left - (performance.now() - startedAt))
    },
  }
}
