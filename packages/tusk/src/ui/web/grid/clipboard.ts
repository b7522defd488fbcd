/** The browser let us not write to the clipboard without a further press of a person; the text is ready. */
export class ClipboardRefusedError extends Error {
  readonly text: Blob

  constructor(text: Blob, cause?: unknown) {
    super('The browser refused access to the clipboard.', { cause })
    this.name = 'ClipboardRefusedError'
    this.text = text
  }
}

/**
 * Writes text that may still be on its way. Call it inside the event of a key or click, before anything is awaited: the browser
 * then keeps the permission until the text is there. Rejects with what `text` rejects with, or ClipboardRefusedError.
 */
export async function writeClipboard(text: Promise<Blob>): Promise<void> {
  if (navigator.clipboard !== undefined && typeof ClipboardItem !== 'undefined') {
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
      return
    } catch (error) {
      const blob = await text
      await writeByCommand(blob, error)
      return
    }
  }
  await writeByCommand(await text, undefined)
}

/** The old way, also on pages of plain http, where there is no `navigator.clipboard`. */
export async function writeByCommand(blob: Blob, cause: unknown): Promise<void> {
  const text = await blob.text()
  let isWritten = false
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    isWritten = true
  }
  document.addEventListener('copy', onCopy, { capture: true })
  try {
    document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', onCopy, { capture: true })
  }
  if (!isWritten) throw new ClipboardRefusedError(blob, cause)
}
