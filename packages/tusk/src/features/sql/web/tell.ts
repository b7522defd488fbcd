import type { ApiError } from '../../../ui/web/api.ts'
import { toast } from '../../../ui/web/toast.ts'

/** Says that something the person asked for did not work, and why. */
export function tellFailure(failure: ApiError, title: string): void {
  const { message, detail, hint } = failure.error
  toast({ kind: 'error', title, detail: [message, detail, hint].filter(Boolean).join(' ') })
}

/** Copies text and says so; a browser that refuses shows the text instead. */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast({ kind: 'success', title: done })
  } catch {
    toast({ kind: 'error', title: 'The browser refused to copy', detail: text })
  }
}
