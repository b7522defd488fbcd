import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { sandboxPolicy } from './security-headers.ts'

export interface DownloadFile {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Readable
}

/** Sends bytes as a file to save, never as something to open in place (R28). */
export function sendDownload(reply: FastifyReply, file: DownloadFile): FastifyReply {
  return reply
    .header('Content-Disposition', attachment(file.name))
    .header('Content-Security-Policy', sandboxPolicy)
    .type(file.mimeType)
    .send(file.bytes)
}

/** Content-Disposition of RFC 6266: a plain ASCII name, and the real one for clients that can read it. */
export function attachment(name: string): string {
  const safe = [...name]
    .map(character => (isControl(character) || '/\\'.includes(character) ? '_' : character))
    .join('')
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replace(/["%]/g, '_')
  const encoded = encodeURIComponent(safe.toWellFormed()).replace(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

function isControl(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return code < 0x20 || (code >= 0x7f && code < 0xa0)
}
