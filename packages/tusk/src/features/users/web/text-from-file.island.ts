import { h } from '../../../ui/web/dom.ts'
import type { Island } from '../../../ui/web/island.ts'

/** A button that puts the text of a file of this computer into a field of the page, and the same for a file dropped on that field. */
export const mount: Island<{ readonly field: string; readonly accept: string; readonly label: string }> = (
  element,
  { field, accept, label },
) => {
  const target = document.getElementById(field)
  if (!(target instanceof HTMLTextAreaElement)) return { destroy: () => undefined }
  const controller = new AbortController()
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    target.value = await file.text()
    target.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const input = h('input', { class: 'file-input', attributes: { type: 'file', accept, 'aria-label': label } })
  input.addEventListener('change', () => void take(input.files?.[0]))
  target.addEventListener(
    'drop',
    event => {
      const file = event.dataTransfer?.files[0]
      if (file === undefined) return
      event.preventDefault()
      void take(file)
    },
    { signal: controller.signal },
  )
  element.replaceChildren(input)
  return {
    destroy() {
      controller.abort()
      input.remove()
    },
  }
}
