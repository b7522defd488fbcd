import { ApiError } from '../../../../ui/web/api.ts'
import type { WireFailure, WireImport } from '../../../../wire.ts'

/** Sends a file. `onSent` gets how much of it is there, 0 to 1. Rejects with an ApiError; aborting ends it. */
export function upload(file: File, signal: AbortSignal, onSent: (part: number) => void): Promise<WireImport> {
  return new Promise((resolve, reject) => {
    // Only this kind of request tells how far it is.
    const request = new XMLHttpRequest()
    request.open('POST', `/api/imports?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('accept', 'application/json')
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) => onSent(total === 0 ? 1 : loaded / total))
    request.upload.addEventListener('load', () => onSent(1))
    request.addEventListener('load', () => {
      const body: unknown = request.response
      if (request.status < 400) resolve(body as WireImport)
      else reject(new ApiError(request.status, (body as WireFailure | null)?.error ?? unanswered, body))
    })
    request.addEventListener('error', () => reject(new ApiError(0, unanswered)))
    request.addEventListener('abort', () => reject(signal.reason))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

const unanswered = { code: 'INTERNAL', message: 'The file could not be sent.', hint: 'Is Tusk still running?' } as const
