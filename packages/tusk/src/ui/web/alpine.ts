import Alpine from '@alpinejs/csp'
import { tuskConfirm, tuskPrompt, tuskToast } from './plugin-globals.ts'
import { resizableSidebar } from './resizable-sidebar.ts'

// The build without eval: expressions are names, calls and plain operators; longer ones belong into Alpine.data.

// `x-data="tusk"`: expressions may not use what stands at the window, so it is handed in.
Alpine.data('tusk', () => ({
  tuskToast: (message: string, variant?: string) => tuskToast(message, variant),
  tuskConfirm: (message: string, title?: string) => tuskConfirm(message, title),
  tuskPrompt: (message: string, value?: string, title?: string) => tuskPrompt(message, value, title),
}))

// Inside of the macro `modal`, `open` says whether it is open, and `open = false` closes it.
Alpine.data('tuskModal', () => ({
  get open(): boolean {
    return (this.$root as HTMLDialogElement).open
  },
  set open(wanted: boolean) {
    const dialog = this.$root as HTMLDialogElement
    if (!wanted) dialog.close()
    else if (!dialog.open) dialog.showModal()
  },
}))

Alpine.data('resizableSidebar', resizableSidebar)
Alpine.start()
