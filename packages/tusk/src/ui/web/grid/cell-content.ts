import { h } from '../dom.ts'
import { byteSize } from './byte-size.ts'
import type { ColumnKind } from './column-kind.ts'
import { isPlainText, shorten, visiblePieces } from './visible-text.ts'

/** What one cell shows; `null` is NULL. `fullByteLength` is set of a value that came cut. */
export interface CellValue {
  readonly kind: ColumnKind
  readonly text: string | null
  readonly fullByteLength: number | undefined
}

/** The class that belongs to a value, beside that of its column. */
export function valueClass(value: CellValue): string {
  if (value.text === null) return 'is-null'
  if (value.kind === 'boolean') return value.text === 'true' ? 'is-true' : 'is-false'
  return ''
}

/** Puts a value into a cell of one line, exact or marked. */
export function showValue(dom: HTMLElement, value: CellValue): void {
  if (value.text === null) {
    dom.textContent = 'NULL'
    return
  }
  const text = shorten(value.text)
  const isBinary = value.kind === 'binary' || value.kind === 'geometry'
  if (!isBinary && value.fullByteLength === undefined && isPlainText(text)) {
    dom.textContent = text
    return
  }
  const children: (Node | string)[] = visiblePieces(text).map(piece =>
    piece.isMark ? h('span', { class: 'grid-mark' }, piece.text) : piece.text,
  )
  if (isBinary) {
    const bytes = value.fullByteLength ?? Math.max(0, (value.text.length - 2) / 2)
    children.unshift(h('span', { class: 'grid-size' }, byteSize(bytes)))
  } else if (value.fullByteLength !== undefined) {
    children.unshift(h('span', { class: 'grid-size' }, byteSize(value.fullByteLength)))
  }
  dom.replaceChildren(...children)
}
