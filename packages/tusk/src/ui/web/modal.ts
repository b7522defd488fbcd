import type { Island } from './island.ts'

export interface ModalProps {
  /** Events of the window that open and close it. */
  readonly openEvent: string
  readonly closeEvent: string
  /** Told to the window when a button `data-modal-confirm` was pressed. */
  readonly confirmEvent?: string
}

/** A `<dialog>` of a template that opens and closes by events of the window, and gives the focus back. */
export const modal: Island<ModalProps> = (element, { openEvent, closeEvent, confirmEvent }) => {
  const dialog = element as HTMLDialogElement
  const controller = new AbortController()
  const { signal } = controller
  window.addEventListener(openEvent, () => dialog.open || dialog.showModal(), { signal })
  window.addEventListener(closeEvent, () => dialog.close(), { signal })
  // Keys belong to the dialog while it is open: shortcuts of the page below must not fire.
  dialog.addEventListener('keydown', event => event.stopPropagation(), { signal })
  dialog.addEventListener(
    'click',
    event => {
      // Browsers that do not know `closedby` yet: the backdrop is the dialog itself.
      if (event.target === dialog) dialog.close()
      if ((event.target as Element).closest('[data-modal-confirm]') === null || confirmEvent === undefined) return
      dialog.close()
      dialog.dispatchEvent(new CustomEvent(confirmEvent, { bubbles: true }))
    },
    { signal },
  )
  return {
    destroy() {
      controller.abort()
      dialog.close()
    },
  }
}
