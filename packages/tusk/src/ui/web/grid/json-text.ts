/** A piece of JSON text and what it is, so that it can be coloured. Joined, the pieces are the whole text. */
export interface JsonPiece {
  readonly text: string
  readonly kind: 'key' | 'string' | 'number' | 'literal' | 'mark'
}

const token = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gsu

/**
 * JSON text with line breaks and indents. Works on the text itself: numbers, escapes, the order and repeats of keys stay as they
 * are, and text that ends early or is not quite JSON loses nothing but blanks between its parts.
 */
export function prettyJson(text: string): readonly JsonPiece[] {
  const pieces: JsonPiece[] = []
  let depth = 0
  let pending = ''
  const tokens = text.match(token) ?? []
  for (let index = 0; index < tokens.length; index++) {
    const part = tokens[index]!
    const next = tokens[index + 1]
    if (part === '{' || part === '[') {
      pieces.push({ text: pending + part, kind: 'mark' })
      const closes = next === '}' || next === ']'
      if (!closes) depth++
      pending = closes ? '' : newLine(depth)
    } else if (part === '}' || part === ']') {
      const opened = tokens[index - 1] === '{' || tokens[index - 1] === '['
      if (!opened) depth = Math.max(0, depth - 1)
      pieces.push({ text: (opened ? '' : newLine(depth)) + part, kind: 'mark' })
      pending = ''
    } else if (part === ',') {
      pieces.push({ text: ',', kind: 'mark' })
      pending = newLine(depth)
    } else if (part === ':') {
      pieces.push({ text: ': ', kind: 'mark' })
      pending = ''
    } else {
      if (pending !== '') pieces.push({ text: pending, kind: 'mark' })
      pieces.push({ text: part, kind: kindOf(part, next) })
      pending = next === undefined || ',:]}'.includes(next) ? '' : ' '
    }
  }
  return pieces
}

export function prettyJsonText(text: string): string {
  return prettyJson(text)
    .map(piece => piece.text)
    .join('')
}

function kindOf(part: string, next: string | undefined): JsonPiece['kind'] {
  if (part.startsWith('"')) return next === ':' ? 'key' : 'string'
  return /^-?\d/.test(part) ? 'number' : 'literal'
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(Math.min(depth, 100))}`
}
