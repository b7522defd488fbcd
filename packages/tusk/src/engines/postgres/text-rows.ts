import type { RowSink } from './socket-session.ts'

/** Collects the few rows of a question of our own, asked for in text form. */
export class TextRows implements RowSink {
  readonly rows: (string | null)[][] = []
  readonly isFull = false

  read(bytes: Buffer, view: DataView, position: number, end: number): number {
    while (end - position >= 7 && bytes[position] === dataRow) {
      const length = view.getInt32(position + 1) + 1
      if (end - position < length) break
      this.rows.push(readRow(bytes, view, position + 5))
      position += length
    }
    return position
  }
}

/** The letter D. */
const dataRow = 68

function readRow(bytes: Buffer, view: DataView, position: number): (string | null)[] {
  let at = position + 2
  return Array.from({ length: view.getInt16(position) }, () => {
    const length = view.getInt32(at)
    at += 4
    if (length < 0) return null
    at += length
    return bytes.toString('utf8', at - length, at)
  })
}
