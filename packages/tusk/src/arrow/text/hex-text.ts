import { TuskError } from '../../errors.ts'

/** Bytes as PostgreSQL writes them: `\x0a0b`. TOO_LARGE when no string is long enough. */
export function hexText(bytes: Uint8Array): string {
  if (bytes.length > mostBytes) {
    throw new TuskError('TOO_LARGE', 'A value is too long to be shown as text.', {
      detail: `It has ${bytes.length} bytes.`,
    })
  }
  const text = new Uint8Array(2 + bytes.length * 2)
  text[0] = 0x5c
  text[1] = 0x78
  for (let index = 0, at = 2; index < bytes.length; index++) {
    const byte = bytes[index]!
    text[at++] = hexDigits[byte >> 4]!
    text[at++] = hexDigits[byte & 15]!
  }
  return decoder.decode(text)
}

const decoder = new TextDecoder()
const hexDigits = new TextEncoder().encode('0123456789abcdef')
/** V8's longest string has 2^29 - 24 characters. */
const mostBytes = 2 ** 28 - 16
