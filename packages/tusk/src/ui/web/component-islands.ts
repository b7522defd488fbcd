import { fileDrop } from './file-drop.ts'
import type { Island } from './island.ts'
import type { IslandSources } from './island-loader.ts'
import { modal } from './modal.ts'
import { toast } from './toast.ts'

const toastOnce: Island<{ readonly message: string; readonly variant: string; readonly detail: string }> = (
  _element,
  { message, variant, detail },
) => {
  const kind = variant === 'success' || variant === 'warning' || variant === 'error' ? variant : 'info'
  toast({ kind, title: message, ...(detail === '' ? {} : { detail }) })
  return { destroy: () => undefined }
}

/** Islands so small, and so often on a page, that they come with the page. */
export const componentIslands: IslandSources = {
  modal: async () => ({ mount: modal }),
  'file-drop': async () => ({ mount: fileDrop }),
  toast: async () => ({ mount: toastOnce }),
}
