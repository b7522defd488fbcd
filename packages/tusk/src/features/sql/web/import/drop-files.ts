/** A file that is dropped anywhere on the page is taken; gives what ends that. */
export function dropFiles(onFile: (file: File) => void): () => void {
  const controller = new AbortController()
  const { signal } = controller
  const hasFile = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') === true && document.querySelector('dialog[open]') === null
  document.addEventListener(
    'dragover',
    event => {
      if (!hasFile(event)) return
      event.preventDefault()
      document.body.dataset.dropping = ''
    },
    { signal },
  )
  document.addEventListener(
    'dragleave',
    event => {
      if (event.relatedTarget === null) delete document.body.dataset.dropping
    },
    { signal },
  )
  document.addEventListener(
    'drop',
    event => {
      delete document.body.dataset.dropping
      if (!hasFile(event)) return
      event.preventDefault()
      const file = event.dataTransfer?.files[0]
      if (file !== undefined) onFile(file)
    },
    { signal },
  )
  return () => controller.abort()
}
