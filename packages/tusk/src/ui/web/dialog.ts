import { h } from './dom.ts'

export interface DialogOptions {
  readonly title: string
  /** More classes of the box: `max-w-2xl`. */
  readonly class?: string
  readonly onClose?: () => void
}

export interface OpenDialog {
  readonly dom: HTMLDialogElement
  readonly body: HTMLElement
  readonly footer: HTMLElement
  /** Aborts when the dialog closes, however that happens. */
  readonly signal: AbortSignal
  close(): void
}

export interface ConfirmOptions {
  readonly title: string
  readonly message?: string
  /** Default OK; better is the verb: Delete. */
  readonly confirmLabel?: string
  readonly cancelLabel?: string
  /** Something is lost: the button is red and the focus starts at Cancel. */
  readonly danger?: boolean
}

export interface PromptOptions {
  readonly title: string
  readonly message?: string
  readonly label: string
  readonly value?: string
  readonly placeholder?: string
  readonly confirmLabel?: string
  /** What is wrong with a value, or undefined. */
  readonly check?: (value: string) => string | undefined
}

/** A modal dialog with a title, a body and a row of buttons to fill. Escape closes; the focus goes back to where it was. */
export function openDialog({ title, class: className = '', onClose }: DialogOptions): OpenDialog {
  const controller = new AbortController()
  const focused = document.activeElement
  const heading = h('h2', { class: 'dialog-title', id: `dialog-${crypto.randomUUID()}` }, title)
  const body = h('div', { class: 'dialog-body' })
  const footer = h('div', { class: 'dialog-footer' })
  const box = h('div', { class: `dialog-box ${className}` }, heading, body, footer)
  const dom = h('dialog', { class: 'dialog', attributes: { 'aria-labelledby': heading.id } }, box)
  dom.addEventListener('close', () => {
    controller.abort()
    dom.remove()
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true })
    onClose?.()
  })
  // Keys belong to the dialog while it is open: shortcuts of the page below must not fire.
  dom.addEventListener('keydown', event => event.stopPropagation())
  document.body.append(dom)
  dom.showModal()
  return { dom, body, footer, signal: controller.signal, close: () => dom.close() }
}

/** Asks yes or no. False for Cancel and Escape. */
export function confirm({
  title,
  message,
  confirmLabel = 'OK',
  cancelLabel = 'Cancel',
  danger = false,
}: ConfirmOptions): Promise<boolean> {
  return new Promise(resolve => {
    let answer = false
    const dialog = openDialog({ title, class: 'max-w-md', onClose: () => resolve(answer) })
    if (danger) dialog.dom.role = 'alertdialog'
    if (message !== undefined) dialog.body.append(h('p', {}, message))
    const cancel = button(cancelLabel, '', dialog.close)
    const accept = button(confirmLabel, danger ? 'btn-error' : 'btn-primary', () => {
      answer = true
      dialog.close()
    })
    dialog.footer.append(cancel, accept)
    ;(danger ? cancel : accept).focus()
  })
}

/** Asks for a line of text. Null for Cancel and Escape. */
export function prompt(options: PromptOptions): Promise<string | null> {
  return new Promise(resolve => {
    let answer: string | null = null
    const dialog = openDialog({ title: options.title, class: 'max-w-md', onClose: () => resolve(answer) })
    const id = `prompt-${crypto.randomUUID()}`
    const input = h('input', {
      class: 'input w-full',
      id,
      attributes: {
        type: 'text',
        autocomplete: 'off',
        placeholder: options.placeholder ?? '',
        'aria-describedby': `${id}-problem`,
      },
    })
    input.value = options.value ?? ''
    const problem = h('p', { class: 'field-problem', id: `${id}-problem`, role: 'alert' })
    const form = h(
      'form',
      { class: 'field', id: `${id}-form`, attributes: { method: 'dialog', novalidate: '' } },
      h('label', { class: 'field-label', attributes: { for: id } }, options.label),
      input,
      problem,
    )
    form.addEventListener('submit', event => {
      event.preventDefault()
      const wrong = options.check?.(input.value)
      problem.textContent = wrong ?? ''
      input.ariaInvalid = String(wrong !== undefined)
      if (wrong !== undefined) return
      answer = input.value
      dialog.close()
    })
    if (options.message !== undefined) dialog.body.append(h('p', {}, options.message))
    dialog.body.append(form)
    const accept = h(
      'button',
      { class: 'btn btn-primary', attributes: { type: 'submit', form: form.id } },
      options.confirmLabel ?? 'OK',
    )
    dialog.footer.append(button('Cancel', '', dialog.close), accept)
    input.focus()
    input.select()
  })
}

function button(text: string, look: string, onClick: () => void): HTMLButtonElement {
  return h('button', { class: `btn ${look}`, attributes: { type: 'button' }, on: { click: onClick } }, text)
}
