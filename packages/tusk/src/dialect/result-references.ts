import { type LexicalRules, tokenize } from './lexer.ts'

/** `@name` where a table may stand: a stored result by the name that its owner gave it. */
export interface ResultReference {
  /** In small letters, without the `@`. */
  readonly name: string
  /** UTF-16 offsets of `@name` in the text. */
  readonly from: number
  readonly to: number
}

/** Clauses in which a comma goes on with tables. */
const tableClauses = new Set(['from', 'join', 'using'])
const otherClauses = new Set([
  'select',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'on',
  'set',
  'values',
  'returning',
  'qualify',
  'window',
  'union',
  'except',
  'intersect',
])

/**
 * The results that a statement names, outside of texts and comments. `@` is an operator too (`SELECT @x`), so only after FROM, JOIN or a comma
 * between tables is it a name.
 */
export function resultReferences(sql: string, rules: LexicalRules): readonly ResultReference[] {
  const found: ResultReference[] = []
  // One clause for each parenthesis that is open.
  const clauses: string[] = ['']
  let before = ''
  let sign: number | undefined
  for (const { kind, from, to } of tokenize(sql, rules)) {
    if (kind === 'space' || kind === 'comment') {
      sign = undefined
      continue
    }
    const text = sql.slice(from, to)
    if (sign !== undefined && kind === 'word') found.push({ name: text.toLowerCase(), from: sign, to })
    const word = kind === 'word' ? text.toLowerCase() : ''
    const isTable = before === 'from' || before === 'join' || (before === ',' && tableClauses.has(clauses.at(-1) ?? ''))
    sign = text === '@' && kind === 'symbol' && isTable ? from : undefined
    if (text === '(') clauses.push('')
    else if (text === ')') {
      if (clauses.length > 1) clauses.pop()
    } else if (tableClauses.has(word) || otherClauses.has(word)) clauses[clauses.length - 1] = word
    before = word === '' ? text : word
  }
  return found
}
