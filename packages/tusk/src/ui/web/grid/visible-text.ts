/** A piece of a cell's text; marks stand for characters that would not be seen, or would change how the rest is seen. */
export interface TextPiece {
  readonly text: string
  readonly isMark: boolean
}

/** Longest text that a cell of the grid shows; the viewer shows all of it. */
export const maxCellText = 400

const suspicious =
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb]|^ | $| {2}/
const hidden =
  /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff\ufff9-\ufffb]|^ +| +$| {2,}/g

/** True for text that can be shown as it is. */
export function isPlainText(text: string): boolean {
  return !suspicious.test(text)
}

/**
 * Text for one line that does not lie: line breaks, tabs and control characters as symbols, blanks at the ends and in rows
 * as dots, invisible and direction-changing characters by their code.
 */
export function visiblePieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let at = 0
  for (const match of text.matchAll(hidden)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isMark: false })
    pieces.push({ text: markOf(match[0]), isMark: true })
    at = match.index + match[0].length
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMark: false })
  return pieces
}

/** At most `maxCellText` UTF-16 units, never half a character. */
export function shorten(text: string): string {
  if (text.length <= maxCellText) return text
  const last = text.charCodeAt(maxCellText - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxCellText - 1 : maxCellText)
}

function markOf(hiddenText: string): string {
  const code = hiddenText.charCodeAt(0)
  if (code === 0x20) return '·'.repeat(hiddenText.length)
  if (code === 0x0a) return '↵'
  if (code === 0x0d) return '␍'
  if (code === 0x09) return '⇥'
  if (code === 0xa0) return '⍽'
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '␡'
  return `‹${code.toString(16).toUpperCase().padStart(4, '0')}›`
}
