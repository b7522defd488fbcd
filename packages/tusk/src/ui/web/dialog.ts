import { createButton, createElement } from './create-element.ts'

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
  const heading = createElement('h2', {
    class: 'dialog-title',
    text: title,
    attributes: { id: `dialog-${crypto.randomUUID()}` },
  })
  const body = createElement('div', { class: 'dialog-body' })
  const footer = createElement('div', { class: 'dialog-footer' })
  const box = createElement('div', { class: `dialog-box ${className}` }, heading, body, footer)
  const dom = createElement('dialog', { class: 'dialog', attributes: { 'aria-labelledby': heading.id } }, box)
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
    if (message !== undefined) dialog.body.append(createElement('p', { text: message }))
    const cancel = createButton(cancelLabel, 'btn', dialog.close)
    const accept = createButton(confirmLabel, danger ? 'btn btn-error' : 'btn btn-primary', () => {
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
    const input = createElement('input', {
      class: 'input w-full',
      attributes: {
        id,
        type: 'text',
        autocomplete: 'off',
        placeholder: options.placeholder ?? '',
        'aria-describedby': `${id}-problem`,
      },
    })
    input.value = options.value ?? ''
    const problem = createElement('p', { class: 'field-problem', attributes: { id: `${id}-problem`, role: 'alert' } })
    const form = createElement(
      'form',
      { class: 'field', attributes: { method: 'dialog', novalidate: '', id: `${id}-form` } },
      createElement('label', { class: 'field-label', text: options.label, attributes: { for: id } }),
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
    if (options.message !== undefined) dialog.body.append(createElement('p', { text: options.message }))
    dialog.body.append(form)
    const accept = createElement('button', {
      class: 'btn btn-primary',
      text: options.confirmLabel ?? 'OK',
      attributes: { type: 'submit', form: form.id },
    })
    dialog.footer.append(createButton('Cancel', 'btn', dialog.close), accept)
    input.focus()
    input.select()
  })
}
