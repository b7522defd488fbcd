import { type LexicalRules, tokenize } from './lexer.ts'

/** A word, symbol, text or quoted name of a statement: what is left without spaces and comments. */
export interface PlacedWord {
  /** Words in lower case; symbols, texts and quoted names as they are written. */
  readonly text: string
  readonly kind: 'word' | 'name' | 'text' | 'symbol'
  readonly from: number
  readonly to: number
  /** The number of parentheses around it. A parenthesis counts as outside of itself. */
  readonly depth: number
}

export function placedWords(statement: string, rules: LexicalRules): readonly PlacedWord[] {
  const words: PlacedWord[] = []
  let depth = 0
  for (const { kind, from, to } of tokenize(statement, rules)) {
    if (kind === 'space' || kind === 'comment') continue
    const written = statement.slice(from, to)
    const text = kind === 'word' ? written.toLowerCase() : written
    if (text === ')') depth--
    words.push({ text, kind, from, to, depth })
    if (text === '(') depth++
  }
  return words
}
