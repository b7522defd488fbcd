/** RFC 4180: rows of cells; an empty cell without quotes is null. */
export function parseDelimited(text: string, separator: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  let at = 0
  while (at <= text.length) {
    let cell: string | null
    if (text[at] === '"') {
      cell = ''
      for (at++; ; at++) {
        if (at >= text.length) throw new Error('a quoted cell does not end')
        if (text[at] !== '"') cell += text[at]
        else if (text[at + 1] === '"') {
          cell += '"'
          at++
        } else break
      }
      at++
    } else {
      const start = at
      while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
      cell = at === start ? null : text.slice(start, at)
    }
    row.push(cell)
    if (text[at] === separator) {
      at++
      continue
    }
    rows.push(row)
    row = []
    if (text[at] === '\r' && text[at + 1] === '\n') at++
    else if (at < text.length && text[at] !== '\n') throw new Error(`“${text[at]}” after a cell`)
    at++
    if (at === text.length) break
  }
  return rows
}
