import { h, iconButton, textButton } from './dom.ts'
import { type IconName, icon } from './icons.ts'
import { isSessionOver } from './session-end.ts'

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

const icons = { info: 'info', success: 'complete', warning: 'warning', error: 'alert' } as const satisfies Record<
  string,
  IconName
>

const MOST = 5

/**
 * Says something in the corner, to screen readers too, without taking the focus; who went into it gets back to where they were. Above dialogs.
 * The same words again take the place of the first, unless somebody could still act on those.
 */
export function toast(options: ToastOptions): Toast {
  const { kind = 'info', title, detail, action } = options
  // The page says already why everything fails.
  if (kind === 'error' && isSessionOver()) return { close: () => undefined }
  const durationMs = options.durationMs ?? (kind === 'error' || action !== undefined ? 10_000 : 5_000)
  let cameFrom: HTMLElement | undefined
  const close = (): void => {
    timer.stop()
    const hadFocus = made.contains(document.activeElement)
    made.remove()
    if (hadFocus && cameFrom?.isConnected === true) cameFrom.focus({ preventScroll: true })
    const tray = document.querySelector('.toast-tray')
    if (tray !== null && tray.childElementCount === 0) tray.remove()
  }
  const made = h(
    'div',
    { class: `toast-card toast-${kind}`, role: kind === 'error' ? 'alert' : 'status' },
    icon(icons[kind], 'toast-icon'),
    h(
      'div',
      { class: 'toast-text' },
      h('p', { class: 'toast-title' }, title),
      detail !== undefined && h('p', { class: 'toast-detail' }, detail),
    ),
    action !== undefined &&
      textButton(action.label, () => {
        close()
        action.run()
      }),
    iconButton('close', 'Close', close),
  )
  made.addEventListener('keydown', event => event.key === 'Escape' && close())
  made.addEventListener('focusin', ({ relatedTarget }) => {
    if (relatedTarget instanceof HTMLElement && !made.contains(relatedTarget)) cameFrom = relatedTarget
  })

  const timer = pausable(durationMs, close)
  for (const event of ['pointerenter', 'focusin'] as const) made.addEventListener(event, timer.pause)
  for (const event of ['pointerleave', 'focusout'] as const) made.addEventListener(event, timer.go)
  const tray = openTray()
  if (action === undefined) sameWords(tray, made)?.remove()
  tray.append(made)
  while (tray.childElementCount > MOST) tray.firstElementChild?.remove()
  timer.go()
  return { close }
}

function sameWords(tray: HTMLElement, made: HTMLElement): Element | undefined {
  return [...tray.children].find(
    other =>
      other.className === made.className &&
      other.textContent === made.textContent &&
      !other.contains(document.activeElement),
  )
}

/** The corner where toasts lie: shown anew each time, so that it lies above a dialog that opened since. */
function openTray(): HTMLElement {
  let tray = document.querySelector<HTMLElement>('.toast-tray')
  if (tray === null) {
    tray = h('section', { class: 'toast-tray', label: 'Messages', attributes: { popover: 'manual' } })
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
